"""Learns from verdicts on incidents how far an alarm is to be trusted here: a bounded shift of the bar.

A verdict says that an alarm was needless, not that its mentions were read wrongly, so no label follows from
it. It says how likely an alarm is true, in one brand and in all. River's softmax regression keeps that as
log-odds, which start at even and are pulled back there. Evidence is counted in decades, so log-odds divided
by ln 10 say by how much the bar has to move for the same certainty (Bayes' rule in logarithms).
"""

import json
from math import log
from typing import Any

from core.words import percent

FARTHEST = 0.2
"""The bar moves by a fifth at most: verdicts are few, and a bar out of reach would hide the next storm."""
RATE = 0.15
"""A first false alarm moves the odds of its brand by 0.3 and the bar by 0.13 decades, some 3 %."""
PENALTY = 0.01
_TRUE, _FALSE, _ALL, _BRAND = "true", "false", "every brand", "brand "


class Verdicts:
    """The log-odds that an alarm is true, in all brands and in each one that was judged."""

    def __init__(self) -> None:
        from river import linear_model, optim

        self._model: Any = linear_model.SoftmaxRegression(optim.SGD(RATE), l2=PENALTY)
        for label in (_TRUE, _FALSE):
            self._model.weights[label].update({_ALL: 0.0})

    def learn_one(self, brand: str, true: bool) -> None:
        """Take in whether an alarm of `brand` was one."""
        self._model.learn_one(_features(brand), _TRUE if true else _FALSE)

    def moved(self, brand: str, bar: float) -> float:
        """Return the evidence at which `brand` pages, where `bar` is what its budget asks for."""
        odds = sum(self._odds(name) for name in _features(brand))
        return bar + max(-FARTHEST * bar, min(FARTHEST * bar, -odds / log(10.0)))

    def words(self, bar: float) -> str:
        """Say what was learned of the alarms of each brand that was judged, a sentence each."""
        return " ".join(self._sentence(brand, bar) for brand in self._judged())

    def _sentence(self, brand: str, bar: float) -> str:
        share = self.moved(brand, bar) / bar - 1.0
        if abs(share) < 0.005:
            return f"Verdicts leave the bar of {brand} where it was."
        return (
            f"Verdicts put the bar of {brand} {percent(abs(share))} {'higher' if share > 0.0 else 'lower'}."
        )

    def _judged(self) -> list[str]:
        return sorted(name.removeprefix(_BRAND) for name in self._model.weights[_TRUE] if name != _ALL)

    def dump(self) -> bytes:
        """Return the whole state; a few numbers for each brand that was judged."""
        return json.dumps({label: dict(self._model.weights[label]) for label in (_TRUE, _FALSE)}).encode()

    @classmethod
    def load(cls, state: bytes) -> "Verdicts":
        """Return what `dump` gave, bit for bit."""
        verdicts = cls()
        for label, weights in json.loads(state).items():
            verdicts._model.weights[label].update(weights)
        return verdicts

    def _odds(self, name: str) -> float:
        true, false = (self._model.weights[label].get(name, 0.0) for label in (_TRUE, _FALSE))
        return float(true - false)


def _features(brand: str) -> dict[str, float]:
    return {_ALL: 1.0, f"{_BRAND}{brand}": 1.0}
