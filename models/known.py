"""Who has been seen before: storms do not come out of the crowd that a brand always has.

Lamba, Malik and Pfeffer (ASONAM 2015) found that the networks before and after a firestorm resemble each
other more than the storm's: its authors are new. A brand's authors are remembered for one to two weeks in
two generations of a Bloom filter whose cells hold the hour of the first sighting instead of a bit. An hour
can only become earlier, so neither the order of arrival nor a second scoring changes what is remembered.
"""

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

HOURS = 168
"""Length of a generation: 7 days, each hour one value of a byte."""
_CELLS = 1 << 15
"""32 kB a generation: at 5,000 authors a week one in twenty newcomers is taken for known, at 10,000 one in
five, and above that the usual share falls with what can be told."""
_HASHES = 3
_GENERATIONS = 3
"""The present one, the one before, and one more that bins of the last 48 hours may still ask for."""
_NEVER = 255
_GOLDEN = 0x9E3779B1
"""2^32 / golden ratio (Knuth, volume 3, 6.4): mixes the small hashes that a sketch keeps."""


class Known:
    """The authors of one brand: since which hour each has been seen, as far as memory goes.

    A mention that comes late or is imported may make an author known earlier, never later.
    """

    __slots__ = ("first", "generations")

    def __init__(self) -> None:
        self.first: int | None = None
        """Hour (since the epoch) of the oldest sighting ever."""
        self.generations: dict[int, bytearray] = {}

    def add(self, author: int, at: int) -> None:
        """Remember an author, a hash of 32 bits, seen at `at` (seconds since the epoch)."""
        hour = at // 3600
        generation, offset = divmod(hour, HOURS)
        if generation not in self.generations:
            if self.generations and generation <= max(self.generations) - _GENERATIONS:
                return
            self._open(generation)
        if self.first is None or hour < self.first:
            self.first = hour
        cells = self.generations[generation]
        for place in _places(author):
            cells[place] = min(cells[place], offset)

    def add_all(self, authors: NDArray[np.int64], hours: NDArray[np.int64]) -> None:
        """Do `add` for many authors, each seen in an hour since the epoch; all of one generation."""
        if not authors.size:
            return
        generation, offsets = int(hours[0]) // HOURS, (hours % HOURS).astype(np.uint8)
        self.add(int(authors[0]), int(hours[0]) * 3600)
        cells = np.frombuffer(self.generations[generation], np.uint8)
        steps = ((authors * _GOLDEN & 0xFFFFFFFF) >> 17) | 1
        for turn in range(_HASHES):
            np.minimum.at(cells, (authors + turn * steps) % _CELLS, offsets)
        self.first = min(int(hours.min()), int(hours[0]) if self.first is None else self.first)

    def _open(self, generation: int) -> None:
        self.generations[generation] = bytearray([_NEVER]) * _CELLS
        for old in [each for each in self.generations if each <= max(self.generations) - _GENERATIONS]:
            del self.generations[old]

    def ready(self, at: int) -> bool:
        """Return whether a whole generation lies behind `at`; before that everybody would be new."""
        return self.first is not None and at // 3600 - self.first >= HOURS

    def new(self, authors: Iterable[int], since: int) -> int:
        """Return how many of `authors` had not been seen before the clock hour that holds `since`."""
        generation, offset = divmod(since // 3600, HOURS)
        return sum(not self._known(_places(author), generation, offset) for author in authors)

    def _known(self, places: tuple[int, ...], generation: int, offset: int) -> bool:
        """Look in the generation of the hour, up to it, and in the whole one before."""
        present, before = self.generations.get(generation), self.generations.get(generation - 1)
        if present is not None and all(present[place] < offset for place in places):
            return True
        return before is not None and all(before[place] != _NEVER for place in places)

    def dump(self) -> dict[str, bytes]:
        """Return the hours as named blobs."""
        numbers = sorted(self.generations)
        return {
            "known.first": array("q", [] if self.first is None else [self.first]).tobytes(),
            "known.numbers": array("q", numbers).tobytes(),
            "known.cells": b"".join(self.generations[number] for number in numbers),
        }

    def load(self, blobs: dict[str, bytes]) -> None:
        """Restore what `dump` gave; other blobs are left alone."""
        self.first = next(iter(array("q", blobs["known.first"])), None)
        cells = blobs["known.cells"]
        self.generations = {
            number: bytearray(cells[place * _CELLS : (place + 1) * _CELLS])
            for place, number in enumerate(array("q", blobs["known.numbers"]))
        }


def _places(author: int) -> tuple[int, ...]:
    """Return an author's cells: double hashing (Kirsch and Mitzenmacher, ESA 2006)."""
    step = ((author * _GOLDEN & 0xFFFFFFFF) >> 17) | 1
    return author % _CELLS, (author + step) % _CELLS, (author + 2 * step) % _CELLS
