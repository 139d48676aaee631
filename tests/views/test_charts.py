"""Big charts: specifications, without a browser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.records import SignalPoint, Stage, StageChange
from dashboard.charts.ahead import Coming
from dashboard.charts.frame import Spec
from dashboard.charts.incident import Mark, seen_against_expected

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")


_SPREADING = StageChange(Stage.SPREADING, NOW - timedelta(hours=1))


def _points(hours: int = 3, blind: int = 0) -> list[SignalPoint]:
    count = hours * 12
    return [
        SignalPoint(
            NOW - timedelta(minutes=5 * (count - step)),
            Stage.UNKNOWN if step >= count - blind else Stage.CALM,
            step * 10.0,
            20.0,
            5.0,
            35.0,
            float(step),
            2.0,
            0.0,
            5.0,
            1.0,
        )
        for step in range(count)
    ]


def _draw(points: list[SignalPoint] | None = None, marks: tuple[Mark, ...] = ()) -> Spec:
    stages = [
        StageChange(Stage.SMOULDERING, NOW - timedelta(hours=2)),
        StageChange(Stage.SPREADING, NOW - timedelta(hours=1)),
    ]
    return seen_against_expected(points or _points(), stages, marks, NOW, VIENNA)


def _coming() -> tuple[Coming, ...]:
    return tuple(Coming(NOW + timedelta(hours=hours), 5.0, 10.0 + hours, 20.0 + hours) for hours in range(3))


def test_what_may_come_opens_after_now_and_reaches_to_the_end() -> None:
    spec = seen_against_expected(_points(), [_SPREADING], (), NOW, VIENNA, coming=_coming())
    band = _rows(spec, "most")
    assert [(row["least"], row["likely"], row["most"]) for row in band] == [
        (5.0, 10.0, 20.0),
        (5.0, 11.0, 21.0),
        (5.0, 12.0, 22.0),
    ]
    assert band[0]["t"] == _rows(spec, "strength")[-1]["end"]  # the ribbon of stages ends now
    domain = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain[1] == band[-1]["t"] > band[0]["t"]
    drawn = [layer for layer in spec["layer"] if "most" in layer["data"]["values"][0]]
    assert {layer["mark"]["color"] for layer in drawn} == {"var(--spreading)"}
    assert {
        row["words"]
        for layer in spec["layer"]
        for row in layer["data"]["values"]
        if "end" in row and "words" in row
    } == {"5", "22"}


def test_without_a_forecast_the_chart_ends_now() -> None:
    spec = _draw()
    assert not [layer for layer in spec["layer"] if "most" in layer["data"]["values"][0]]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"][1] == _rows(spec, "strength")[-1]["end"]


def _rows(spec: Spec, field: str) -> list[dict[str, Any]]:
    """Return the rows of the first layer whose rows have `field`."""
    for layer in spec["layer"]:
        rows: list[dict[str, Any]] = layer["data"]["values"]
        if rows and field in rows[0]:
            return rows
    raise AssertionError(f"no layer draws {field!r}")


def test_it_asks_for_svg_so_that_one_chart_serves_both_themes() -> None:
    spec = _draw()
    assert spec["usermeta"]["embedOptions"]["renderer"] == "svg"
    colours = [layer["mark"].get("color", "") for layer in spec["layer"]]
    assert all(str(colour).startswith("var(--") for colour in colours if colour)


def test_times_are_those_of_the_workspace() -> None:
    assert _rows(_draw(), "seen")[0]["t"] == "2026-07-01T11:00:00Z"  # 09:00 UTC is 11:00 in Vienna in summer


def test_a_blind_point_breaks_the_line_and_is_hatched() -> None:
    spec = _draw(_points(blind=4))
    assert [row["seen"] for row in _rows(spec, "seen")][-4:] == [None] * 4
    assert [row["top"] for row in _rows(spec, "top")][-4:] == [None] * 4
    ground, stripes = spec["layer"][:2]
    assert [(row["t"], row["end"]) for row in ground["data"]["values"]] == [
        ("2026-07-01T13:35:00Z", "2026-07-01T13:55:00Z")  # bins that touch are one stretch
    ]
    assert len(stripes["data"]["values"]) > 10
    assert {stripes["mark"]["color"], ground["mark"]["color"]} == {"var(--unknown)"}


def test_what_sticks_out_wears_the_worst_stage() -> None:
    spec = _draw()
    excess = next(
        layer for layer in spec["layer"] if "opacity" in layer["mark"] and layer["mark"]["type"] == "area"
    )
    assert excess["mark"]["color"] == "var(--spreading)"
    assert all(row["top"] >= row["high"] for row in excess["data"]["values"])


def test_the_ribbon_covers_the_whole_time_without_a_hole() -> None:
    spans = _rows(_draw(), "end")
    assert [span["word"] for span in spans] == ["Calm", "Smouldering", "Spreading"]
    assert [span["end"] for span in spans[:-1]] == [span["t"] for span in spans[1:]]


def test_before_the_first_stage_the_ribbon_is_calm_only_where_it_was_seen() -> None:
    points = _points()
    blind = [
        replace(each, stage=Stage.UNKNOWN) if step in {0, 1, 6, 7, 11, 12, 13} else each
        for step, each in enumerate(points)
    ]
    spans = _rows(_draw(blind), "colour")
    assert [(span["word"], span["t"][11:16]) for span in spans] == [
        ("Unknown", "11:00"),
        ("Calm", "11:05"),
        ("Unknown", "11:25"),
        ("Calm", "11:35"),
        ("Unknown", "11:50"),
        ("Smouldering", "12:00"),  # an incident says itself when it is not seen
        ("Spreading", "13:00"),
    ]
    assert [span["end"] for span in spans[:-1]] == [span["t"] for span in spans[1:]]


def test_without_any_stage_what_was_not_seen_up_to_now_is_unknown() -> None:
    spans = _rows(
        seen_against_expected(_points(blind=4), (), (), NOW - timedelta(minutes=5), VIENNA), "colour"
    )
    assert [span["word"] for span in spans] == ["Calm", "Unknown"]


def test_a_stage_from_before_the_chart_is_still_in_force() -> None:
    stages = [StageChange(Stage.COOLING, NOW - timedelta(hours=9))]
    spec = seen_against_expected(_points(), stages, (), NOW, VIENNA)
    assert [span["word"] for span in _rows(spec, "end")] == ["Cooling"]
