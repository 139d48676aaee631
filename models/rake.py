"""Brings quick readings to the level of full ones, class by class.

A shift of the log-odds is chosen so that the means over the sample agree: raking (Deming and Stephan 1940,
https://doi.org/10.1214/aoms/1177731829). Sums of what nobody read in full are then those of a logistic
generalised regression estimator (Lehtonen and Veijanen 1998, Survey Methodology 24), and every single reading
stays a probability.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from core.records import Probabilities

REMEMBERED = 256
"""Readings of one brand that its shift follows from: a mean is known to two points then."""
ENOUGH = 16
"""With fewer of its own, a brand is shifted like all brands together."""
_ROUNDS = 8  # the means agree to three digits after five on everything that was tried
_LEAST = 1e-6

Sample = deque[tuple[Probabilities, Probabilities, float]]
"""Quick and full reading of a text, and its weight."""
Rows = NDArray[np.float64]


class Levels:
    """What is known of how quick readings of each brand's mentions differ from full ones."""

    def __init__(self) -> None:
        self._samples: dict[str, Sample] = {}
        self._all: Sample = deque(maxlen=REMEMBERED)

    def learn(self, brand: str, quick: Probabilities, full: Probabilities, weight: float) -> None:
        """Remember both readings of one mention of a brand."""
        sample = self._samples.setdefault(brand, deque(maxlen=REMEMBERED))
        sample.append((quick, full, weight))
        self._all.append((quick, full, weight))

    def level(self, brand: str, quick: list[Probabilities]) -> list[Probabilities]:
        """Return quick readings of a brand's mentions at the level of full ones."""
        sample = self._samples.get(brand, self._all)
        if len(sample) < ENOUGH:
            sample = self._all
        if not sample or not quick:
            return quick
        factors = _rake(sample)
        return [(row[0], row[1], row[2]) for row in _moved(_array(quick), factors).tolist()]


def _rake(sample: Sample) -> Rows:
    """Return the factors, shape (3,), that give quick readings the means of the full ones."""
    quick, full = _array([each[0] for each in sample]), _array([each[1] for each in sample])
    weights = np.array([each[2] for each in sample])
    weights /= weights.sum()
    wanted = np.maximum(weights @ full, _LEAST)
    factors = np.ones(3)
    for _ in range(_ROUNDS):
        factors = factors * wanted / (weights @ _moved(quick, factors))
        factors /= factors.max()
    return np.asarray(factors)


def _moved(rows: Rows, factors: Rows) -> Rows:
    moved = np.maximum(rows, _LEAST) * factors
    return np.asarray(moved / moved.sum(axis=1, keepdims=True))


def _array(rows: list[Probabilities]) -> Rows:
    return np.array(rows, dtype=np.float64).reshape(-1, 3)
