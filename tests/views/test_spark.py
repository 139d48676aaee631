"""The line of a tile: what is drawn where."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.records import SignalPoint, Stage
from dashboard import widgets
from dashboard.spark import HEADROOM, HEIGHT, SPAN, spark

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _point(ago: timedelta, seen: float, stage: Stage = Stage.CALM) -> SignalPoint:
    return SignalPoint(NOW - ago, stage, seen, 10.0, 5.0, 20.0, seen / 12, 1.0, 0.0, 2.0, 1.0)


def _line(hours: float, seen: float = 10.0, stage: Stage = Stage.CALM) -> list[SignalPoint]:
    return [_point(timedelta(minutes=5 * step), seen, stage) for step in range(int(hours * 12), -1, -1)]


def _corners(polygon: str) -> list[tuple[float, float]]:
    pairs = (corner.split() for corner in polygon.split(","))
    return [(float(x.rstrip("%")), float(y.rstrip("%"))) for x, y in pairs]


def test_one_point_is_no_line() -> None:
    assert spark([_point(timedelta(), 3.0)], NOW) is None


def test_points_outside_the_six_hours_are_left_out() -> None:
    drawn = spark(_line(9.0), NOW)
    assert drawn is not None
    assert min(x for x, _ in _corners(drawn.band)) == 0.0
    assert max(x for x, _ in _corners(drawn.band)) == 100.0
    assert len(_corners(drawn.band)) == 2 * (SPAN // timedelta(minutes=5) + 1) + 1


def test_the_highest_value_touches_the_headroom() -> None:
    drawn = spark([*_line(2.0)[:-1], _point(timedelta(), 80.0)], NOW)
    assert drawn is not None
    assert drawn.dot == ("100.0%", f"{100 * HEADROOM / HEIGHT:.1f}%")


def test_only_what_rises_above_the_band_has_an_area() -> None:
    calm, storm = spark(_line(2.0, 19.0), NOW), spark(_line(2.0, 60.0), NOW)
    assert calm is not None
    assert storm is not None
    assert len({y for _, y in _corners(calm.excess)}) == 1
    assert len({y for _, y in _corners(storm.excess)}) == 2


def test_blindness_breaks_the_line_and_is_hatched_to_the_end() -> None:
    points = _line(3.0)
    blind = [*points[:-12], *_line(11 / 12, 0.0, Stage.UNKNOWN)]
    drawn = spark(blind, NOW)
    assert drawn is not None
    assert drawn.dot is None
    assert drawn.gaps == (("83.3%", "16.7%"),)
    assert max(x for x, _ in _corners(drawn.seen)) < 84.0
    assert max(x for x, _ in _corners(drawn.band)) == 100.0


def test_missing_points_are_a_hatched_gap_and_not_a_straight_line() -> None:
    points = _line(5.0)
    drawn = spark([*points[:20], *points[20 + 14 :]], NOW)
    assert drawn is not None
    assert len(drawn.gaps) == 1
    assert drawn.dot is not None


def test_calm_bins_that_are_not_stored_are_no_gap() -> None:
    points = _line(5.0)
    drawn = spark([*points[:20], *points[20 + 11 :]], NOW)
    assert drawn is not None
    assert drawn.gaps == ()


def test_blind_all_along_draws_no_seen_line() -> None:
    drawn = spark(_line(6.0, 0.0, Stage.UNKNOWN), NOW)
    assert drawn is not None
    assert drawn.seen == ""
    assert drawn.gaps == (("0.0%", "100.0%"),)


def test_a_brand_without_mentions_stays_inside_the_box() -> None:
    flat = [SignalPoint(p.at, p.stage, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0) for p in _line(1.0)]
    drawn = spark(flat, NOW)
    assert drawn is not None
    assert all(0 <= y <= 101 for _, y in _corners(drawn.seen))


def test_where_nothing_was_seen_no_shape_is_drawn() -> None:
    drawn = spark(_line(2.0, stage=Stage.UNKNOWN), NOW)
    assert drawn is not None
    assert drawn.seen == drawn.excess == ""
    assert drawn.gaps
    tile = widgets.environment().from_string(
        '{% import "parts.html" as parts %}{{ parts.polygon("seen", "") }}{{ parts.polygon("band", band) }}'
    )
    shapes = tile.render(band=drawn.band)
    assert 'class="band" style="clip-path:polygon(' in shapes
    assert 'class="seen"' not in shapes  # an empty polygon would clip nothing


def test_a_planned_stretch_is_marked() -> None:
    line = [
        replace(point, planned=3.0, event="launch")
        if timedelta(hours=1) <= NOW - point.at <= timedelta(hours=2)
        else point
        for point in _line(6.0)
    ]
    drawn, usual = spark(line, NOW), spark(_line(6.0), NOW)
    assert drawn is not None
    assert usual is not None
    five, six = timedelta(minutes=5), timedelta(hours=6)
    assert drawn.planned == ((f"{(4 * timedelta(hours=1) - five) / six:.1%}", f"{13 * five / six:.1%}"),)
    assert usual.planned == ()
