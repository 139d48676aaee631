"""Benign bursts: much is said at once, and nobody has to get up for it."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.evaluate.storms.people import Crowd
from pipeline.evaluate.storms.posts import Posts, Real, Whole
from pipeline.evaluate.storms.texts import Texts

_A_WEEK = 3
_LEAST, _MOST = 3.0, 8.0
"""Times the usual rate, as in the prototype of the reference."""
_SHORT, _LONG = 3, 8
"""Bins: 15 to 40 minutes."""
_WEEK = 2016
_KINDS = ("talk", "talk", "complaints", "joke", "campaign", "praise")
_COMPLAINING = 0.5
"""Part of a burst of complaints that complains."""
_CAMPAIGNERS = 12
_CLUSTERS = 1 << 40
"""Numbers of campaigns; above those of archives and storms."""


def when(length: int, chance: np.random.Generator) -> list[int]:
    """Return the bins in which bursts begin, three a week on average."""
    count = chance.poisson(_A_WEEK * length / _WEEK)
    return sorted(chance.integers(0, length, count).tolist())


@dataclass(frozen=True, slots=True)
class _Burst:
    kind: str
    bins: Whole


def burst(
    at: int, rate: float, crowd: Crowd, texts: Texts, chance: np.random.Generator, number: int
) -> Posts:
    """Return the extra mentions of one burst that begins in bin `at`; `rate` is the usual one a bin."""
    length = int(chance.integers(_SHORT, _LONG + 1))
    extra = chance.poisson((chance.uniform(_LEAST, _MOST) - 1.0) * rate, length)
    made = _Burst(str(chance.choice(_KINDS)), np.repeat(np.arange(at, at + length), extra))
    posts = crowd.written(made.bins, _moods(made, texts, chance), chance)
    return _campaign(posts, chance, number) if made.kind == "campaign" and len(posts) else posts


def _moods(made: _Burst, texts: Texts, chance: np.random.Generator) -> Real:
    size = made.bins.size
    pools = {"joke": texts.jokes, "praise": texts.praise}
    talk = chance.choice(pools.get(made.kind, texts.talk), size)
    if made.kind != "complaints":
        return np.asarray(talk)
    return np.where(chance.random(size) < _COMPLAINING, chance.choice(texts.complaints, size), talk)


def _campaign(posts: Posts, chance: np.random.Generator, number: int) -> Posts:
    """One text, copied by a few: what it says is the same each time."""
    authors = chance.choice(chance.integers(0, 1 << 32, _CAMPAIGNERS), len(posts))
    same = np.full(len(posts), posts.negative[0])
    return replace(posts, negative=same, authors=authors, clusters=np.full(len(posts), _CLUSTERS + number))
