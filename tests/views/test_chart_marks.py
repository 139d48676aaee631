"""The incident's chart: words that never meet, and time that nobody watched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.records import SignalPoint, Stage, StageChange
from dashboard.charts.frame import Spec, Time, hatched
from dashboard.charts.incident import PLOT_TOP, RIBBON_BOTTOM, Mark, seen_against_expected
from dashboard.charts.unseen import Unwatched

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Vienna")
LINE = 13
"""Px between two lines of the chart's text that do not touch."""


def _points() -> list[SignalPoint]:
    moments = (NOW - timedelta(minutes=5 * step) for step in range(36, 0, -1))
    return [SignalPoint(at, Stage.CALM, 1, 1, 0, 4, 1, 1, 0, 4, 1.0) for at in moments]


def _draw(marks: tuple[Mark, ...] = (), unwatched: Unwatched | None = None) -> Spec:
    stages = [StageChange(Stage.SPREADING, NOW - timedelta(hours=1))]
    return seen_against_expected(_points(), stages, marks, NOW, ZONE, unwatched)


def _texts(spec: Spec) -> list[dict[str, Any]]:
    """Return the texts, without the outlines that lie under them."""
    layers = [layer for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    return [layer for layer in layers if "stroke" not in layer["mark"] and "y" in layer["mark"]]


def _mark(minutes: int, words: str) -> Mark:
    return Mark(NOW - timedelta(minutes=minutes), words)


@pytest.mark.parametrize("apart", [0, 1, 4, 30])
def test_words_of_moments_close_together_stand_in_rows_of_their_own(apart: int) -> None:
    marks = (
        _mark(100, "first mention 11:20"),
        _mark(60, "paged 12:00"),
        _mark(60 - apart, "acknowledged 12:05"),
    )
    rows = [layer["mark"]["y"] for layer in _texts(_draw(marks))]
    assert len(rows) == 3
    assert all(abs(one - other) >= LINE for one, other in combinations(rows, 2))
    assert min(rows) - LINE / 2 > RIBBON_BOTTOM
    assert max(rows) + LINE / 2 < PLOT_TOP


def test_words_turn_away_from_the_edge_that_is_near() -> None:
    late, early = _draw((_mark(3, "paged 13:57"),)), _draw((_mark(170, "paged 11:10"),))
    assert [_texts(spec)[0]["mark"]["align"] for spec in (late, early)] == ["right", "left"]


def test_no_line_runs_through_words() -> None:
    spec = _draw((_mark(100, "first mention 11:20"), _mark(60, "paged 12:00")))
    kinds = [layer["mark"]["type"] for layer in spec["layer"]]
    first_words = next(
        i
        for i, layer in enumerate(spec["layer"])
        if layer["mark"].get("stroke") == "var(--surface)" and kinds[i] == "text"
    )
    assert "rule" not in kinds[first_words:]


def test_a_mark_outside_the_chart_is_left_out() -> None:
    assert not _texts(_draw((_mark(600, "first mention 04:00"),)))


def test_midnight_is_written_as_the_day_that_begins() -> None:
    (axis,) = {layer["encoding"]["x"]["axis"]["labelExpr"] for layer in _draw()["layer"]}
    assert "utcFormat(datum.value, '%-d %b')" in axis


def test_time_that_nobody_watched_is_hatched_named_and_unknown_in_the_ribbon() -> None:
    since = NOW - timedelta(minutes=30)
    spec = _draw(unwatched=Unwatched(since, NOW, "nobody watches since 13:30"))
    ground = spec["layer"][0]["data"]["values"]
    assert [(row["t"], row["end"]) for row in ground] == [("2026-07-01T13:30:00Z", "2026-07-01T14:00:00Z")]
    assert [layer["data"]["values"][0]["words"] for layer in _texts(spec)] == ["nobody watches since 13:30"]
    ribbon = next(
        layer["data"]["values"] for layer in spec["layer"] if "colour" in layer["data"]["values"][0]
    )
    assert (ribbon[-1]["word"], ribbon[-1]["t"]) == ("Unknown", "2026-07-01T13:30:00Z")


def test_stripes_end_at_the_edges_of_what_is_hatched() -> None:
    time = Time(NOW - timedelta(hours=3), NOW, ZONE)
    since, until = NOW - timedelta(minutes=50), NOW - timedelta(minutes=45)
    _, stripes = hatched([(since, until)], time, 80, 300)
    for row in stripes["data"]["values"]:
        assert time.exact(since) <= row["t"] < row["end"] <= time.exact(until)
        assert 80 <= row["high"] < row["low"] <= 300


def test_nothing_is_hatched_outside_the_chart() -> None:
    time = Time(NOW - timedelta(hours=3), NOW, ZONE)
    assert hatched([(NOW, NOW + timedelta(hours=1))], time, 80, 300) == []


def test_a_planned_event_is_shaded_and_named() -> None:
    points = [
        replace(point, planned=3.0, event="launch") if place < 12 else point
        for place, point in enumerate(_points())
    ]
    spec = seen_against_expected(points, (), (), NOW, ZONE)
    found = [
        row for layer in spec["layer"] for row in layer["data"]["values"] if "launch" in str(row.get("words"))
    ]
    assert len(found) == 2
    assert {(row["words"], row["end"]) for row in found} == {
        ("expected: launch", Time(points[0].at, NOW, ZONE).text(points[11].at))
    }
