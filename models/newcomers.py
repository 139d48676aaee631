"""New authors: does the hour bring more people who never spoke of the brand than usual?

Who is new, `models.known` tells. For some brands nearly everybody is new in every hour, so that only the
distance from the brand's own usual share says something.
"""

from math import sqrt
from typing import ClassVar

from core.records import BIN_SECONDS
from models.seen import Seen

_KEEP = 0.5 ** (1.0 / 2016.0)
"""Half-life of the usual share: 7 days of bins."""
_PRIOR_AUTHORS = 20.0
_ENOUGH = 50.0
"""Authors that must have been looked at before a share is called unusual."""
_CLUMP = 0.02
"""Authors of one hour resemble each other like its moods (`models.share`)."""
_LEAST_VARIANCE = 0.25
_MOST = 10.0


class Newcomers:
    """The usual share of new authors among those who write negatives."""

    estimator: ClassVar[str] = "newcomers"
    __slots__ = ("_authors", "_last", "_new")

    def __init__(self) -> None:
        self._authors = _PRIOR_AUTHORS
        self._new = 0.5 * _PRIOR_AUTHORS
        self._last = 0.0

    @property
    def usual(self) -> float:
        """The usual share, 0..1."""
        return self._new / self._authors

    def surprise(self, new: float, authors: float) -> float:
        """Return by how many standard deviations `new` of `authors` exceed the usual share, 0..10."""
        if self._authors < _ENOUGH or authors <= 0.0:
            return 0.0
        usual = self.usual
        variance = authors * usual * (1.0 - usual) * (1.0 + _CLUMP * max(0.0, authors - 1.0))
        return min(_MOST, max(0.0, (new - authors * usual) / sqrt(max(variance, _LEAST_VARIANCE))))

    def score_one(self, seen: Seen) -> float:
        """Return the surprise of one bin alone."""
        return self.surprise(seen.new_authors, seen.authors)

    def learn_one(self, seen: Seen) -> None:
        """Take in the authors of a bin; a storm teaches at its speed, a bin without authors nothing."""
        if seen.authors <= 0.0:
            return
        keep = _KEEP ** max(0.0, (seen.start - self._last) / BIN_SECONDS) if self._last else 1.0
        self._authors = keep * (self._authors - _PRIOR_AUTHORS) + _PRIOR_AUTHORS + seen.speed * seen.authors
        prior = 0.5 * _PRIOR_AUTHORS
        self._new = keep * (self._new - prior) + prior + seen.speed * seen.new_authors
        self._last = float(seen.start)

    def rest(self) -> None:
        """Nothing to forget: nothing piles up here."""

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        return (self._authors, self._new, self._last)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self._authors, self._new, self._last = state
