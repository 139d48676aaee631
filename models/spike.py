"""Sudden volume: the logarithm of the last hour's sum, of all mentions and of negatives.

With a threshold on each brand's own tail this was the strongest simple statistic
on real brand streams (`docs/design/detection.md`, "Evidence").
"""

from math import log1p
from typing import ClassVar

from models.seen import Seen
from models.windows import HOUR_BINS


class Spike:
    """Rolling sums of the last twelve bins; exact, because counts are multiples of 2^-20."""

    estimator: ClassVar[str] = "spike"
    __slots__ = ("_mentions", "_negative", "_place", "_planned", "hour_mentions", "hour_negative")

    def __init__(self) -> None:
        self._mentions = [0.0] * HOUR_BINS
        self._negative = [0.0] * HOUR_BINS
        self._planned = [1.0] * HOUR_BINS
        self._place = 0
        self.hour_mentions = 0.0
        self.hour_negative = 0.0

    def score_one(self, seen: Seen) -> float:
        """Return log(1 + negatives of the hour that would end with this bin, what is planned taken off)."""
        lift = (sum(self._planned) + seen.planned - self._planned[self._place]) / HOUR_BINS
        return log1p((self.hour_negative + seen.negative - self._negative[self._place]) / lift)

    def learn_one(self, seen: Seen) -> None:
        """Take in a bin, leave the hour's sums, and what was planned for it, in `seen`."""
        place = self._place
        self.hour_mentions += seen.mentions - self._mentions[place]
        self.hour_negative += seen.negative - self._negative[place]
        self._mentions[place] = seen.mentions
        self._negative[place] = seen.negative
        self._planned[place] = seen.planned
        self._place = (place + 1) % HOUR_BINS
        seen.hour_mentions = self.hour_mentions
        seen.hour_negative = self.hour_negative
        seen.lift = sum(self._planned) / HOUR_BINS

    def rest(self) -> None:
        """Forget the last hour of history: it may hold a storm that is over."""
        nothing = (0.0,) * HOUR_BINS
        self.restore((*nothing, *nothing, *([1.0] * HOUR_BINS), 0.0, 0.0, 0.0))

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        sums = (self._place, self.hour_mentions, self.hour_negative)
        return (*self._mentions, *self._negative, *self._planned, *sums)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self._mentions, self._negative = list(state[:HOUR_BINS]), list(state[HOUR_BINS : 2 * HOUR_BINS])
        self._planned = list(state[2 * HOUR_BINS : 3 * HOUR_BINS])
        place, self.hour_mentions, self.hour_negative = state[3 * HOUR_BINS :]
        self._place = int(place)
