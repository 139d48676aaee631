"""NAB's score, written from its definition (Lavin & Ahmad 2015, section 3; NAB's documentation).

Of all alarms in a window only the first counts, the more the earlier it comes; a missed window costs one
`missed`. Every alarm outside costs the more the further it lies behind the window before it. A scaled
sigmoid gives both. A sum over files is told between a detector that never speaks (0) and one that speaks in
the first row of every window and nowhere else (100).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.nab.data import Scores, Stream

_STEEP, _FAR = 5.0, 3.0
"""Slope of the sigmoid; how many widths behind a window an alarm costs all of it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one user of NAB finds more or less costly."""

    false: float
    missed: float


PROFILES = {
    "standard": Profile(0.11, 1.0),
    "reward_low_FP_rate": Profile(0.22, 1.0),
    "reward_low_FN_rate": Profile(0.11, 2.0),
}
"""NAB's profiles; a window that is found is worth at most 1 in each of them."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """What alarms at each of n thresholds lead to, in one stream."""

    found: NDArray[np.float64]
    """Worth of each window that is found, 0..1, and NaN for a missed one; shape (windows, n)."""
    false: NDArray[np.float64]
    """Sum of the worths of the alarms outside of windows, each -1..0; shape (n,)."""
    false_alarms: NDArray[np.int64]
    """How many they are; shape (n,)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The scored rows of a stream, and what an alarm in each is worth."""

    worth: NDArray[np.float64]
    """0..1 inside of a window, -1..0 outside."""
    window: NDArray[np.int64]
    """Number of the window that a row lies in, -1 outside."""
    times: NDArray[np.int64]
    windows: int

    def rows(self, scores: Scores, thresholds: Scores) -> Alarms:
        """Return the alarms of every row whose score reaches a threshold.

        `scores` are those of the scored rows; `thresholds` fall.
        """
        order = np.argsort(-scores, kind="stable")
        reached = np.searchsorted(-scores[order], -thresholds, side="right")
        worth, window = self.worth[order], self.window[order]
        outside = window < 0
        found = [_best(np.where(window == each, worth, -np.inf), reached) for each in range(self.windows)]
        return Alarms(
            np.array(found).reshape(self.windows, len(thresholds)),
            _sums(np.where(outside, worth, 0.0))[reached],
            _sums(outside.astype(np.int64))[reached],
        )


def ground(stream: Stream) -> Ground:
    """Return what alarms in the scored rows of a stream are worth."""
    rows = np.arange(len(stream.times))
    worth, window = np.full(rows.size, -1.0), np.full(rows.size, -1)
    for number, (first, last) in enumerate(stream.windows):
        width = last - first + 1
        behind, inside = rows > last, (rows >= first) & (rows <= last)
        worth[behind] = _sigmoid((rows[behind] - last) / max(1, width - 1))
        worth[inside] = _sigmoid((rows[inside] - last - 1) / width) / _sigmoid(np.array(-1.0))
        window[inside] = number
    scored = slice(stream.scored_from, None)
    return Ground(worth[scored], window[scored], stream.times[scored], len(stream.windows))


def _sigmoid(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return +1..-1 for a place in widths of the window, -1 at its beginning, 0 at its end."""
    near = np.minimum(place, _FAR)
    return np.asarray(np.where(place > _FAR, -1.0, 2.0 / (1.0 + np.exp(_STEEP * near)) - 1.0))


def _best(worth: NDArray[np.float64], reached: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the largest of the first `reached` worths, NaN where there is none."""
    best = np.concatenate([[-np.inf], np.maximum.accumulate(worth)])[reached]
    return np.where(np.isinf(best), np.nan, best)


def _sums(values: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])


def value(alarms: Alarms, profile: Profile) -> Scores:
    """Return the raw score of one stream at each threshold."""
    found = np.where(np.isnan(alarms.found), -profile.missed, alarms.found)
    return np.asarray(found.sum(axis=0) + profile.false * alarms.false)


def raw_at(grounds: Sequence[Ground], scores: Sequence[Scores], threshold: float, profile: Profile) -> float:
    """Return the raw score of all streams together at one threshold, every row an alarm."""
    pairs = zip(grounds, scores, strict=True)
    return sum(float(value(each.rows(own, np.array([threshold])), profile)[0]) for each, own in pairs)


def normalised(raw: float, windows: int, profile: Profile) -> float:
    """Return a sum of raw scores over streams with so many `windows` in all, told between 0 and 100."""
    return 100.0 * (raw + profile.missed * windows) / ((1.0 + profile.missed) * windows)


def count_windows(grounds: Sequence[Ground]) -> int:
    """Return the windows of all streams."""
    return sum(each.windows for each in grounds)
