"""Which mentions are worth a person's judgement: active learning from a pool.

A label teaches most where the model is unsure, by the margin between its two likeliest classes (Scheffer,
Decomain and Wrobel 2001, https://doi.org/10.1007/3-540-44816-0_31), and where many mentions lie near that no
label has reached. That nearness is a facility location (Wei, Iyer and Bilmes 2015,
https://proceedings.mlr.press/v37/wei15.html): a greedy choice comes within 1 - 1/e of the best one, and what
is near to a chosen mention counts no more, so the list is diverse by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records.base import derive
from core.vectors import unpack_vector

MOST = 10
"""What somebody does in two minutes."""
AT_RANDOM = 2
"""Of `MOST`: a fifth is drawn whatever the model thinks, because labels of unsure or wrong ones alone make
every version look worse than it is."""
ALIKE = 0.8
"""Cosine from which two mentions say the same, so that one of them is asked about."""
URGENT = 2.0
"""How much more a mention weighs while its brand has an open incident: a wrong label costs most there."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention that may be learned from."""

    id: str
    shares: tuple[float, float, float]
    """Probabilities of the three classes by the model in use."""
    embedding: bytes
    """As `core.vectors.pack_vector` gives it."""
    voice: float = 1.0
    """Share of an independent voice that it counts for, as in `Match.weight`."""
    urgent: bool = False
    said: bool = False
    """True when somebody said something of it: it is not asked about, and what is near it less."""


@dataclass(frozen=True, slots=True)
class Question:
    """A mention to ask about."""

    id: str
    at_random: bool = False
    """True when it was drawn by lot, not because its label teaches most."""


def worth_asking(pool: Sequence[Candidate], most: int = MOST) -> list[Question]:
    """Return up to `most` mentions, those drawn by lot last; the same for the same pool in any order."""
    pool = sorted(pool, key=lambda one: one.id)
    if not pool:
        return []
    ballot = _Ballot(pool)
    lots = ballot.draw(most * AT_RANDOM // MOST)
    best = ballot.choose(most - len(lots))
    return [Question(pool[place].id) for place in best] + [Question(pool[place].id, True) for place in lots]


class _Ballot:
    """What was chosen, and how near everything is to it."""

    def __init__(self, pool: Sequence[Candidate]) -> None:
        self._ids = [one.id for one in pool]
        vectors = np.stack([unpack_vector(one.embedding) for one in pool])
        self._near = np.clip(vectors @ vectors.T, 0.0, 1.0)
        """Shape (pool, pool)."""
        self._weight = np.array([one.voice * (URGENT if one.urgent else 1.0) for one in pool])
        self._unsure = np.array([one.voice * (1.0 - margin(one.shares)) for one in pool])
        """How unsure the model is; a copy that counts for little is a poor one to ask about."""
        self._free = np.array([not one.said for one in pool])
        self._reached = np.zeros(len(pool))
        """How near the nearest mention is that was labelled or chosen."""
        for place in np.flatnonzero(~self._free):
            self._take(int(place))

    def draw(self, count: int) -> list[int]:
        """Take `count` by lot: by a number made of their ids, so that a draw can be repeated."""
        order = sorted(range(len(self._ids)), key=lambda place: derive("question", self._ids[place]))
        found: list[int] = []
        for place in order:
            if len(found) < count and self._free[place]:
                found.append(place)
                self._take(place)
        return found

    def choose(self, count: int) -> list[int]:
        """Take up to `count` of those whose label teaches most, one after the other."""
        found: list[int] = []
        while len(found) < count:
            gain = self._gain()
            place = int(np.argmax(gain))
            if gain[place] <= 0.0:
                break
            found.append(place)
            self._take(place)
        return found

    def _gain(self) -> NDArray[np.float64]:
        """Return what a label of each mention would teach, 0 where it may not be asked for."""
        news = np.maximum(self._near - self._reached, 0.0) @ self._weight
        return np.asarray(self._free * self._unsure * news)

    def _take(self, place: int) -> None:
        self._reached = np.maximum(self._reached, self._near[place])
        self._free &= self._near[place] < ALIKE
        self._free[place] = False


def margin(shares: Sequence[float]) -> float:
    """Return how far the likeliest class is ahead of the next one, 0 to 1.

    >>> round(margin((0.5, 0.1, 0.4)), 2)
    0.1
    """
    first, second = sorted(shares, reverse=True)[:2]
    return first - second
