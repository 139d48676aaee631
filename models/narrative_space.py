"""Where narratives lie: a matrix of centres, and which of them is nearest to a mention.

All texts about one brand resemble each other, so the cosine of their embeddings says little
(0.3 between two airline complaints picked at random). What counts is how a text differs from
what is usually said of the brand: everything is compared after the brand's own mean is taken off.

Vectors are whole numbers of one signed byte. Their products and sums stay under 2^24 and are exact
in float32, so that the result doesn't depend on the order in which a BLAS adds them up.
"""

from array import array
from math import isqrt

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_EXACT = 1 << 24
"""Whole numbers below it are exact in float32."""
_FULL = 127
"""Largest entry of a row; less when there are over 1,040 dimensions, so that sums stay exact."""
_FINE = 128.0
"""A centre is kept in steps of 1/128 of a byte: 16 bits."""
_TINY = 1e-9
_MEMORY = 2_000.0
"""Weight that the mean remembers: some days of a middling brand."""
_LEAST_LENGTH = 0.6
"""Where members resemble each other by a cosine of 0.35, the threshold of joining, their centre lies at 0.6
of their distance from the mean. One much nearer is a mixture without a direction of its own, such as the
first mentions of a brand, which were compared before anything was known to be usual: it attracts less."""
_PRIOR = 3.0
"""Weight of "nothing is usual" in the mean. With 20, the first narrative of a brand took in all that
followed, stayed the largest, and so slowed down the mean that would have told its parts apart."""
_STALE = 0.05
"""The centres are laid out anew when the mean holds 5 % more mentions; its direction hardly moves by that."""
_LONGEST_STALE = 256
"""But at least so often; 1,000 centres take some milliseconds."""


