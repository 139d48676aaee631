"""How common the three classes are here, found without a label (label shift).

The shipped probabilities hold for classes that are equally common. Expectation-maximisation over those of
many texts finds the shares that they are explained by best (Saerens, Latinne and Decaestecker 2002,
https://doi.org/10.1162/089976602753284446); it wants calibrated probabilities, and on top of those with a
shift for each class it is hard to beat (Alexandari, Kundaje and Shrikumar 2020,
https://proceedings.mlr.press/v119/alexandari20a.html). It takes the classes to be mixed otherwise than
equally, and not to be worded otherwise than where the model learned them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.records import Probabilities

EQUAL: Probabilities = (1 / 3, 1 / 3, 1 / 3)
"""What the shipped probabilities hold for, `docs/design/language.md`."""
PRIOR_TEXTS = 100.0
"""Made-up texts, a third of each class, that the estimate begins with (Dirichlet). Beside 1,000 real ones
they cost half a point of accuracy at most, and no share comes out as nothing, `docs/design/language.md`."""
LEAST_TEXTS = 1_000
"""Distinct texts under which nothing is estimated; with so many, no mixture of the classes that was tried
lost accuracy by it."""
LEAST_CHANGE = 0.05
"""Least part of all mentions that two shares have to differ in (total variation) to be worth a change. An
estimate from 1,000 texts alone errs by 0.03 to 0.04 on average."""
_ROUNDS, _ENOUGH = 200, 1e-6
"""It converges by a constant factor a round; a share is written to a hundredth."""


def estimate(rows: Sequence[Probabilities] | NDArray[np.float64]) -> Probabilities:
    """Return how common negative, neutral and positive are among texts with these shipped probabilities.

    `rows` has shape (texts, 3); a copy counts as often as it is in there. Deterministic; without a text the
    classes are equally common.
    """
    given = np.asarray(rows, dtype=np.float64).reshape(-1, len(EQUAL))
    shares = np.array(EQUAL)
    for _ in range(_ROUNDS):
        weighted = given * shares
        expected = (weighted / weighted.sum(axis=1, keepdims=True)).sum(axis=0)
        before, shares = shares, (expected + PRIOR_TEXTS / 3) / (len(given) + PRIOR_TEXTS)
        if np.abs(shares - before).max() < _ENOUGH:
            break
    return _three(shares)


def distance(one: Probabilities, other: Probabilities) -> float:
    """Return the part of all mentions, 0..1, that two shares do not agree on (total variation)."""
    return sum(abs(mine - theirs) for mine, theirs in zip(one, other, strict=True)) / 2.0


def between(one: Probabilities, other: Probabilities, part: float) -> Probabilities:
    """Return the shares `part` of the way from one to the other, in log-odds; neither may hold a 0."""
    mixed = np.array(one) ** (1.0 - part) * np.array(other) ** part
    return _three(mixed / mixed.sum())


def shift(shares: Probabilities) -> NDArray[np.float64]:
    """Return what `shares` add to the shipped log-odds, shape (3,); exactly 0 for equal shares."""
    return np.asarray(np.log(np.array(shares) * len(EQUAL)))


def _three(array: NDArray[np.float64]) -> Probabilities:
    return float(array[0]), float(array[1]), float(array[2])
