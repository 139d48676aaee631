"""What a rise consists of: one span, and rows that add up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.records import Explanation, Incident, Narrative, NarrativeBin, Rollup, Signal, Stage
from dashboard.facts import Facts
from dashboard.present.narrative_life import episodes
from dashboard.present.rise import adding_up, rise, span

NOW = datetime(2026, 7, 1, 12, 2, tzinfo=UTC)
BEGAN = NOW - timedelta(minutes=119)
SIGNAL = Signal("Acme", NOW, Stage.SPREADING)
INCIDENT = Incident(
    "i1", "Acme", Stage.SPREADING, Stage.SPREADING, BEGAN, NOW, NOW, Explanation(SIGNAL, "", (), "refund")
)
FACTS = Facts(NOW, ZoneInfo("UTC"), "live", None, None, NOW, "", (), (SIGNAL,), (), (), {}, {})


def _narrative(name: str, stage: Stage = Stage.CALM) -> Narrative:
    return Narrative(name, "Acme", f"about {name}", BEGAN, NOW, stage=stage)


def _bins(name: str, *negative: float) -> list[NarrativeBin]:
    start = int(NOW.timestamp()) // 300 * 300
    return [NarrativeBin(name, start - 300 * i, 3, 2.0, each) for i, each in enumerate(negative)]


def _rollup(mentions: int, independent: float, negative: float) -> Rollup:
    minute = int(NOW.timestamp()) // 300 * 300
    return Rollup("Acme", "news", minute, mentions, independent=independent, independent_negative=negative)


def test_the_largest_part_comes_first_and_the_rest_last_and_all_add_up() -> None:
    bins = {"a": _bins("a", 1.4), "b": _bins("b", 3.0, 3.2)}
    found = rise(FACTS, INCIDENT, [_narrative("a"), _narrative("b")], bins, [_rollup(40, 30.0, 12.0)])
    assert found is not None
    assert [row.label for row in found.rows] == ["About b", "About a", "Other"]
    assert [row.mentions for row in found.rows] == ["6", "3", "31"]
    assert sum(int(row.negative) for row in found.rows) == int(found.total.negative) == 12
    assert sum(int(row.part.removesuffix(" %")) for row in found.rows) == 100
    assert (found.total.label, found.total.part, found.total.mentions) == ("All together", "100 %", "40")


def test_each_part_tells_its_life_in_a_line() -> None:
    bins = {"a": _bins("a", 1.4), "b": _bins("b", 3.0, 3.2)}
    alive = {"b": episodes(bins["b"])}
    both = [_narrative("a"), replace(_narrative("b"), split_from="a")]
    found = rise(FACTS, INCIDENT, both, bins, [_rollup(40, 30.0, 12.0)], alive)
    assert found is not None
    lives = [row.life for row in found.rows]
    assert lives == ["split off 10:03, busiest hour 11:00 with 3", "born 10:03", ""]


def test_the_span_is_named() -> None:
    found = rise(FACTS, INCIDENT, [_narrative("a")], {"a": _bins("a", 1.0)}, [_rollup(3, 2.0, 1.0)])
    assert found is not None
    assert found.note == "all numbers since 10:03"
    over = replace(INCIDENT, closed_at=NOW - timedelta(minutes=1))
    found = rise(FACTS, over, [_narrative("a")], {"a": _bins("a", 1.0)}, [_rollup(3, 2.0, 1.0)])
    assert found is not None
    assert found.note == "all numbers since 10:03 until 12:01"


def test_it_begins_with_the_bin_of_the_first_mention_and_ends_with_the_incident() -> None:
    assert span(INCIDENT, NOW)[0] == BEGAN.replace(minute=0, second=0)
    over = replace(INCIDENT, closed_at=NOW - timedelta(minutes=9))
    assert span(over, NOW)[1] == NOW - timedelta(minutes=9)


def test_two_narratives_that_became_one_count_once() -> None:
    one = _narrative("a")
    found = rise(FACTS, INCIDENT, [one, one], {"a": _bins("a", 4.0)}, [_rollup(6, 5.0, 4.0)])
    assert found is not None
    assert [row.part for row in found.rows] == ["100 %", "0 %"]


def test_what_was_deleted_meanwhile_makes_no_negative_rest() -> None:
    found = rise(FACTS, INCIDENT, [_narrative("a")], {"a": _bins("a", 4.0)}, [_rollup(1, 1.0, 1.0)])
    assert found is not None
    assert [(row.part, row.negative, row.mentions) for row in found.rows] == [
        ("100 %", "4", "3"),
        ("0 %", "0", "0"),
    ]


def test_without_a_named_part_there_is_nothing_to_tell() -> None:
    assert rise(FACTS, INCIDENT, [_narrative("a")], {}, [_rollup(9, 9.0, 9.0)]) is None


@pytest.mark.parametrize(
    "facts",
    [replace(FACTS, silent_since=NOW), replace(FACTS, states=(replace(SIGNAL, stage=Stage.UNKNOWN),))],
    ids=["nobody watches", "the brand is blind"],
)
def test_what_nobody_sees_is_not_called_calm(facts: Facts) -> None:
    found = rise(facts, INCIDENT, [_narrative("a")], {"a": _bins("a", 1.0)}, [_rollup(3, 2.0, 1.0)])
    assert found is not None
    assert found.rows[0].word == "Unknown"


@given(some.lists(some.floats(0, 1e6), min_size=1, max_size=9))
def test_rounded_parts_add_up_to_the_rounded_whole(values: list[float]) -> None:
    parts = adding_up(values)
    assert abs(sum(parts) - sum(values)) <= 1
    assert all(abs(part - value) <= 1.001 for part, value in zip(parts, values, strict=True))
