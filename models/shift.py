"""Finds, without labels, since when a figure of the texts is another one than before.

ADWIN (Bifet and Gavaldà 2007, https://doi.org/10.1137/1.9781611972771.42; River's) keeps a window of figures
and drops its older part when that has another mean than the rest: what is left at the end is how it is now.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST = 200
"""Figures on either side: a share is known to some six points then, two standard errors."""
LEAST_SHIFT = 0.1
"""Difference of the means under which nobody is told. ADWIN finds differences of a point among thousands of
texts, and every week has those."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A mean that has changed."""

    place: int
    """Index of the first figure that counts as now."""
    before: float
    now: float


def shift(values: Sequence[float]) -> Shift | None:
    """Return the last change of the mean of `values` (0..1, oldest first); None where it is the same."""
    from river.drift import ADWIN

    adwin = ADWIN()
    for value in values:
        adwin.update(value)
    place = len(values) - int(adwin.width)
    if min(place, len(values) - place) < LEAST:
        return None
    before, now = float(np.mean(values[:place])), float(np.mean(values[place:]))
    return Shift(place, before, now) if abs(now - before) >= LEAST_SHIFT else None
