"""What the product makes of a stream without any label: it counts how common the classes are.

The estimator, its settings and its pace are the product's (`pipeline/counting.py`): shares come from earlier
texts alone, each text once, first when there are enough, then at most daily and from the next bin on. An
archive has no incidents, so no hour is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.records import Probabilities
from models.adaptation import Reading
from models.label_shift import EQUAL, LEAST_CHANGE, LEAST_TEXTS, distance, estimate
from pipeline.counting import EVERY, MOST, WINDOW
from pipeline.pace import BETWEEN
from pipeline.versions import bin_end


@dataclass(frozen=True, slots=True)
class Step:
    """Shares of the classes, and the first text by time that is read with them."""

    first: int
    shares: Probabilities


def steps(readings: Sequence[Reading], times: Sequence[datetime], distinct: Sequence[int]) -> list[Step]:
    """Return which shares are in use when; `times` ascend, `distinct` are the places of texts that count."""
    rows = np.array([reading.shipped for reading in readings])
    found, looked, changed = [Step(0, EQUAL)], times[0], None
    for place, at in enumerate(times):
        if at - looked < EVERY or (changed is not None and at - changed < BETWEEN):
            continue
        looked = at
        earlier = [each for each in distinct if each < place and at - times[each] <= WINDOW][-MOST:]
        if len(earlier) < LEAST_TEXTS:
            continue
        shares = estimate(rows[earlier])
        if distance(shares, found[-1].shares) >= LEAST_CHANGE:
            changed = at
            since = bin_end(at)
            found.append(Step(sum(time < since for time in times), shares))
    return found


def read_with(readings: Sequence[Reading], found: Sequence[Step]) -> NDArray[np.float64]:
    """Return the probabilities of each text with the shares that were in use, shape (texts, 3)."""
    rows = np.array([reading.shipped for reading in readings])
    for step in found:
        weighted = np.array([reading.shipped for reading in readings[step.first :]]) * step.shares
        rows[step.first :] = weighted / weighted.sum(axis=1, keepdims=True)
    return rows
