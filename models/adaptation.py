"""What a workspace learned of its own language: a shift of the shipped log-odds.

    adapted ~ shipped * shares * exp(clip(embedding @ weights + bias))

How common the classes are here is counted without labels (`models.label_shift`), the rest learned from them.

Texts that mean nearly the same have nearly the same embedding, so what was learned from one text moves
its neighbours, too, and by less the further away they are. The shift follows from the stored embedding
alone: a stored score is brought from one version to another, and back, without reading its text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Probabilities, Sentiment, Tone
from core.vectors import unpack_vector
from models.label_shift import EQUAL, shift

FARTHEST = 4.0
"""No class moves by more log-odds than this, whatever was taught: e**4 is 55 to 1, so what the shipped
model is surer of stays as it is."""

CLASSES = tuple(Sentiment)
"""In the order of `Probabilities`."""
_MARK = "+learned-"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the shipped models say of one text; whatever is learned stands on it."""

    shipped: Probabilities
    embedding: bytes
    """As `core.vectors.pack_vector` gives it."""
    tone: Tone | None = None
    """How it is said; nothing is learned on top of that."""
    language: str = ""
    """As `models.languages` names it."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """Weights of one model version."""

    number: int
    """Its `ModelVersion.number`."""
    weights: NDArray[np.float64]
    """Shape (dimensions of the embedding, 3)."""
    bias: NDArray[np.float64]
    """Shape (3,)."""
    shares: Probabilities = EQUAL
    """How common negative, neutral and positive are here; none is 0."""

    def apply(self, readings: Sequence[Reading]) -> list[Probabilities]:
        """Return the adapted probabilities, in order; a row depends on its own reading only."""
        shipped = [reading.shipped for reading in readings]
        return _rows(_moved(shipped, self._shift([reading.embedding for reading in readings])))

    def undo(self, adapted: Sequence[Probabilities], embeddings: Sequence[bytes]) -> list[Probabilities]:
        """Return the shipped probabilities that `apply` was given, bit for bit.

        The shipped ones are single precision and all this is double, so rounding takes the error away.
        """
        return _rows(_moved(adapted, -self._shift(embeddings)).astype(np.float32))

    def _shift(self, embeddings: Sequence[bytes]) -> NDArray[np.float64]:
        vectors = np.array([unpack_vector(row) for row in embeddings], dtype=np.float64)
        vectors = vectors.reshape(len(embeddings), self.weights.shape[0])
        # not `@`: a BLAS picks its kernel by shape, and a sum would depend on the size of the batch
        columns = [(vectors * column).sum(axis=1) for column in self.weights.T]
        taught = np.clip(np.stack(columns, axis=1) + self.bias, -FARTHEST, FARTHEST)
        return np.asarray(taught + shift(self.shares))


def _moved(rows: Sequence[Probabilities], shift: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply by exp(shift) and keep each row's sum, which is 1 only up to single precision."""
    before = np.array(rows, dtype=np.float64).reshape(-1, shift.shape[1])
    after = before * np.exp(shift)
    return np.asarray(after * (before.sum(axis=1) / after.sum(axis=1))[:, None])


def _rows(array: NDArray[np.floating]) -> list[Probabilities]:
    return [(float(row[0]), float(row[1]), float(row[2])) for row in array]


def most_probable(row: Probabilities) -> Sentiment:
    """Return the class of the largest probability, the first one where two are equal."""
    return CLASSES[int(np.argmax(row))]


def name_version(base: str, number: int) -> str:
    """Return what stands in scores of version `number`, 0 for what ships, on top of the shipped `base`."""
    return f"{base}{_MARK}{number}" if number else base


def read_version(base: str, version: str) -> int | None:
    """Return the number of the version that made a score; None when it stands on another shipped model.

    >>> read_version("b", name_version("b", 3)), read_version("b", "b"), read_version("b", "a")
    (3, 0, None)
    """
    shipped, _, number = version.partition(_MARK)
    if shipped != base:
        return None
    return int(number) if number else 0
