"""What the shipped model reads in a text: three classes of sentiment, and how it is said.

The heads are linear over what one pass of the encoder pools. Hashed words and runs of characters that were
learned from eight languages (`models.features`) add to sentiment: a little in English, and in full elsewhere,
because the encoder began as one of English and has few words for the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import features
from models.artefact import FOLDER, HEADS
from models.languages import ENGLISH

CLASSES = 3
"""Negative, neutral, positive: the order of every row of probabilities."""

TONES = ("offensive", "irony", "anger")
"""The order of every row of tones; each is a probability of its own."""


@dataclass(frozen=True)
class Parameters:
    """The arrays of the heads."""

    pooled: NDArray[np.float32]
    """Shape (2 * dimensions of the encoder, 3)."""
    bias: NDArray[np.float32]
    words: NDArray[np.float32]
    """Shape (2**`features.BITS`, 3), like `characters`."""
    characters: NDArray[np.float32]
    words_bias: NDArray[np.float32]
    shares: NDArray[np.float32]
    """Shape (2,): how much words and runs of characters weigh, in English and in other languages."""
    scales: NDArray[np.float32]
    """Shape (2,): what the logits are multiplied by, in English and in other languages."""
    shifts: NDArray[np.float32]
    """Shape (2, 3): what is added after that."""
    tones: NDArray[np.float32]
    """Shape (2 * dimensions of the encoder, `len(TONES)`)."""
    tones_bias: NDArray[np.float32]


class Heads:
    """Turns texts and what the encoder pooled of them into probabilities.

    A row depends on its own text only.
    """

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Heads":
        """Read the heads; `models.artefact.version` tells whether they are the expected ones."""
        with np.load(folder / HEADS, allow_pickle=False) as arrays:
            return cls(Parameters(**{name: arrays[name].astype(np.float32) for name in arrays.files}))

    def sentiment(
        self, texts: Sequence[str], languages: Sequence[str], pooled: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return probabilities of negative, neutral and positive, shape `(len(texts), 3)`, rows sum to 1.

        `texts` as `features.canonical` gives them; `languages` as `models.languages` does; `pooled` of the
        same texts, `(len(texts), 2 * dimensions)`.
        """
        own = self._parameters
        which = np.array([language != ENGLISH for language in languages], dtype=int)
        logits = _rowwise(pooled, own.pooled) + own.bias + own.shares[which][:, None] * self._ngrams(texts)
        logits = logits * own.scales[which][:, None] + own.shifts[which]
        return _softmax(logits)

    def skim(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what words and runs of characters alone say, shape `(len(texts), 3)`, rows sum to 1.

        They were learned from eight languages, English among them, and need neither encoder nor language.
        """
        own = self._parameters
        return _softmax(self._ngrams(texts) * own.scales[1] + own.shifts[1])

    def _ngrams(self, texts: Sequence[str]) -> NDArray[np.float64]:
        own = self._parameters
        words = _summed(features.words(texts), own.words)
        return words + _summed(features.characters(texts), own.characters) + own.words_bias

    def tones(self, pooled: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities of `TONES`, shape `(len(pooled), len(TONES))`."""
        own = self._parameters
        logits = _rowwise(pooled, own.tones) + own.tones_bias
        return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)


def _softmax(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)


def _rowwise(rows: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Matrix product whose rows don't depend on how many there are; a BLAS picks kernels by shape."""
    return np.stack([(rows * column).sum(axis=1, dtype=np.float64) for column in weights.T], axis=1)


def _summed(bag: features.Bag, table: NDArray[np.float32]) -> NDArray[np.float64]:
    weights = table[bag.columns]
    sums = [np.bincount(bag.rows, weights[:, k], minlength=bag.texts) for k in range(CLASSES)]
    return np.stack(sums, axis=1) * bag.scale[:, None]
