"""Where narratives lie: a matrix of centres, and which of them is nearest to a mention.

All texts about one brand resemble each other, so the cosine of their embeddings says little
(0.3 between two airline complaints picked at random). What counts is how a text differs from
what is usually said of the brand: everything is compared after the brand's own mean is taken off.

Vectors are whole numbers of one signed byte. Their products and sums stay under 2^24 and are exact
in float32, so that the result doesn't depend on the order in which a BLAS adds them up.
"""

from array import array
from collections.abc import Sequence
from math import isqrt, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Row = NDArray[np.float32]

_EXACT = 1 << 24
"""Whole numbers below it are exact in float32."""
_FULL = 127
"""Largest entry of a row; less when there are over 1,040 dimensions, so that sums stay exact."""
_FINE = 128.0
"""A centre is kept in steps of 1/128 of a byte: 16 bits."""
_STEP = 1.0 / _FINE
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
_SLICE = 128
"""Centres that are laid out at a time: what is computed on the way stays in the processor's cache."""


class Projected(NamedTuple):
    """An embedding, seen from the brand's mean."""

    vector: Vector
    row: Row
    """Its difference from the mean, as whole numbers."""
    length: float
    """Of the row, never 0."""
    distance: float
    """From the mean, on the scale of the vector."""
    ahead: int | None
    """Its place among the expected ones."""


