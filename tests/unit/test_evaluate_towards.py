"""`firetower evaluate towards`: its sets, its measures, and what the shipped rule reaches."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import ConfigError
from core.records import Sentiment
from models.score import open_scorer
from pipeline.__main__ import app
from pipeline.evaluate.towards import TESTS, Case, evaluate, measure, read_sentences, read_texts


def test_both_sets_are_read_whole() -> None:
    assert len(read_sentences(TESTS / "towards")) == 779
    assert len(read_texts(TESTS / "towards_brand")) == 398


def test_figures_are_right_on_cases_that_can_be_counted_by_hand() -> None:
    one = "left Acme for Zenith"
    cases = [
        Case(one, "Acme", Sentiment.NEGATIVE, "switching"),
        Case(one, "Zenith", Sentiment.POSITIVE, "switching"),
        Case("Acme -> Zenith", "Acme", Sentiment.POSITIVE, "other"),
        Case("Acme -> Zenith", "Zenith", Sentiment.POSITIVE, "other"),
    ]
    found = measure(cases, open_scorer())
    assert (found["labels"], found["accuracy"]) == (4, 0.75)
    assert found["macro_f1"] == pytest.approx((2 / 3 + 4 / 5) / 2)  # of the two classes that occur
    assert {kind: part["accuracy"] for kind, part in found["kinds"].items()} == {
        "switching": 1.0,
        "other": 0.5,
    }
    assert found["whole_text"]["accuracy"] <= 0.75


def test_a_missing_set_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no \*\.jsonl"):
        evaluate(tmp_path)


def test_the_command_prints_what_ships_and_it_beats_the_score_of_the_whole_text() -> None:
    result = CliRunner().invoke(app, ["evaluate", "towards", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert set(found) == {"sentences", "texts"}
    for part in found.values():
        assert part["accuracy"] > part["whole_text"]["accuracy"]
        assert part["macro_f1"] > part["whole_text"]["macro_f1"]
    assert len(found["sentences"]["kinds"]) == 14
    assert len(found["texts"]["kinds"]) == 15
