"""Mix shift: is a larger part of the mentions negative than usual?

Three clipped CUSUMs of a binomial likelihood ratio. Mentions of one bin resemble
each other, so n of them count as n / (1 + 0.02 (n - 1)) independent ones.
"""

from math import log
from typing import ClassVar

from models.growth import fading
from models.priors import Priors
from models.windows import Seen

_RATIOS = (1.5, 2.2, 3.2)
_UP, _DOWN, _MOST = 1.5, -3.0, 200.0
_KEEP = 0.5 ** (1.0 / 2016.0)
"""Half-life of the usual share: 7 days."""
_PRIOR_MENTIONS = 20.0
_HIGHEST = 0.9
_LEAK = 0.001
"""Lets a sum reach zero while nobody speaks."""


class Share:
    """D, the largest of the three sums, and the usual negative share."""

    estimator: ClassVar[str] = "share"
    __slots__ = ("_mentions", "_negative", "_sums", "usual")

    def __init__(self, priors: Priors) -> None:
        self.usual = priors.negative_share
        self._mentions = _PRIOR_MENTIONS
        self._negative = _PRIOR_MENTIONS * priors.negative_share
        self._sums = (0.0,) * len(_RATIOS)

    @property
    def value(self) -> float:
        """D after the last bin."""
        return max(self._sums)

    def score_one(self, seen: Seen) -> float:
        """Return D as it would be after this bin."""
        return max(self._after(seen))

    def learn_one(self, seen: Seen) -> None:
        """Take in a bin, leave D in `seen.share`, learn the usual share."""
        if seen.mentions > 0.0 or any(self._sums):
            self._sums = self._after(seen)
        if seen.mentions > 0.0:
            self._learn(seen)
        seen.share = max(self._sums)

    def _learn(self, seen: Seen) -> None:
        clipped = min(seen.negative, 2.0 * self.usual * seen.mentions)
        keep = _KEEP ** min(12.0, seen.mentions)
        self._mentions = keep * self._mentions + seen.speed * seen.mentions
        self._negative = keep * self._negative + seen.speed * clipped
        self.usual = min(0.95, max(0.01, self._negative / self._mentions))

    def _after(self, seen: Seen) -> tuple[float, ...]:
        count, negative = seen.mentions, seen.negative
        positive = max(0.0, count - negative)
        weight = 1.0 / (1.0 + 0.02 * max(0.0, count - 1.0))
        fade = fading(seen)
        return tuple(
            min(
                _MOST,
                max(
                    0.0,
                    fade * held
                    - _LEAK
                    + min(_UP, max(_DOWN, weight * self._ratio(each, negative, positive))),
                ),
            )
            for held, each in zip(self._sums, _RATIOS, strict=True)
        )

    def _ratio(self, ratio: float, negative: float, positive: float) -> float:
        raised = max(self.usual, min(_HIGHEST, ratio * self.usual))
        return negative * log(raised / self.usual) + positive * log((1.0 - raised) / (1.0 - self.usual))

    def rest(self) -> None:
        """Forget what history piled up; the usual share stays."""
        self._sums = (0.0,) * len(_RATIOS)

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        return (self.usual, self._mentions, self._negative, *self._sums)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self.usual, self._mentions, self._negative, *sums = state
        self._sums = tuple(sums)