class Space:
    """Centres of the live narratives of one brand, by slot, and the mean of all that is said of it."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._means: NDArray[np.int16] = np.zeros((0, 0), np.int16)
        self._rows: Row = np.zeros((0, 0), np.float32)
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
        self._expected: dict[bytes, int] = {}
        """Embeddings that come next, with their places in the four that follow."""
        self._vectors: Vector = np.zeros((0, 0))
        self._largest: Vector = np.zeros(0)
        self._ahead: Row = np.zeros((0, 0), np.float32)
        self._products: Row = np.zeros((0, 0), np.float32)
        """Of the centres, by slot, with the expected rows; never saved, as they say nothing new."""

    @property
    def dimensions(self) -> int:
        """Dimensions of the embeddings, 0 before the first."""
        return self._total.size

    def expect(self, packed: Sequence[bytes]) -> None:
        """Compare the embeddings that come next with all centres at once, those that fit here.

        They get the very same answers as without it, sooner: a matrix is multiplied by 32 vectors together in
        a tenth of the time that it takes one by one.
        """
        self._expected = {}
        fit = [each for each in dict.fromkeys(packed) if self._fits(each)]
        if len(fit) > 1:
            self._vectors = np.frombuffer(b"".join(fit), np.int8).reshape(len(fit), -1).astype(np.float64)
            self._ahead, self._largest = self._scaled(self._vectors - self._middle)
            used = int(self._taken.nonzero()[0].max(initial=-1)) + 1
            self._products = np.zeros((self.slots, len(fit)), np.float32)
            self._products[:used] = self._rows[:used] @ self._ahead.T.copy()
            self._expected = {each: place for place, each in enumerate(fit)}

    def project(self, packed: bytes) -> Projected | None:
        """Return an embedding and its difference from the mean; None for one that fits nothing here."""
        if packed and not self.dimensions:
            self._open(len(packed))
        place = self._expected.pop(packed, None)
        if place is not None:
            vector, row, largest = self._vectors[place], self._ahead[place], float(self._largest[place])
        elif self._fits(packed):
            vector = np.frombuffer(packed, dtype=np.int8).astype(np.float64)
            row, largest = self._row(vector - self._middle)
        else:
            return None
        length = _length(row)
        return Projected(vector, row, length, length * largest / self._full, place)

    def _fits(self, packed: bytes) -> bool:
        return bool(packed) and len(packed) == self.dimensions and any(packed)

    def _open(self, dimensions: int) -> None:
        self._means = np.zeros((self.slots, dimensions), np.int16)
        self._rows = np.zeros((self.slots, dimensions), np.float32)
        self._lengths = np.ones(self.slots)
        self._taken = np.zeros(self.slots, np.bool_)
        self._full = float(min(_FULL, isqrt(_EXACT // max(1, dimensions))))
        self._expected = {}
        self._total = np.zeros(dimensions)
        self._middle = np.zeros(dimensions)

    def nearest(self, projected: Projected, used: int) -> tuple[int, float]:
        """Return the slot below `used` nearest to an embedding, and their cosine; of equal ones the first."""
        if projected.ahead is None:
            products = self._rows[:used] @ projected.row
        else:
            products = self._products[:used, projected.ahead]
        cosines = products / self._lengths[:used]
        slot = int(cosines.argmax())
        return slot, float(cosines[slot]) / projected.length

    def neighbour(self, slot: int, used: int) -> tuple[int, float]:
        """Return the centre below `used` nearest to the one in `slot`, and their cosine."""
        row = self._rows[slot]
        cosines = (self._rows[:used] @ row) / self._lengths[:used]
        cosines[slot] = -np.inf
        other = int(cosines.argmax())
        return other, float(cosines[other] / self._lengths[slot])

    def put(self, slot: int, vector: Vector) -> None:
        """Start a narrative at a mention."""
        mean = vector * _FINE
        self._means[slot] = mean
        self._lay(slot, mean)

    def move(self, slot: int, vector: Vector, step: float) -> None:
        """Move a centre by the part `step` of its way to a mention."""
        mean = self._means[slot].astype(np.float64)
        mean += np.rint((vector * _FINE - mean) * step)
        self._means[slot] = mean
        self._lay(slot, mean)

    def join(self, into: int, other: int, part: float) -> None:
        """Move a centre towards another one, whose `part` of both it takes in; the other is cleared."""
        mean = self._means[into].astype(np.float64)
        mean = np.rint(mean + (self._means[other] - mean) * part)
        self._means[into] = mean
        self._lay(into, mean)
        self.clear(other)

    def clear(self, slot: int) -> None:
        """Empty a slot: nothing is near it any more."""
        self._taken[slot] = False
        self._means[slot] = 0
        self._rows[slot] = 0.0
        self._lengths[slot] = 1.0
        if self._expected:
            self._products[slot] = 0.0

    def learn(self, projected: Projected, weight: float) -> None:
        """Add a mention to the mean; now and then all centres are laid out around it anew."""
        keep = 1.0 - weight / _MEMORY
        self._total = self._total * keep + projected.vector * weight
        self._weight = self._weight * keep + weight
        self._distance = self._distance * keep + weight * projected.distance
        self._counted += 1
        if self._counted >= self._next:
            self._next = self._counted + min(_LONGEST_STALE, 1 + int(_STALE * self._counted))
            self._middle = self._total / (self._weight + _PRIOR)
            self._floor = _LEAST_LENGTH * self._distance / self._weight if self._weight else 0.0
            self._lay_all()

    def _lay(self, slot: int, mean: Vector) -> None:
        row, largest = self._row(mean * _STEP - self._middle)
        self._taken[slot] = True
        self._rows[slot] = row
        self._lengths[slot] = max(_length(row), self._floor * self._full / largest)
        if self._expected:
            self._products[slot] = self._ahead.dot(row)

    def _lay_all(self) -> None:
        taken = np.flatnonzero(self._taken)
        for start in range(0, taken.size, _SLICE):
            slots = taken[start : start + _SLICE]
            rows, largest = self._scaled(self._means[slots] * _STEP - self._middle)
            self._rows[slots] = rows
            least = np.maximum(1.0, self._floor * self._full / largest)
            squares = np.einsum("ij,ij->i", rows, rows)  # sums of whole numbers, exact as well
            self._lengths[slots] = np.maximum(least, np.sqrt(squares.astype(np.float64)))
        self.expect(list(self._expected))

    def _row(self, shifted: Vector) -> tuple[Row, float]:
        """Return a vector as whole numbers that fill a byte, its direction well resolved; and its largest."""
        largest = max(abs(float(shifted[np.abs(shifted).argmax()])), _TINY)  # argmax is faster than max
        return np.rint(shifted * (self._full / largest)).astype(np.float32), largest

    def _scaled(self, shifted: Vector) -> tuple[Row, Vector]:
        """Return many vectors as `_row` does one; they are used up."""
        largest = np.maximum(np.maximum(shifted.max(axis=1), -shifted.min(axis=1)), _TINY)
        shifted *= (self._full / largest)[:, None]
        return np.rint(shifted, out=shifted).astype(np.float32), largest

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


def _length(row: Row) -> float:
    """Return a row's length, never 0; the sum of squares is exact."""
    return max(1.0, sqrt(row.dot(row)))
