"""Learns a workspace's own language from corrected labels, on top of the shipped sentiment.

River's softmax regression (Montiel et al. 2021, https://jmlr.org/papers/v22/20-1380.html) with AdaGrad
(Duchi et al. 2011, https://jmlr.org/papers/v12/duchi11a.html) over the embedding. The shipped log-odds,
with the shares of the classes here, enter as three features whose weights are pinned to one, so that what
is learned starts at nothing and the penalty pulls it back to them. `docs/design/language.md` says how the
settings were chosen.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.records import Probabilities, Sentiment
from core.vectors import unpack_vector
from models.adaptation import CLASSES, Adaptation, Reading, most_probable
from models.label_shift import EQUAL, shift
from models.packing import pack, unpack

SCHEMA = 1
RATE = 0.03
"""AdaGrad's rate: no correction moves a weight by more, so no teacher turns the model over at once."""
PENALTY = 0.01
BIAS = 1.0
"""The constant feature; it learns how common the classes are here, beyond what was counted."""
_LEAST = 1e-12
"""Least probability whose logarithm is taken."""

Features = dict[str, float]


class Learner:
    """One model version while it learns. Deterministic; saved and restored bit for bit; of fixed size."""

    def __init__(self, dimensions: int, number: int = 0, shares: Probabilities = EQUAL) -> None:
        from river import linear_model, optim

        self.number = number
        self.shares = shares
        """How common the classes are here, which everything learned stands on."""
        self._names = [f"e{place}" for place in range(dimensions)] + ["bias"]
        self._model: Any = linear_model.SoftmaxRegression(optim.AdaGrad(RATE), l2=PENALTY)
        self._pin()

    def learn_one(self, reading: Reading, label: Sentiment) -> None:
        """Take in what a person said of one text."""
        self._model.learn_one(self._features(reading), label.value)
        self._pin()

    def predict_one(self, reading: Reading) -> Sentiment:
        """Return the most probable class of one text, exactly as the scorer would."""
        (row,) = self.adaptation().apply([reading])
        return most_probable(row)

    def adaptation(self) -> Adaptation:
        """Return what was learned so far, for the scorer."""
        table = self._table(self._model.weights)
        return Adaptation(self.number, table[:-1], BIAS * table[-1], self.shares)

    def dump(self) -> bytes:
        """Return the whole state, some 17 kB with 384 dimensions."""
        slopes = {label.value: self._model.optimizers[label.value].g2 for label in CLASSES}
        blobs = {
            "weights": self._table(self._model.weights).tobytes(),
            "slopes": self._table(slopes).tobytes(),
        }
        return pack(SCHEMA, {"dimensions": len(self._names) - 1, "shares": self.shares}, blobs)

    @classmethod
    def load(cls, state: bytes, number: int) -> "Learner":
        """Go on as version `number` from what `dump` gave; raises `ValueError` on damage."""
        header, blobs = unpack(SCHEMA, state)
        shares = header.get("shares", EQUAL)  # a former release counted none
        learner = cls(header["dimensions"], number, tuple(shares))
        weights, slopes = (np.frombuffer(blobs[name]).reshape(-1, 3) for name in ("weights", "slopes"))
        for place, label in enumerate(CLASSES):
            learner._model.weights[label.value].update(learner._named(weights[:, place]))
            learner._model.optimizers[label.value].g2.update(learner._named(slopes[:, place]))
        return learner

    def _features(self, reading: Reading) -> Features:
        values = [*unpack_vector(reading.embedding).astype(float).tolist(), BIAS]
        odds = np.log(np.maximum(reading.shipped, _LEAST)) + shift(self.shares)
        prior = {_prior(label): float(value) for label, value in zip(CLASSES, odds, strict=True)}
        return dict(zip(self._names, values, strict=True)) | prior

    def _pin(self) -> None:
        """Set the weights of the shipped log-odds back to one: they are where learning starts from."""
        for label in CLASSES:
            pinned = {_prior(other): float(other is label) for other in CLASSES}
            self._model.weights[label.value].update(pinned)

    def _table(self, by_class: dict[str, dict[str, float]]) -> NDArray[np.float64]:
        """Return shape (names, 3); what was never learned is 0."""
        rows = [[by_class[label.value].get(name, 0.0) for label in CLASSES] for name in self._names]
        return np.array(rows, dtype=np.float64)

    def _named(self, column: NDArray[np.float64]) -> Features:
        return dict(zip(self._names, column.tolist(), strict=True))


def _prior(label: Sentiment) -> str:
    return f"shipped {label.value}"
