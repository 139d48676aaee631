"""The hard cases: their files, their card, and how they are read."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from core.errors import ConfigError
from core.records import Sentiment
from pipeline.evaluate.hard_cases import HardCase, read
from pipeline.evaluate.texts import fingerprint

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "hard_cases"
PHENOMENA = {
    "all_caps",
    "emoji",
    "hashtags",
    "negation",
    "neutral_wording_of_bad_news",
    "quotes_of_others",
    "sarcasm",
    "spam",
    "stock_news",
}
ONE_SIDED = {"neutral_wording_of_bad_news", "spam"}
"""Phenomena whose name all but says the label."""

# Companies that such posts are often about, without those named by a plain word (apple, shell, target).
REAL_BRANDS = re.compile(
    r"\b(adidas|airbnb|aldi|amazon|barclays|bmw|boeing|bluesky|dhl|disney|easyjet|facebook|fedex|google|hsbc|ikea|"
    r"instagram|lego|lidl|lufthansa|mastodon|mcdonald'?s?|microsoft|netflix|nike|nintendo|nokia|openai|paypal|"
    r"pfizer|playstation|reddit|revolut|ryanair|samsung|spotify|starbucks|telegram|tesco|tesla|tiktok|toyota|"
    r"twitter|uber|verizon|vodafone|volkswagen|walmart|whatsapp|xbox|youtube)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def phenomena() -> dict[str, tuple[HardCase, ...]]:
    return read(FOLDER)


@pytest.fixture(scope="module")
def cases(phenomena: dict[str, tuple[HardCase, ...]]) -> list[HardCase]:
    return [case for group in phenomena.values() for case in group]


def test_every_phenomenon_has_at_least_fifty_cases(phenomena: dict[str, tuple[HardCase, ...]]) -> None:
    assert set(phenomena) == PHENOMENA
    assert all(len(group) >= 50 for group in phenomena.values())


def test_ids_are_the_phenomenon_and_a_number(phenomena: dict[str, tuple[HardCase, ...]]) -> None:
    for name, group in phenomena.items():
        assert [case.id for case in group] == [f"{name}-{number:02d}" for number in range(1, len(group) + 1)]


def test_a_phenomenon_does_not_give_its_label_away(phenomena: dict[str, tuple[HardCase, ...]]) -> None:
    for name, group in phenomena.items():
        counts = Counter(case.label for case in group)
        assert set(counts) == set(Sentiment), name
        if name not in ONE_SIDED:
            assert max(counts.values()) <= 0.75 * len(group), name


def test_no_text_comes_twice(cases: list[HardCase]) -> None:
    marks = Counter(fingerprint(case.text) for case in cases)
    assert [mark for mark, count in marks.items() if count > 1] == []


def test_no_two_texts_follow_one_template(cases: list[HardCase]) -> None:
    texts = [case.text.lower() for case in cases]
    alike = process.cdist(texts, texts, scorer=fuzz.token_sort_ratio)
    np.fill_diagonal(alike, 0)
    assert alike.max() < 75  # the nearest pair shares a topic and lies at 66


def test_texts_are_short_and_about_invented_brands(cases: list[HardCase]) -> None:
    for case in cases:
        assert 3 <= len(case.text.split()) <= 60, case.id
        assert len(case.text) < 500, case.id
        assert not REAL_BRANDS.search(case.text), case.id


def test_the_card_counts_what_is_there(phenomena: dict[str, tuple[HardCase, ...]]) -> None:
    card = (FOLDER / "README.md").read_text("utf-8")
    stated = {row[0]: tuple(map(int, row[1:])) for row in re.findall(r"\| `(\w+)`" + r" \| (\d+)" * 4, card)}
    assert stated == {
        name: (*(sum(case.label is label for case in group) for label in Sentiment), len(group))
        for name, group in phenomena.items()
    }


def test_no_training_code_reads_them() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "training").rglob("*.py")]
    assert sources
    assert not any("hard_cases" in source for source in sources)


def test_line_breaks_and_reasons_survive_reading(tmp_path: Path) -> None:
    line = '{"id": "emoji-01", "text": "a\\nb\u2028c", "label": "neutral", "why": "plain"}\n'
    (tmp_path / "emoji.jsonl").write_text(line, "utf-8")
    assert read(tmp_path) == {"emoji": (HardCase("emoji-01", "a\nb\u2028c", Sentiment.NEUTRAL, "plain"),)}


@pytest.mark.parametrize(
    "line",
    ["", "not JSON", "[1]", '{"id": "a-01", "text": "b"}', '{"id": "a-01", "text": "b", "label": "mixed"}'],
)
def test_a_line_that_is_no_case_is_a_clear_error(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"{line}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"a\.jsonl, line 1 is no hard case"):
        read(tmp_path)


def test_a_folder_without_cases_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no \*\.jsonl"):
        read(tmp_path)
