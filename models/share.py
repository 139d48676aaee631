"""Mix shift: is a larger part of the mentions negative than usual, for longer than a burst lasts?

The negatives of the last three hours stand against the usual share of the mentions of these hours, in
standard deviations. The 40 minutes that exceed it most are left out: jokes or complaints that come all at
once are over by then, while a storm goes on. How much is said cancels out, so a busy day alone says nothing.
"""

from itertools import accumulate
from math import sqrt
from operator import sub
from typing import ClassVar

from models.priors import Priors
from models.seen import Seen
from models.windows import HOUR_BINS

_KEEP = 0.5 ** (1.0 / 2016.0)
"""The usual share forgets half in 2,016 mentions, in 14 hours at the soonest (12 of them a bin)."""
_PRIOR_MENTIONS = 20.0
WINDOW, BURST = 36, 8
"""Bins: three hours, and the 40 minutes that a benign burst may last. Of windows of 1, 2, 3, 6 and 12 hours
this found storms earliest at 6 and 60 mentions an hour (`docs/design/detection.md`)."""
_VARIANCE = 0.05
"""Of P(negative) around the usual share, a mention: 0.03 to 0.05 on everyday texts."""
_WANDERS = 0.25
"""Standard deviation of the usual share itself over hours, as a part of it."""
NOTABLE_SHIFT = 0.3
"""Deviations from which on a shift counts."""
_OUTCRY = 2.0
"""Deviations that page by themselves."""
_OUTCRY_LEAST, _OUTCRY_RATIO, _OUTCRY_SHARE = 20.0, 3.0, 2.5
"""Independent negatives in an hour that it takes: as many as on a brand's first day, so many times the usual,
and so many times the usual share."""
_LEAST_VARIANCE = 0.3
"""So that a single mention in three hours says nothing."""


class Share:
    """D, how far the negatives of three hours exceed the usual, and the usual negative share."""

    estimator: ClassVar[str] = "share"
    __slots__ = ("_excess", "_mentions", "_negative", "_place", "_said", "usual", "value")

    def __init__(self, priors: Priors) -> None:
        self.usual = priors.negative_share
        self._mentions = _PRIOR_MENTIONS
        self._negative = _PRIOR_MENTIONS * priors.negative_share
        self.rest()

    def rest(self) -> None:
        """Forget the last hours of history; the usual share stays."""
        self._excess = [0.0] * WINDOW
        self._said = [0.0] * WINDOW
        self._place = 0
        self.value = 0.0

    def score_one(self, seen: Seen) -> float:
        """Return D as it would be after this bin."""
        before = self.state()
        self._take(seen)
        after = self.value
        self.restore(before)
        return after

    def learn_one(self, seen: Seen) -> None:
        """Take in a bin, leave D in `seen.share`, learn the usual share."""
        self._take(seen)
        if seen.mentions > 0.0:
            self._learn(seen)
        seen.share = self.value

    def _take(self, seen: Seen) -> None:
        place = self._place
        self._excess[place] = seen.negative - self.usual * seen.mentions
        self._said[place] = seen.mentions
        self._place = (place + 1) % WINDOW
        mentions = sum(self._said)
        self.value = self.deviations(self._lasting(), mentions) if mentions else 0.0

    def _lasting(self) -> float:
        """Return the window's excess without its fullest 40 minutes; none once the last hour has none."""
        ordered = self._excess[self._place :] + self._excess[: self._place]
        sums = list(accumulate(ordered, initial=0.0))
        if sums[-1] <= sums[-1 - HOUR_BINS]:
            return 0.0
        fullest: float = max(0.0, *map(sub, sums[BURST:], sums))
        return sums[-1] - fullest

    def deviations(self, excess: float, mentions: float) -> float:
        """Return by how many standard deviations the negatives of three hours exceed their usual share.

        `excess` is theirs over the usual share of the `mentions` of these hours, without the fullest 40
        minutes.
        """
        usual = _WANDERS * self.usual * mentions
        return max(0.0, excess / sqrt(_LEAST_VARIANCE + _VARIANCE * mentions + usual * usual))

    def outcry(self, negatives: float, expected: float, mentions: float) -> float:
        """Return what an hour counts for, in deviations, when it need not last to be believed; else 0.

        Jokes and complaints that come all at once are not as angry.
        """
        many = negatives >= _OUTCRY_LEAST and negatives > _OUTCRY_RATIO * expected
        return _OUTCRY if many and negatives > _OUTCRY_SHARE * self.usual * mentions else 0.0

    def _learn(self, seen: Seen) -> None:
        clipped = min(seen.negative, 2.0 * self.usual * seen.mentions)
        keep = _KEEP ** min(12.0, seen.mentions)
        self._mentions = keep * self._mentions + seen.speed * seen.mentions
        self._negative = keep * self._negative + seen.speed * clipped
        self.usual = min(0.95, max(0.01, self._negative / self._mentions))

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        usual = (self.usual, self._mentions, self._negative)
        return (*usual, self.value, float(self._place), *self._excess, *self._said)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self.usual, self._mentions, self._negative, self.value, place = state[:5]
        self._place, held = int(place), list(state[5:])
        self._excess, self._said = held[:WINDOW], held[WINDOW:]
