"""What the settings of `models.relevance` were chosen on: 144 sentences of six brands and their namesakes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from core.records import Mention
from core.relevance import stands_apart
from models.naming import LOG_ODDS, spelling, traits
from models.relevance import Example, learn
from models.score import open_scorer

FILE = Path(__file__).parent / "relevance_development.jsonl"
DRAWS = 6
AT = datetime(2026, 11, 20, tzinfo=UTC)
Brands = dict[str, list[Example]]


@pytest.fixture(scope="module")
def brands() -> Brands:
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    readings = open_scorer().read([Mention("", row["text"], row["text"], AT, AT) for row in rows])
    found: Brands = {}
    for row, reading in zip(rows, readings, strict=True):
        spelled = spelling(row["brand"], row["text"])
        found.setdefault(row["brand"], []).append(Example(reading.embedding, spelled, row["relevant"]))
    return found


def hidden(examples: list[Example], ours: int, others: int, draw: int) -> list[tuple[bool, bool]]:
    """Learn from some examples, judge the others: for each whether it is ours, and whether it is hidden."""
    order = np.random.default_rng(draw).permutation(len(examples))
    sides = [[examples[place] for place in order if examples[place].ours is side] for side in (True, False)]
    relevance = learn(sides[0][:ours] + sides[1][:others])
    assert relevance is not None
    rest = sides[0][ours:] + sides[1][others:]
    return [(one.ours, stands_apart(relevance.ours(one.embedding, one.spelling), None)) for one in rest]


def test_the_sentences_are_six_brands_with_as_many_of_each_side(brands: Brands) -> None:
    assert list(brands) == ["Anchor", "Beacon", "Mercury", "Maple", "Falcon", "Atlas"]
    assert {(len(rows), sum(row.ours for row in rows)) for rows in brands.values()} == {(24, 12)}


@pytest.mark.parametrize(
    ("ours", "others", "found"),
    [(1, 1, 0.1), (5, 5, 0.4), (2, 8, 0.4), (8, 2, 0.4), (8, 8, 0.5)],
)
def test_few_of_our_own_are_hidden_however_lopsided_the_examples_are(
    brands: Brands, ours: int, others: int, found: float
) -> None:
    every = [
        pair for rows in brands.values() for draw in range(DRAWS) for pair in hidden(rows, ours, others, draw)
    ]
    mine = [apart for is_ours, apart in every if is_ours]
    theirs = [apart for is_ours, apart in every if not is_ours]
    assert sum(mine) / len(mine) <= 0.04
    assert sum(theirs) / len(theirs) >= found


def test_what_spelling_says_is_what_these_sentences_teach() -> None:
    """Logistic regression with scikit-learn's penalty; no brand of `tests/relevance` is among them."""
    from sklearn.linear_model import LogisticRegression

    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    found = [traits(row["brand"], row["text"]) for row in rows]
    model = LogisticRegression().fit(found, [row["relevant"] for row in rows])
    assert model.coef_[0] == pytest.approx(LOG_ODDS, abs=0.05)
