"""Mix of sources: do the negatives come from elsewhere than usual?

The Jensen-Shannon divergence (Lin 1991, IEEE Trans. Inf. Theory 37:145) between the hour's negatives over
sources and the brand's usual ones. It stays finite where a source is new, and 8 n times it, in nats, is
about chi-square distributed when n mentions come from the usual mix.
"""

from collections.abc import Mapping
from math import log, sqrt
from typing import ClassVar

from core.records import BIN_SECONDS
from models.bins import PLACES
from models.seen import Seen

_KEEP = 0.5 ** (1.0 / 4032.0)
"""Half-life of the usual mix: 14 days, like the source shares of coverage."""
_ENOUGH = 50.0
"""Negatives behind the usual mix below which nothing is called unusual."""
_CLUMP = 0.02
"""Mentions of one hour resemble each other, as in `models.share`."""
_CLIP = 3.0
_WHOLE = 0.95
"""Exposure under which a source is missing, so that the mix is another one by itself."""
_MOST = 10.0


class Mix:
    """The usual distribution of negatives over sources, in `PLACES` cells by the hash of the name."""

    estimator: ClassVar[str] = "mix"
    __slots__ = ("_counts", "_last", "_total")

    def __init__(self) -> None:
        self._counts = (0.0,) * PLACES
        self._total = 0.0
        self._last = 0.0

    def surprise(self, places: Mapping[int, int], exposure: float) -> float:
        """Return by how many standard deviations the divergence of `places` exceeds chance, 0..10."""
        count = sum(places.values())
        if exposure < _WHOLE or self._total < _ENOUGH or count < 2:
            return 0.0
        usual = [held / self._total for held in self._counts]
        cells = {place for place, share in enumerate(usual) if share > 0.0} | places.keys()
        free = len(cells) - 1
        if not free:
            return 0.0
        apart = divergence([(places.get(cell, 0) / count, usual[cell]) for cell in sorted(cells)])
        independent = count / (1.0 + _CLUMP * (count - 1.0))
        return min(_MOST, max(0.0, (8.0 * independent * apart - free) / sqrt(2.0 * free)))

    def score_one(self, seen: Seen) -> float:
        """Return the surprise of one bin alone."""
        return self.surprise(seen.places, 1.0)

    def learn_one(self, seen: Seen) -> None:
        """Take in a bin's negatives; a burst is cut off, a storm teaches at its speed."""
        count = sum(seen.places.values())
        if not count:
            return
        limit = _CLIP * seen.expected_negative + 1.0
        weight = seen.speed * min(1.0, limit / count)
        keep = _KEEP ** max(0.0, (seen.start - self._last) / BIN_SECONDS) if self._last else 1.0
        self._counts = tuple(
            keep * held + weight * seen.places.get(place, 0) for place, held in enumerate(self._counts)
        )
        self._total = sum(self._counts)
        self._last = float(seen.start)

    def rest(self) -> None:
        """Nothing to forget: nothing piles up here."""

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        return (self._total, self._last, *self._counts)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self._total, self._last, *counts = state
        self._counts = tuple(counts)


def divergence(pairs: list[tuple[float, float]]) -> float:
    """Return the Jensen-Shannon divergence, in nats (0..ln 2), of two distributions given cell by cell."""
    return sum(0.5 * (_part(p, (p + q) / 2.0) + _part(q, (p + q) / 2.0)) for p, q in pairs)


def _part(share: float, middle: float) -> float:
    return share * log(share / middle) if share > 0.0 else 0.0
