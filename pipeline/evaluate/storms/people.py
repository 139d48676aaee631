"""Who speaks, and where: the crowd that a brand always has, and strangers."""

from dataclasses import dataclass

import numpy as np

from pipeline.evaluate.storms.posts import Posts, Real, Whole

STRANGERS = 0.3
"""Mentions on an ordinary day from people who never spoke before."""
NEW_IN_STORM = 0.75
"""The same in a storm: storms do not come out of the usual crowd (Lamba, Malik & Pfeffer 2015)."""
_SHARES = (0.7, 0.2, 0.1)
"""Of the sources on an ordinary day, as in `pipeline.evaluate.storms.posts.SOURCES`."""
_BITS = 1 << 32
_REGULARS = 30.0
"""Regulars for each mention an hour; their zeal is very unequal (Zipf)."""
_ZEAL = 0.8


@dataclass(frozen=True, slots=True)
class Crowd:
    """The regulars of a brand and how much each of them writes."""

    regulars: Whole
    zeal: Real

    def __init__(self, per_hour: float, chance: np.random.Generator) -> None:
        size = 20 + int(_REGULARS * per_hour)
        zeal = np.arange(1, size + 1) ** -_ZEAL
        object.__setattr__(self, "regulars", chance.integers(0, _BITS, size))
        object.__setattr__(self, "zeal", zeal / zeal.sum())

    @classmethod
    def of(cls, authors: Whole) -> "Crowd":
        """Return the crowd behind the mentions of an archive."""
        crowd = object.__new__(cls)
        regulars, counts = np.unique(authors, return_counts=True)
        object.__setattr__(crowd, "regulars", regulars)
        object.__setattr__(crowd, "zeal", counts / counts.sum())
        return crowd

    def authors(self, count: int, strangers: float, chance: np.random.Generator) -> Whole:
        """Return who writes so many mentions."""
        places = np.searchsorted(np.cumsum(self.zeal), chance.random(count)).clip(0, self.zeal.size - 1)
        new = chance.random(count) < strangers
        return np.where(new, chance.integers(0, _BITS, count), self.regulars[places])

    def written(self, bins: Whole, negative: Real, chance: np.random.Generator) -> Posts:
        """Return mentions of an ordinary day, each a text of its own."""
        authors = self.authors(bins.size, STRANGERS, chance)
        sources = chance.choice(3, bins.size, p=_SHARES)
        return Posts(bins, negative, authors, sources, np.zeros(bins.size, np.int64))
