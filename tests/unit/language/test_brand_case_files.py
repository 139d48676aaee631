"""The labelled sets of `tests/towards_brand` and `tests/relevance` are what their cards say."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

Row = Mapping[str, Any]

SETS = Path(__file__).parents[2]
SIZES = {"towards_brand": 398, "relevance": 520}
LABELS = ("negative", "neutral", "positive")


def rows_of(name: str) -> list[Row]:
    lines = (SETS / name / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def card_of(name: str) -> str:
    return (SETS / name / "README.md").read_text(encoding="utf-8")


def normalised(text: str) -> str:
    """Letters and digits only, so that copies cannot hide behind case or punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def squeezed(text: str) -> str:
    """As a handle or a hashtag would write it: no space, no `@`, no `#`, no `_`."""
    return re.sub(r"[\s@#_]", "", text.casefold())


def repeated(values: Iterable[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


@pytest.fixture(scope="module")
def towards() -> list[Row]:
    return rows_of("towards_brand")


@pytest.fixture(scope="module")
def relevance() -> list[Row]:
    return rows_of("relevance")


@pytest.mark.parametrize("name", SIZES)
def test_a_set_is_as_large_as_its_card_says_and_has_not_been_edited(name: str) -> None:
    text = (SETS / name / "cases.jsonl").read_text(encoding="utf-8")
    assert text.count("\n") == SIZES[name]
    assert f"{SIZES[name]} rows in `cases.jsonl`" in card_of(name)
    assert hashlib.sha256(text.encode()).hexdigest() in card_of(name), "edited after its card was written"


@pytest.mark.parametrize("name", SIZES)
def test_ids_are_unique_and_every_text_names_its_brand(name: str) -> None:
    rows = rows_of(name)
    assert not repeated(row["id"] for row in rows)
    strangers = [row["id"] for row in rows if squeezed(row["brand"]) not in squeezed(row["text"])]
    assert not strangers


def test_no_text_stands_in_both_sets_or_asks_twice_about_one_brand(
    towards: list[Row], relevance: list[Row]
) -> None:
    assert not repeated((normalised(row["text"]), row["brand"].casefold()) for row in towards)
    runs = [text for text, _ in groupby(towards, key=lambda row: normalised(row["text"]))]
    assert not repeated([*runs, *(normalised(row["text"]) for row in relevance)])


def test_rows_towards_a_brand_have_valid_labels_in_balance(towards: list[Row]) -> None:
    assert {tuple(row) for row in towards} == {("id", "text", "brand", "label", "kind")}
    counts = Counter(row["label"] for row in towards)
    assert set(counts) == set(LABELS)
    assert max(counts.values()) <= 0.45 * len(towards)
    assert min(counts.values()) >= 0.25 * len(towards)


def test_kinds_are_spread_evenly_as_the_card_counts_them(towards: list[Row]) -> None:
    kinds = defaultdict(list)
    for row in towards:
        kinds[row["kind"]].append(row["label"])
    for kind, labels in kinds.items():
        counts = [len(labels), *(labels.count(label) for label in LABELS)]
        assert f"| `{kind}` | {' | '.join(map(str, counts))} |" in card_of("towards_brand")
    assert len(kinds) == 15
    assert min(map(len, kinds.values())) >= 20


def test_half_of_the_texts_with_several_brands_label_them_differently(towards: list[Row]) -> None:
    grouped = [
        [row["label"] for row in rows] for _, rows in groupby(towards, key=lambda row: str(row["text"]))
    ]
    several = [labels for labels in grouped if len(labels) > 1]
    split = [labels for labels in several if len(set(labels)) > 1]
    assert len(grouped) - len(several) == 42
    assert 2 * len(split) >= len(several)
    assert f"{len(several)} of the texts name" in card_of("towards_brand")
    assert f"{len(split)} of these give" in card_of("towards_brand")


def test_each_ambiguous_name_has_as_many_namesakes_as_mentions(relevance: list[Row]) -> None:
    assert {tuple(row) for row in relevance} == {("id", "brand", "split", "text", "relevant")}
    counts = Counter((row["brand"], row["split"], row["relevant"]) for row in relevance)
    brands = {row["brand"] for row in relevance}
    assert len(brands) == 10
    assert all(f"| {brand} | " in card_of("relevance") for brand in brands)
    sizes = {"examples": 6, "test": 20}
    assert counts == {
        (brand, split, relevant): size
        for brand in brands
        for split, size in sizes.items()
        for relevant in (True, False)
    }
