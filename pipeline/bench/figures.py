"""What is told of a bench: percentiles, peak memory, and figures as lines."""

import resource
import sys
from dataclasses import fields
from math import ceil
from typing import Any


def percentile(values: list[float], percent: float) -> float:
    """Return the nearest-rank percentile: a value that was measured; raises `ValueError` for none."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return round(ordered[max(0, ceil(len(ordered) * percent / 100.0) - 1)], 1)


def peak_mb() -> float:
    """Return the most memory that this process ever held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0)


def told(found: Any) -> str:
    """Return the figures of a dataclass for people, one a line."""
    return "\n".join(f"{each.name:>18}  {getattr(found, each.name)}" for each in fields(found))
