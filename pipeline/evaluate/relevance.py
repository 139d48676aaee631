"""`evaluate relevance`: a brand or its namesake, learned from a handful of examples.

The labelled texts are `tests/relevance`; their card stands beside them. What is learned from is the split
`examples`, what is judged the split `test`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ConfigError
from core.records import EPOCH, Mention
from core.relevance import stands_apart
from models.naming import capital, spelling
from models.relevance import Example, learn
from models.score import TextScorer, open_scorer

TESTS = Path(__file__).parents[2] / "tests"
"""Where the texts stand in the sources; an installed package is without them."""
COUNTS = (0, 2, 5, 10, 12)
"""Examples that are learned from: half of each side, of 5 three or two of the brand; 12 are all."""
DRAWS = 10
"""Draws of each count, but for none and all; a draw's seed is its number."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text that bears a brand's name."""

    brand: str
    text: str
    relevant: bool
    example: bool
    """True for what is learned from."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A text that was judged."""

    relevant: bool
    hidden: bool


Judge = Callable[[Sequence[Case], Sequence[Case]], list[bool]]
"""Given a brand's examples and texts, tells which texts it would hide."""


def evaluate(tests: Path = TESTS) -> dict[str, Any]:
    """Return precision and recall of "not us", and accuracy, by number of examples, beside baselines.

    Raises `ConfigError` when `tests` lacks the set.
    """
    cases = read(tests / "relevance")
    product = _Product(open_scorer(), cases).hidden
    return {
        "texts": sum(not case.example for case in cases),
        "brands": len({case.brand for case in cases}),
        "examples": {str(count): _at(cases, product, count) for count in COUNTS},
        "per_brand": _per_brand(cases, product),
        "peers": {
            "no_model": _at(cases, _nothing, 0),
            "capital_letter": _at(cases, _lower_case, 0),
            "tfidf": {str(count): _at(cases, _tfidf, count) for count in COUNTS if count},
        },
    }


def read(folder: Path) -> list[Case]:
    """Return the cases of `tests/relevance`."""
    path = folder / "cases.jsonl"
    if not path.is_file():
        raise ConfigError(f"{folder} holds no cases.jsonl: the labelled texts come with the sources")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Case(row["brand"], row["text"], row["relevant"], row["split"] == "examples") for row in rows]


class _Product:
    """Judges as the product does."""

    def __init__(self, scorer: TextScorer, cases: Sequence[Case]) -> None:
        mentions = [Mention("", case.text, case.text, EPOCH, EPOCH) for case in cases]
        self._examples = {
            case: Example(reading.embedding, spelling(case.brand, case.text), case.relevant)
            for case, reading in zip(cases, scorer.read(mentions), strict=True)
        }

    def hidden(self, examples: Sequence[Case], texts: Sequence[Case]) -> list[bool]:
        relevance = learn([self._examples[case] for case in examples])
        found = [self._examples[case] for case in texts]
        return [
            stands_apart(relevance.ours(one.embedding, one.spelling) if relevance else None, None)
            for one in found
        ]


def _nothing(examples: Sequence[Case], texts: Sequence[Case]) -> list[bool]:
    """Hide nothing, as without a model."""
    return [False] * len(texts)


def _lower_case(examples: Sequence[Case], texts: Sequence[Case]) -> list[bool]:
    """Hide where the name stands without its capital: a query that heeds it."""
    return [capital(case.brand, case.text) < 0.0 for case in texts]


def _tfidf(examples: Sequence[Case], texts: Sequence[Case]) -> list[bool]:
    """Hide what TF-IDF and logistic regression, taught the same, hold more likely not ours."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(TfidfVectorizer(), LogisticRegression(class_weight="balanced"))
    model.fit([case.text for case in examples], [case.relevant for case in examples])
    return [not ours for ours in model.predict([case.text for case in texts]).tolist()]


def _at(cases: Sequence[Case], judge: Judge, count: int) -> dict[str, Any]:
    """Return what comes of `count` examples of each brand, all draws and brands together."""
    brands = dict.fromkeys(case.brand for case in cases)
    return measured([one for brand in brands for one in _judged(cases, judge, brand, count)])


def _per_brand(cases: Sequence[Case], judge: Judge) -> dict[str, Any]:
    brands = dict.fromkeys(case.brand for case in cases)
    return {brand: measured(_judged(cases, judge, brand, max(COUNTS))) for brand in brands}


def _judged(cases: Sequence[Case], judge: Judge, brand: str, count: int) -> list[Verdict]:
    mine = [case for case in cases if case.brand == brand]
    texts = [case for case in mine if not case.example]
    given = [case for case in mine if case.example]
    draws = DRAWS if 0 < count < len(given) else 1
    found: list[Verdict] = []
    for draw in range(draws):
        hidden = judge(drawn(given, count, draw), texts)
        found += [Verdict(case.relevant, each) for case, each in zip(texts, hidden, strict=True)]
    return found


def drawn(given: Sequence[Case], count: int, draw: int) -> list[Case]:
    """Return `count` examples, half of each side; an odd one is the brand's in even draws."""
    order = np.random.default_rng(draw).permutation(len(given))
    ours = [given[place] for place in order if given[place].relevant]
    others = [given[place] for place in order if not given[place].relevant]
    half = (count + 1 - draw % 2) // 2
    return ours[:half] + others[: count - half]


def measured(found: Sequence[Verdict]) -> dict[str, Any]:
    """Return precision and recall of "not us" and accuracy; a precision of nothing is not a number."""
    hidden = [one for one in found if one.hidden]
    theirs = [one for one in found if not one.relevant]
    rightly = sum(not one.relevant for one in hidden)
    return {
        "judged": len(found),
        "hidden": len(hidden),
        "precision": rightly / len(hidden) if hidden else None,
        "recall": rightly / len(theirs),
        "accuracy": sum(one.hidden is not one.relevant for one in found) / len(found),
        "ours_hidden": (len(hidden) - rightly) / (len(found) - len(theirs)),
    }
