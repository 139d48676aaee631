"""Where narratives lie: a matrix of centres, and which of them is nearest to a mention.

All texts about one brand resemble each other, so the cosine of their embeddings says little
(0.3 between two airline complaints picked at random). What counts is how a text differs from
what is usually said of the brand: everything is compared after the brand's own mean is taken off.

Rows are whole numbers of one signed byte. Their products and sums stay under 2^24 and are exact in
float32, so that the result doesn't depend on the order in which a BLAS adds them up. Everything else is
done number by number, which IEEE 754 rounds alike everywhere.
"""

from array import array
from collections.abc import Sequence
from math import isqrt, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""In steps of 1/128 of a byte; embeddings, centres and the mean are whole numbers of them."""
Row = NDArray[np.float32]
Lengths = NDArray[np.float64]

_EXACT = 1 << 24
"""Whole numbers below it are exact in float32."""
_FULL = 127
"""Largest entry of a row; less when there are over 1,040 dimensions, so that sums stay exact."""
FINE = 128.0
"""Steps of a byte: 16 bits for a centre."""
_MEMORY = 2_000.0
"""Weight that the mean remembers: some days of a middling brand."""
_LEAST_LENGTH = 0.6
"""Where members resemble each other by a cosine of 0.35, the threshold of joining, their centre lies at 0.6
of their distance from the mean. One much nearer is a mixture without a direction of its own, such as the
first mentions of a brand, which were compared before anything was known to be usual: it attracts less."""
_DIRECTION = 0.75
"""Part of that length from which half of a narrative has a direction of its own (0.45: members resemble each
other by a fifth): halves of what never belonged together have none, whichever way it is cut."""
_PRIOR = 3.0
"""Weight of "nothing is usual" in the mean. With 20, the first narrative of a brand took in all that
followed, stayed the largest, and so slowed down the mean that would have told its parts apart."""
_STALE = 0.05
"""The centres are laid out anew when the mean holds 5 % more mentions; its direction hardly moves by that."""
_LONGEST_STALE = 256
"""But at least so often, or when half as many mentions have come as there are centres: to lay one out costs
as much as comparing some with a mention, and a thousand take a millisecond."""
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
    """From the mean, in bytes."""
    ahead: int | None
    """Its place among the expected ones."""


class Space:
    """Centres of the live narratives of one brand, by slot, and the mean of all that is said of it."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._means: Vector = np.zeros((0, 0), np.float32)
        self._rows: Row = np.zeros((0, 0), np.float32)
        self._lengths: Row = np.ones(0, np.float32)
        self._taken: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._full = float(_FULL)
        self._total: Vector = np.zeros(0, np.float32)
        self.middle: Vector = np.zeros(0, np.float32)
        """The mean around which the centres are laid out."""
        self._weight = 0.0
        self._distance = 0.0
        """Sum of the mentions' distances from the mean, weighted and remembered like the mean."""
        self._floor = 0.0
        self._counted = 0
        self._next = 1
        self._expected: dict[bytes, Projected] = {}
        """Embeddings that come next; `ahead` is their place in the two that follow."""
        self._ahead: Row = np.zeros((0, 0), np.float32)
        self._products: Row = np.zeros((0, 0), np.float32)
        """Of the expected rows with the centres, by slot; never saved, as they say nothing new."""

    @property
    def dimensions(self) -> int:
        """Dimensions of the embeddings, 0 before the first."""
        return self._total.size

    @property
    def _used(self) -> int:
        """Slots up to the last one that is taken."""
        return int(self._taken.nonzero()[0].max(initial=-1)) + 1

    def expect(self, packed: Sequence[bytes]) -> None:
        """Compare the embeddings that come next with all centres at once, those that fit here.

        They get the very same answers as without it, sooner: a matrix is multiplied by 64 vectors together in
        a fifth of the time that it takes one by one.
        """
        self._expected = {}
        if len(packed) < 2:
            return
        fit = [each for each in dict.fromkeys(packed) if self._fits(each)]
        if len(fit) > 1:
            vectors = _fine(b"".join(fit)).reshape(len(fit), -1)
            self._ahead, largest = self._scaled(vectors - self.middle)
            lengths = np.maximum(1.0, _lengths(self._ahead))
            distances = (lengths * largest / (self._full * FINE)).tolist()
            used = self._used
            if len(self._products) < len(fit):
                self._products = np.empty((len(fit), self.slots), np.float32)
            products = self._products[: len(fit)]
            products[:, :used] = (self._rows[:used] @ self._ahead.T.copy()).T  # faster this way round
            products[:, used:] = 0.0
            parts = zip(vectors, self._ahead, lengths.tolist(), distances, range(len(fit)), strict=True)
            self._expected = dict(zip(fit, map(Projected._make, parts), strict=True))

    def project(self, packed: bytes) -> Projected | None:
        """Return an embedding and its difference from the mean; None for one that fits nothing here."""
        if packed and not self.dimensions:
            self._open(len(packed))
        expected = self._expected.pop(packed, None)
        if expected is not None:
            return expected
        if not self._fits(packed):
            return None
        vector = _fine(packed)
        row, largest = self._row(vector - self.middle)
        length = _length(row)
        return Projected(vector, row, length, length * largest / (self._full * FINE), None)

    def _fits(self, packed: bytes) -> bool:
        return bool(packed) and len(packed) == self.dimensions and any(packed)

    def _open(self, dimensions: int) -> None:
        self._means = np.zeros((self.slots, dimensions), np.float32)
        self._rows = np.zeros((self.slots, dimensions), np.float32)
        self._lengths = np.ones(self.slots, np.float32)
        self._taken = np.zeros(self.slots, np.bool_)
        self._full = float(min(_FULL, isqrt(_EXACT // max(1, dimensions))))
        self._expected = {}
        self._products = np.empty((0, self.slots), np.float32)
        self._total = np.zeros(dimensions, np.float32)
        self.middle = np.zeros(dimensions, np.float32)

    def nearest(self, projected: Projected, used: int) -> tuple[int, float]:
        """Return the slot below `used` nearest to an embedding, and their cosine; of equal ones the first."""
        if projected.ahead is None:
            products = self._rows[:used] @ projected.row
        else:
            products = self._products[projected.ahead, :used]
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

    def likeness(self, one: Vector, other: Vector) -> float:
        """Return the cosine of two centres; 1 when one of them is a mixture with no direction of its own."""
        (row, largest), (across, most) = self._row(one - self.middle), self._row(other - self.middle)
        lengths = _length(row), _length(across)
        if min(lengths[0] * largest, lengths[1] * most) < _DIRECTION * self._floor * FINE * self._full:
            return 1.0
        return float(row.dot(across)) / (lengths[0] * lengths[1])

    def put(self, slot: int, vector: Vector) -> None:
        """Set a centre, to a mention or to the mean of some."""
        self._means[slot] = vector
        self._lay(slot)

    def move(self, slot: int, vector: Vector, step: float) -> None:
        """Move a centre by the part `step` of its way to a mention."""
        mean = self._means[slot]
        way = vector - mean
        way *= step
        mean += np.rint(way, out=way)
        self._lay(slot)

    def join(self, into: int, other: int, part: float) -> None:
        """Move a centre towards another one, whose `part` of both it takes in; the other is cleared."""
        self.move(into, self._means[other], part)
        self.clear(other)

    def clear(self, slot: int) -> None:
        """Empty a slot: nothing is near it any more."""
        self._taken[slot] = False
        self._means[slot] = 0
        self._rows[slot] = 0.0
        self._lengths[slot] = 1.0
        if self._expected:
            self._products[:, slot] = 0.0

    def learn(self, projected: Projected, weight: float) -> None:
        """Add a mention to the mean; now and then all centres are laid out around it anew."""
        keep = 1.0 - weight / _MEMORY
        self._total *= keep
        self._total += projected.vector * weight
        self._weight = self._weight * keep + weight
        self._distance = self._distance * keep + weight * projected.distance
        self._counted += 1
        if self._counted >= self._next:
            longest = max(_LONGEST_STALE, self._used // 2)
            self._next = self._counted + min(longest, 1 + int(_STALE * self._counted))
            self.middle = np.rint(self._total / (self._weight + _PRIOR))
            self._floor = _LEAST_LENGTH * self._distance / self._weight if self._weight else 0.0
            self._lay_all()

    def _lay(self, slot: int) -> None:
        row, largest = self._row(np.subtract(self._means[slot], self.middle, out=self._rows[slot]))
        self._taken[slot] = True
        self._lengths[slot] = max(_length(row), self._floor * FINE * self._full / largest)
        if self._expected:
            first = next(iter(self._expected.values())).ahead  # those before it have come
            self._products[first : len(self._ahead), slot] = self._ahead[first:].dot(row)

    def _lay_all(self) -> None:
        free = ~self._taken
        for start in range(0, self._used, _SLICE):
            part = slice(start, min(start + _SLICE, self._used))
            rows = np.subtract(self._means[part], self.middle, out=self._rows[part])
            _, largest = self._scaled(rows)
            rows[free[part]] = 0.0
            least = np.maximum(1.0, self._floor * FINE * self._full / largest)
            self._lengths[part] = np.maximum(least, _lengths(rows))
        self._lengths[free] = 1.0
        self.expect(list(self._expected))

    def _row(self, shifted: Vector) -> tuple[Row, float]:
        """Turn a vector into whole numbers that fill a byte, its direction well resolved; and its largest."""
        largest = max(abs(float(shifted[np.abs(shifted).argmax()])), 1.0)  # argmax is faster than max
        shifted *= self._full / largest
        return np.rint(shifted, out=shifted), largest

    def _scaled(self, shifted: Vector) -> tuple[Row, Lengths]:
        """Return many vectors as `_row` does one; they are used up."""
        largest = np.maximum(np.abs(shifted).max(axis=1), 1.0).astype(np.float64)
        shifted *= (self._full / largest).astype(np.float32)[:, None]
        return np.rint(shifted, out=shifted), largest

    def dump(self, used: int) -> dict[str, bytes]:
        """Return the state of the slots below `used`."""
        sums = (self._weight, self._distance, self._floor)
        counts = array("d", [float(self.dimensions), float(self._counted), float(self._next), *sums])
        return {
            "space.counts": counts.tobytes(),
            "space.means": self._means[:used].astype(np.int16).tobytes(),
            "space.taken": self._taken[:used].tobytes(),
            "space.total": (self._total.astype(np.float64) / FINE).tobytes(),
            "space.middle": (self.middle.astype(np.float64) / FINE).tobytes(),
        }

    def load(self, blobs: dict[str, bytes]) -> None:
        """Restore what `dump` gave."""
        dimensions, counted, following, *sums = array("d", blobs["space.counts"])
        self._weight, self._distance, self._floor = sums
        self._counted, self._next = int(counted), int(following)
        self._open(int(dimensions))
        self._total = (np.frombuffer(blobs["space.total"]) * FINE).astype(np.float32)
        self.middle = np.rint(np.frombuffer(blobs["space.middle"]) * FINE).astype(np.float32)
        if dimensions:
            means = np.frombuffer(blobs["space.means"], np.int16).reshape(-1, int(dimensions))
            self._means[: len(means)] = means
            self._taken[: len(means)] = np.frombuffer(blobs["space.taken"], np.bool_)
            self._lay_all()


def _fine(packed: bytes) -> Vector:
    """Return embeddings in fine steps, one after the other."""
    vector = np.frombuffer(packed, np.int8).astype(np.float32)
    vector *= FINE
    return vector


def _length(row: Row) -> float:
    """Return a row's length, never 0; the sum of squares is exact."""
    return max(1.0, sqrt(row.dot(row)))


def _lengths(rows: Row) -> Lengths:
    """Return the lengths of many rows as exactly."""
    lengths: Lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows), dtype=np.float64)
    return lengths
