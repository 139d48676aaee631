"""Three-class sentiment of short texts in English: a linear head over embedding, n-grams and lexicon.

`training/sentiment.py` makes the weights in `models/weights`; the card beside them says how, from which
data, and how well they do. `docs/design/language.md` has the reasons.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Permanent
from models import features

WEIGHTS = Path(__file__).parent / "weights" / "sentiment.npz"
"""The shipped weights; the card has the same name and ends in `.json`."""

FORMAT = 1
"""Raise it when the arrays below or `models.features` change their meaning."""

CLASSES = 3
"""Negative, neutral, positive: the order of every row of probabilities."""


@dataclass(frozen=True)
class Parameters:
    """The arrays of the head; each has one column per class and its temperature is divided in."""

    embedding: NDArray[np.float32]
    """Shape (dimensions of the encoder, 3)."""
    words: NDArray[np.float32]
    """Shape (2**`features.BITS`, 3), like `characters`."""
    characters: NDArray[np.float32]
    dense: NDArray[np.float32]
    """Shape (`features.DENSE`, 3)."""
    bias: NDArray[np.float32]


class SentimentHead:
    """Turns texts and their embeddings into probabilities. A row depends on its own text only."""

    def __init__(self, parameters: Parameters, encoder: str, version: str) -> None:
        self._parameters = parameters
        self.encoder = encoder
        """Name of the encoder whose embeddings the weights were made for."""
        self.version = version

    @classmethod
    def load(cls, weights: Path = WEIGHTS) -> "SentimentHead":
        """Read the head; raises `Permanent` when the file isn't the one its card describes."""
        card = _card(weights.with_suffix(".json"))
        data = weights.read_bytes()
        digest = sha256(data).hexdigest()
        if digest != card["sha256"] or card["format"] != FORMAT:
            raise Permanent(
                f"{weights} (sha256 {digest}) does not fit its card (format {FORMAT}, sha256 "
                f"{card['sha256']}): restore both from the repository or run `python -m training.sentiment`"
            )
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            parameters = Parameters(**{name: arrays[name].astype(np.float32) for name in arrays.files})
        return cls(parameters, card["encoder"], digest[:12])

    def predict(self, texts: Sequence[str], embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities of negative, neutral and positive, shape `(len(texts), 3)`, rows sum to 1.

        `texts` as `features.canonical` gives them; `embeddings` of the same, `(len(texts), dimensions)`.
        """
        own = self._parameters
        logits = _rowwise(embeddings, own.embedding) + _rowwise(features.dense(texts), own.dense) + own.bias
        logits += _summed(features.words(texts), own.words)
        logits += _summed(features.characters(texts), own.characters)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)


def _card(path: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Permanent(f"the card of the sentiment weights, {path}, cannot be read: {error}") from error
    return card


def _rowwise(rows: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Matrix product whose rows don't depend on how many there are; a BLAS picks kernels by shape."""
    return np.stack([(rows * column).sum(axis=1, dtype=np.float64) for column in weights.T], axis=1)


def _summed(bag: features.Bag, table: NDArray[np.float32]) -> NDArray[np.float64]:
    weights = table[bag.columns]
    sums = [np.bincount(bag.rows, weights[:, k], minlength=bag.texts) for k in range(CLASSES)]
    return np.stack(sums, axis=1) * bag.scale[:, None]
