"""Tells a brand from its namesakes, from a handful of examples of each.

Logistic regression with a ridge penalty over the embedding and over how the name is written, solved in its
dual form by Newton's method (Hoerl and Kennard 1970, https://doi.org/10.1080/00401706.1970.10488634; le
Cessie and van Houwelingen 1992, https://doi.org/10.2307/2347628), because there are far fewer examples than
dimensions. How the name is written says something before there are examples, too (`models.naming`).
Both sides weigh the same, however many there are of each; the odds are then set to what a brand's query
mostly finds: itself. `docs/design/language.md` says how the settings were chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from core.relevance import stands_apart
from core.vectors import unpack_vector

PENALTY = 0.1
PER_EXAMPLE = 1 / 80
"""Least penalty for each example: so the model stays as bold with a hundred as with eight."""
SPELLING = 0.075
"""Size of a log-odd of spelling beside an embedding of length 1: what a brand's examples can learn of it."""
FOREKNOWN = 0.6
"""Part of the log-odds of spelling that counts before a brand's examples say anything of it."""
SLOPE = 4.0
"""Log-odds for each unit of the fit: 3.4 to 4.6 in cross-validation, whatever the number of examples."""
PRIOR = log(3.0)
"""Log-odds of ours before anything is known of a text: three in four, so that doubt counts for us."""
FEW = 16.0
"""Examples of a side at which its mean is trusted by half. The origin lies between the means of both sides,
nearer to the one that is known better: the mean of a few texts lies too far out, and whatever is far from it
would seem to belong to the other side."""
_STEPS = 25
_SETTLED = 1e-9
"""Newton's method has converged when nothing moves by more; that takes four to eight steps."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that is about a brand, or about a namesake."""

    embedding: bytes
    """As `core.vectors.pack_vector` gives it."""
    spelling: float
    """As `models.naming.spelling` gives it."""
    ours: bool
    weight: float = 1.0
    answer: bool = False
    """True for what a person said of a mention: it is predicted before it is learned."""


class Relevance:
    """What was learned of one brand's namesakes."""

    def __init__(self, weights: NDArray[np.float64], centre: NDArray[np.float64]) -> None:
        self._weights, self._centre = weights, centre
        self.dimensions = len(weights) - 1

    def ours(self, embedding: bytes, spelled: float) -> float | None:
        """Return the probability that a text is about the brand; None where its embedding does not fit."""
        if len(embedding) != self.dimensions:
            return None
        fit = float(((_features(embedding, spelled) - self._centre) * self._weights).sum())
        return 1.0 / (1.0 + exp(-PRIOR - FOREKNOWN * spelled - SLOPE * fit))


def learn(examples: Sequence[Example]) -> Relevance | None:
    """Return what examples teach; None while they are all of one side, which tells nothing apart."""
    if len({example.ours for example in examples}) < 2:
        return None
    rows = np.array([_features(example.embedding, example.spelling) for example in examples])
    ours = np.array([example.ours for example in examples])
    given = np.array([example.weight for example in examples])
    weights, centre = _balanced(ours, given), _origin(rows, ours, given)
    centred = rows - centre
    penalty = max(PENALTY, PER_EXAMPLE * float(weights.sum()))
    dual = _solve(centred @ centred.T, ours.astype(float), weights, penalty)
    return Relevance(centred.T @ dual, centre)


def _features(embedding: bytes, spelled: float) -> NDArray[np.float64]:
    return np.append(unpack_vector(embedding).astype(np.float64), SPELLING * spelled)


def _balanced(ours: NDArray[np.bool_], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights with the same sum on both sides, and the sum that they had."""
    half = weights.sum() / 2.0
    share = np.where(ours, weights / weights[ours].sum(), weights / weights[~ours].sum())
    return np.asarray(half * share, dtype=np.float64)


def _origin(
    rows: NDArray[np.float64], ours: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the point from which nothing leans to either side."""
    sums = [float(weights[side].sum()) for side in (ours, ~ours)]
    means = [weights[side] @ rows[side] / total for side, total in zip((ours, ~ours), sums, strict=True)]
    trust = [total / (total + FEW) for total in sums]
    return np.asarray((trust[0] * means[0] + trust[1] * means[1]) / sum(trust), dtype=np.float64)


def _solve(
    kernel: NDArray[np.float64], ours: NDArray[np.float64], weights: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    """Return the dual weights, one for each example."""
    dual: NDArray[np.float64] = np.zeros(len(ours))
    for _ in range(_STEPS):
        fit = kernel @ dual
        share = 1.0 / (1.0 + np.exp(-fit))
        slope = weights * share * (1.0 - share)
        target = fit + weights * (ours - share) / slope
        new = np.asarray(np.linalg.solve(kernel + np.diag(penalty / slope), target), np.float64)
        moved, dual = float(np.abs(new - dual).max()), new
        if moved < _SETTLED:
            break
    return dual


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's answer, and what would have been made of the mention just before."""

    ours: bool
    hidden: bool


class Course:
    """A brand's examples in their order; each answer is predicted from those before it (Dawid 1984)."""

    def __init__(self) -> None:
        self.examples: Sequence[Example] = ()
        """What was taken last."""
        self._asked: list[Asked | None] = []
        self.relevance: Relevance | None = None

    @property
    def asked(self) -> list[Asked]:
        """The answers, in their order."""
        return [one for one in self._asked if one is not None]

    def take(self, examples: Sequence[Example]) -> bool:
        """Replace the examples; return whether they are others. What both begin with is not asked again."""
        if self.examples == examples:
            return False
        pairs = enumerate(zip(self.examples, examples, strict=False))
        same = next(
            (place for place, (old, new) in pairs if old != new), min(len(self._asked), len(examples))
        )
        self._asked = self._asked[:same]
        self._asked += [_ask(examples[:place], examples[place]) for place in range(same, len(examples))]
        self.examples, self.relevance = examples, learn(examples)
        return True


def _ask(before: Sequence[Example], one: Example) -> Asked | None:
    if not one.answer:
        return None
    relevance = learn(before)
    ours = relevance.ours(one.embedding, one.spelling) if relevance else None
    return Asked(one.ours, stands_apart(ours, None))
