"""The labelled sentences of `tests/towards` are what their card says, and stay as they are."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rapidfuzz import fuzz, process

Row = Mapping[str, Any]

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "towards"
CARD = (FOLDER / "README.md").read_text("utf-8")
LABELS = ("negative", "neutral", "positive")


def squeezed(text: str) -> str:
    """As a handle or a hashtag would write it: no space, no `@`, no `#`, no `_`."""
    return re.sub(r"[\s@#_]", "", text.casefold())


@pytest.fixture(scope="module")
def kinds() -> dict[str, list[Row]]:
    files = sorted(FOLDER.glob("*.jsonl"))
    return {
        file.stem: [json.loads(line) for line in file.read_text("utf-8").rstrip("\n").split("\n")]
        for file in files
    }


@pytest.fixture(scope="module")
def rows(kinds: dict[str, list[Row]]) -> list[Row]:
    return [row for group in kinds.values() for row in group]


def test_nothing_was_edited_after_the_card_was_written() -> None:
    together = b"".join(file.read_bytes() for file in sorted(FOLDER.glob("*.jsonl")))
    assert hashlib.sha256(together).hexdigest() in CARD


def test_ids_are_the_kind_and_a_number(kinds: dict[str, list[Row]]) -> None:
    for kind, group in kinds.items():
        assert [row["id"] for row in group] == [f"{kind}-{number:02d}" for number in range(1, len(group) + 1)]


def test_every_sentence_names_two_brands_or_three_and_labels_each(rows: list[Row]) -> None:
    for row in rows:
        assert 2 <= len(row["towards"]) <= 3, row["id"]
        assert set(row["towards"].values()) <= set(LABELS), row["id"]
        assert all(squeezed(brand) in squeezed(row["text"]) for brand in row["towards"]), row["id"]


def test_the_card_counts_what_is_there(kinds: dict[str, list[Row]], rows: list[Row]) -> None:
    stated = {
        name: tuple(map(int, counts.split("|")))
        for name, counts in re.findall(r"^\| `(\w+)` \|[^|]*\|((?: \d+ \|){4} \d+) \|$", CARD, re.MULTILINE)
    }
    assert stated == {kind: counts_of(group) for kind, group in kinds.items()}
    assert f"| all | | {' | '.join(map(str, counts_of(rows)))} |" in CARD
    split = sum(len(set(row["towards"].values())) > 1 for row in rows)
    assert f"In {split} sentences the brands' labels differ" in CARD


def counts_of(rows: list[Row]) -> tuple[int, ...]:
    labels = [label for row in rows for label in row["towards"].values()]
    return (len(rows), len(labels), *(labels.count(label) for label in LABELS))


def test_no_label_no_name_and_no_place_in_the_text_gives_the_answer_away(rows: list[Row]) -> None:
    counts = Counter(label for row in rows for label in row["towards"].values())
    assert max(counts.values()) <= 0.4 * counts.total()
    places, names = defaultdict(list), defaultdict(list)
    for row in rows:
        for place, (brand, label) in enumerate(row["towards"].items()):
            places[place].append(label)
            names[brand].append(label)
    assert all(Counter(found).most_common(1)[0][1] <= 0.6 * len(found) for found in places.values())
    assert all(len(set(found)) > 1 for found in names.values() if len(found) > 4)
    assert f"{len(names)} names in {len({frozenset(row['towards']) for row in rows})} combinations" in CARD


def test_no_two_sentences_follow_one_template(rows: list[Row]) -> None:
    texts = [row["text"].lower() for row in rows]
    alike = process.cdist(texts, texts, scorer=fuzz.token_sort_ratio)
    np.fill_diagonal(alike, 0)
    assert alike.max() < 75  # the nearest pair shares its two names and lies at 66


def test_no_sentence_stands_in_the_companion_set(rows: list[Row]) -> None:
    companion = (ROOT / "tests" / "towards_brand" / "cases.jsonl").read_text("utf-8").splitlines()
    others = sorted({json.loads(line)["text"].lower() for line in companion})
    texts = [row["text"].lower() for row in rows]
    assert process.cdist(texts, others, scorer=fuzz.token_sort_ratio).max() < 75
