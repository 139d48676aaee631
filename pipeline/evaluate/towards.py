"""`evaluate towards`: sentiment towards one brand where a text names several.

The labelled texts are `tests/towards` and `tests/towards_brand`; their cards stand beside them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ConfigError
from core.query import simple_query
from core.records import Sentiment
from models.adaptation import CLASSES, most_probable
from models.score import TextScorer, open_scorer
from models.towards import Towards

TESTS = Path(__file__).parents[2] / "tests"
"""Where the sentences stand in the sources; an installed package is without them."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, a brand that it names, and what it says of that one."""

    text: str
    brand: str
    label: Sentiment
    kind: str


def evaluate(tests: Path = TESTS) -> dict[str, Any]:
    """Return accuracy and macro F1 of both sets, per kind and in all, beside the score of the whole text.

    Raises `ConfigError` when `tests` lacks a set.
    """
    scorer = open_scorer()
    sets = {"sentences": read_sentences(tests / "towards"), "texts": read_texts(tests / "towards_brand")}
    return {name: measure(cases, scorer) for name, cases in sets.items()}


def read_sentences(folder: Path) -> list[Case]:
    """Return the cases of `tests/towards`: a file for each kind, a label for each brand of a sentence."""
    return [
        Case(row["text"], brand, Sentiment(label), path.stem)
        for path in sorted(folder.glob("*.jsonl")) or _absent(folder)
        for row in _rows(path)
        for brand, label in row["towards"].items()
    ]


def read_texts(folder: Path) -> list[Case]:
    """Return the cases of `tests/towards_brand`: a row for each text and brand."""
    return [
        Case(row["text"], row["brand"], Sentiment(row["label"]), row["kind"])
        for path in sorted(folder.glob("*.jsonl")) or _absent(folder)
        for row in _rows(path)
    ]


def measure(cases: Sequence[Case], scorer: TextScorer) -> dict[str, Any]:
    """Return how well the brands' readings and the texts' own scores fit the labels."""
    queries = {case.brand: simple_query(case.brand) for case in cases}
    texts = list(dict.fromkeys(case.text for case in cases))
    read = dict(zip(texts, Towards(queries, scorer.probabilities).read(texts), strict=True))
    whole = {text: _class(row) for text, row in zip(texts, scorer.probabilities(texts), strict=True)}
    towards = [
        _class(read[case.text][case.brand]) if case.brand in read[case.text] else whole[case.text]
        for case in cases
    ]
    plain = [whole[case.text] for case in cases]
    places: dict[str, list[int]] = defaultdict(list)
    for place, case in enumerate(cases):
        places[case.kind].append(place)
    kinds = {kind: _both(cases, towards, plain, chosen) for kind, chosen in places.items()}
    return _both(cases, towards, plain, range(len(cases))) | {"kinds": kinds}


def _both(
    cases: Sequence[Case], towards: Sequence[Sentiment], plain: Sequence[Sentiment], chosen: Iterable[int]
) -> dict[str, Any]:
    places = list(chosen)
    labels = [cases[place].label for place in places]
    said = _fit(labels, [towards[place] for place in places])
    return {"labels": len(places)} | said | {"whole_text": _fit(labels, [plain[place] for place in places])}


def _fit(labels: Sequence[Sentiment], said: Sequence[Sentiment]) -> dict[str, float]:
    """Return the share that is right and the mean F1 of the classes that occur among the labels."""
    right = np.mean([label is one for label, one in zip(labels, said, strict=True)])
    return {
        "accuracy": float(right),
        "macro_f1": float(np.mean([_f1(labels, said, each) for each in CLASSES if each in labels])),
    }


def _f1(labels: Sequence[Sentiment], said: Sequence[Sentiment], one: Sentiment) -> float:
    both = sum(label is one and found is one for label, found in zip(labels, said, strict=True))
    return 2.0 * both / (labels.count(one) + list(said).count(one))


def _class(row: Any) -> Sentiment:
    return most_probable((float(row[0]), float(row[1]), float(row[2])))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").rstrip("\n").split("\n")]


def _absent(folder: Path) -> list[Path]:
    raise ConfigError(f"{folder} holds no *.jsonl: the labelled sentences come with the sources")
