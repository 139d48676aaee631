"""Sentiment towards one brand where a text names several.

Aspect-based sentiment (Pontiki et al. 2014, https://aclanthology.org/S14-2004) by rule: turns of speech
first, else the shipped model's view of the brand's clauses. A text that names one brand, or none, isn't
touched: there the score of the text is the answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.records import Probabilities, Sentiment
from models.adaptation import CLASSES
from models.features import READ
from models.towards_clauses import Clause, clauses
from models.towards_names import FIRST, Marked, Names, unnamed
from models.towards_turns import Claims, claims, quoted, returned

Predict = Callable[[Sequence[str]], NDArray[np.float64]]
"""Texts to negative, neutral and positive, shape `(len(texts), 3)`: `TextScorer.probabilities`."""

SURE = 0.8
"""Probability that a turn of speech gives its class; the others share the rest."""

FEWER = 2.0
"""How much less often such a clause is neutral than a text of those that the shipped model was made for."""
APART = 3.0
"""How much likelier it is that two brands with a clause each are felt oppositely, and less likely alike."""

_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")


class Towards:
    """Reads texts for the brands of one workspace."""

    def __init__(self, queries: Mapping[str, str], predict: Predict) -> None:
        """Take each brand's name and query, rivals included, and what scores a clause."""
        self._names = Names(queries)
        self._predict = predict

    def read(self, texts: Sequence[str]) -> list[dict[str, Probabilities]]:
        """Return, for each text that names several brands, what it says of each; of other texts nothing."""
        marked = [self._names.mark(text[:READ]) for text in texts]
        cut = [clauses(one.text) if len(one.brands) > 1 else [] for one in marked]
        flat = [unnamed(clause.text) for part in cut for clause in part]
        rows = iter(_sided(self._predict(flat)) if flat else ())
        return [
            _towards(one, part, [next(rows) for _ in part]) for one, part in zip(marked, cut, strict=True)
        ]


def _sided(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities for clauses of texts that name several brands: fewer are without a side."""
    moved = rows / np.array([1.0, FEWER, 1.0])
    sided: NDArray[np.float64] = moved / moved.sum(axis=1, keepdims=True)
    return sided


def _towards(marked: Marked, part: list[Clause], rows: list[NDArray[np.float64]]) -> dict[str, Probabilities]:
    if not part:
        return {}
    marks = [chr(FIRST + number) for number in range(len(marked.brands))]
    said = _said(marked.text.lower(), marks)
    found = {mark: _reading(said.get(mark), mark, part, rows) for mark in marks if said.get(mark, mark)}
    felt = [mark for mark in marks if mark not in said and any(mark in clause.about for clause in part)]
    if len(felt) == 2 and not any(set(felt) <= set(clause.about) for clause in part):
        found |= dict(zip(felt, _apart(found[felt[0]], found[felt[1]]), strict=True))
    for mark in (mark for mark in marks if mark not in found):
        found[mark] = _turned(list(found.values()))
    return {marked.brand(mark): found[mark] for mark in marks}


def _said(text: str, marks: list[str]) -> Claims:
    found: Claims = {}
    sentences = _SENTENCE.split(text)
    for sentence in sentences:
        found = claims(sentence) | found
    if returned(text):
        for mark in marks:
            found.setdefault(mark, Sentiment.NEGATIVE)
    return found or (quoted(text) if len(sentences) == 1 else {})


def _reading(
    said: Sentiment | None, mark: str, part: list[Clause], rows: list[NDArray[np.float64]]
) -> Probabilities:
    if said:
        return _certain(said)
    mine = [row for clause, row in zip(part, rows, strict=True) if mark in clause.about]
    if not mine:
        return _certain(Sentiment.NEUTRAL)
    weights = [1.0 - row[1] for row in mine]
    mean = np.average(mine, axis=0, weights=weights if sum(weights) else None)
    return _probabilities(mean)


def _apart(one: Probabilities, other: Probabilities) -> tuple[Probabilities, Probabilities]:
    """Return both when they are set against each other: opposite feelings are the likelier pair."""
    likelier = np.array([[1 / APART, 1.0, APART], [1.0, 1.0, 1.0], [APART, 1.0, 1 / APART]])
    joint = np.outer(one, other) * likelier
    joint /= joint.sum()
    return _probabilities(joint.sum(axis=1)), _probabilities(joint.sum(axis=0))


def _turned(others: list[Probabilities]) -> Probabilities:
    """Return the opposite of the most decided of the others."""
    if not others:
        return _certain(Sentiment.NEUTRAL)
    negative, neutral, positive = min(others, key=lambda each: each[1])
    return (positive, neutral, negative)


def _certain(sense: Sentiment) -> Probabilities:
    low, high = (1.0 - SURE) / 2, SURE
    negative, neutral, positive = (high if one is sense else low for one in CLASSES)
    return (negative, neutral, positive)


def _probabilities(row: NDArray[np.float64]) -> Probabilities:
    return (float(row[0]), float(row[1]), float(row[2]))
