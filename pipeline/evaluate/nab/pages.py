"""One page, then a day of silence: how a score would wake people.

NAB counts every row, so that an alarm that stays up for an hour costs twelve times as much as one that says
the same once. People are paged once. The rule is the same for every detector: a scored row that reaches the
threshold pages, unless a page went out in the 24 hours before it.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.nab.data import Scores
from pipeline.evaluate.nab.scoring import Alarms, Ground

SILENCE = 24 * 3600
"""Seconds."""


def paged_rows(reached: NDArray[np.int64], times: NDArray[np.int64]) -> list[int]:
    """Return which of the rows `reached` (rising) page, where `times` are those of all rows."""
    pages, place, at = list[int](), 0, times[reached]
    while place < reached.size:
        pages.append(int(reached[place]))
        place = int(np.searchsorted(at, at[place] + SILENCE))
    return pages


def pages(ground: Ground, scores: Scores, thresholds: Scores) -> Alarms:
    """Return the pages at each threshold; `scores` are those of the scored rows."""
    found = np.full((ground.windows, thresholds.size), np.nan)
    false, count = np.zeros(thresholds.size), np.zeros(thresholds.size, np.int64)
    for column, threshold in enumerate(thresholds):
        rows = paged_rows(np.flatnonzero(scores >= threshold), ground.times)
        for row in reversed(rows):  # so that the first page of a window is the one that stays
            if (window := ground.window[row]) >= 0:
                found[window, column] = ground.worth[row]
            else:
                false[column] += ground.worth[row]
                count[column] += 1
    return Alarms(found, false, count)