class Space:
    """Centres of the live narratives of one brand, by slot, and the mean of all that is said of it."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._means: NDArray[np.int16] = np.zeros((0, 0), np.int16)
        self._rows: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._lengths: Vector = np.ones(0)
        self._taken: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._full = float(_FULL)
        self._total: Vector = np.zeros(0)
        self._middle: Vector = np.zeros(0)
        self._weight = 0.0
        self._distance = 0.0
        """Sum of the mentions' distances from the mean, weighted and remembered like the mean."""
        self._floor = 0.0
        self._counted = 0
        self._next = 1

    @property
    def dimensions(self) -> int:
        """Dimensions of the embeddings, 0 before the first."""
        return self._total.size

    def project(self, packed: bytes) -> tuple[Vector, NDArray[np.float32]] | None:
        """Return an embedding and its difference from the mean; None for one that fits nothing here."""
        if packed and not self.dimensions:
            self._open(len(packed))
        if not packed or len(packed) != self.dimensions or not any(packed):
            return None
        vector = np.frombuffer(packed, dtype=np.int8).astype(np.float64)
        return vector, self._row(vector - self._middle)

    def _open(self, dimensions: int) -> None:
        self._means = np.zeros((self.slots, dimensions), np.int16)
        self._rows = np.zeros((self.slots, dimensions), np.float32)
        self._lengths = np.ones(self.slots)
        self._taken = np.zeros(self.slots, np.bool_)
        self._full = float(min(_FULL, isqrt(_EXACT // max(1, dimensions))))
        self._total = np.zeros(dimensions)
        self._middle = np.zeros(dimensions)

    def nearest(self, row: NDArray[np.float32], used: int) -> tuple[int, float]:
        """Return the slot below `used` nearest to `row`, and their cosine; of equal ones the lowest slot."""
        products = (self._rows[:used] @ row).astype(np.float64)
        cosines = products / self._lengths[:used]
        slot = int(cosines.argmax())
        return slot, float(cosines[slot]) / _length(row)

    def neighbour(self, slot: int, used: int) -> tuple[int, float]:
        """Return the centre below `used` nearest to the one in `slot`, and their cosine."""
        row = self._rows[slot]
        cosines = (self._rows[:used] @ row).astype(np.float64) / self._lengths[:used]
        cosines[slot] = -np.inf
        other = int(cosines.argmax())
        return other, float(cosines[other] / self._lengths[slot])

    def put(self, slot: int, vector: Vector) -> None:
        """Start a narrative at a mention."""
        self._means[slot] = vector * _FINE
        self._lay(slot)

    def move(self, slot: int, vector: Vector, step: float) -> None:
        """Move a centre by the part `step` of its way to a mention."""
        mean = self._means[slot]
        mean += np.rint((vector * _FINE - mean) * step).astype(np.int16)
        self._lay(slot)

    def join(self, into: int, other: int, part: float) -> None:
        """Move a centre towards another one, whose `part` of both it takes in; the other is cleared."""
        mean = self._means[into].astype(np.float64)
        self._means[into] = np.rint(mean + (self._means[other] - mean) * part)
        self._lay(into)
        self.clear(other)

    def clear(self, slot: int) -> None:
        """Empty a slot: nothing is near it any more."""
        self._taken[slot] = False
        self._means[slot] = 0
        self._rows[slot] = 0.0
        self._lengths[slot] = 1.0

    def learn(self, vector: Vector, row: NDArray[np.float32], weight: float) -> None:
        """Add a mention and its `row` to the mean; now and then all centres are laid out around it anew."""
        keep = 1.0 - weight / _MEMORY
        self._total = self._total * keep + vector * weight
        self._weight = self._weight * keep + weight
        length = _length(row) * float(np.abs(vector - self._middle).max()) / self._full
        self._distance = self._distance * keep + weight * length
        self._counted += 1
        if self._counted >= self._next:
            self._next = self._counted + min(_LONGEST_STALE, 1 + int(_STALE * self._counted))
            self._middle = self._total / (self._weight + _PRIOR)
            self._floor = _LEAST_LENGTH * self._distance / self._weight if self._weight else 0.0
            self._lay_all()

    def _lay(self, slot: int) -> None:
        shifted = self._means[slot] / _FINE - self._middle
        row = self._row(shifted)
        self._taken[slot] = True
        self._rows[slot] = row
        least = self._floor * self._full / max(float(np.abs(shifted).max()), _TINY)
        self._lengths[slot] = max(_length(row), least)

    def _lay_all(self) -> None:
        shifted = self._means[self._taken] / _FINE - self._middle
        largest = np.maximum(np.abs(shifted).max(axis=1, initial=0.0, keepdims=True), _TINY)
        rows = np.rint(shifted * (self._full / largest))
        self._rows[self._taken] = rows
        least = np.maximum(1.0, self._floor * self._full / largest[:, 0])
        self._lengths[self._taken] = np.maximum(least, np.sqrt(np.square(rows).sum(axis=1)))

    def _row(self, shifted: Vector) -> NDArray[np.float32]:
        """Return a vector as whole numbers that fill a byte: its direction, well resolved."""
        largest = max(float(np.abs(shifted).max()), _TINY)
        return np.rint(shifted * (self._full / largest)).astype(np.float32)

    def dump(self, used: int) -> dict[str, bytes]:
        """Return the state of the slots below `used`."""
        sums = (self._weight, self._distance, self._floor)
        counts = array("d", [float(self.dimensions), float(self._counted), float(self._next), *sums])
        return {
            "space.counts": counts.tobytes(),
            "space.means": self._means[:used].tobytes(),
            "space.taken": self._taken[:used].tobytes(),
            "space.total": self._total.tobytes(),
            "space.middle": self._middle.tobytes(),
        }

    def load(self, blobs: dict[str, bytes]) -> None:
        """Restore what `dump` gave."""
        dimensions, counted, following, *sums = array("d", blobs["space.counts"])
        self._weight, self._distance, self._floor = sums
        self._counted, self._next = int(counted), int(following)
        self._open(int(dimensions))
        self._total = np.frombuffer(blobs["space.total"]).copy()
        self._middle = np.frombuffer(blobs["space.middle"]).copy()
        if dimensions:
            means = np.frombuffer(blobs["space.means"], np.int16).reshape(-1, int(dimensions))
            self._means[: len(means)] = means
            self._taken[: len(means)] = np.frombuffer(blobs["space.taken"], np.bool_)
            self._lay_all()


def _length(row: NDArray[np.float32]) -> float:
    """Return a row's length, never 0; the sum of squares is exact."""
    return max(1.0, float(np.sqrt(float(row @ row))))
