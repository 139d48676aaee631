"""`firetower evaluate relevance`: its set, its measures, and what ships reaches."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import ConfigError
from pipeline.__main__ import app
from pipeline.evaluate.relevance import TESTS, Case, Verdict, drawn, evaluate, measured, read


def test_the_set_is_read_whole() -> None:
    cases = read(TESTS / "relevance")
    assert len(cases) == 520
    assert sum(case.example for case in cases) == 120
    assert sum(case.relevant for case in cases) == 260


def test_figures_are_right_on_verdicts_that_can_be_counted_by_hand() -> None:
    pairs = [(True, False), (True, False), (True, True), (False, True), (False, True), (False, False)]
    found = measured([Verdict(relevant, hidden) for relevant, hidden in pairs])
    assert (found["judged"], found["hidden"]) == (6, 3)
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["recall"] == pytest.approx(2 / 3)
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["ours_hidden"] == pytest.approx(1 / 3)
    assert measured([Verdict(True, False), Verdict(False, False)])["precision"] is None


def test_a_draw_is_half_of_each_side_and_always_the_same() -> None:
    given = [Case("Acme", f"text {number}", number < 6, True) for number in range(12)]
    for count, ours in ((0, 0), (2, 1), (10, 5), (12, 6)):
        assert sum(case.relevant for case in drawn(given, count, 0)) == ours
    assert [sum(case.relevant for case in drawn(given, 5, draw)) for draw in (0, 1)] == [3, 2]
    assert drawn(given, 5, 3) == drawn(given, 5, 3) != drawn(given, 5, 5)
    assert len(set(drawn(given, 12, 0))) == 12


def test_a_missing_set_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no cases\.jsonl"):
        evaluate(tmp_path)


def test_the_command_prints_what_ships_and_it_seldom_hides_our_own() -> None:
    result = CliRunner().invoke(app, ["evaluate", "relevance", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["texts"], found["brands"], len(found["per_brand"])) == (400, 10, 10)
    by_count = found["examples"]
    assert list(by_count) == ["0", "2", "5", "10", "12"]
    assert by_count["0"] == found["peers"]["no_model"]
    assert by_count["0"]["hidden"] == 0
    assert by_count["2"]["recall"] < by_count["5"]["recall"] < by_count["10"]["recall"]
    assert by_count["12"]["ours_hidden"] <= 0.05
    assert by_count["12"]["accuracy"] > found["peers"]["capital_letter"]["accuracy"]
    assert set(found["peers"]) == {"no_model", "capital_letter", "tfidf"}
