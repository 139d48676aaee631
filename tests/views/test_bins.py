"""Bins that detection does not store are put back before a chart is drawn."""

from datetime import UTC, datetime, timedelta

from core.records import SignalPoint, Stage
from dashboard.bins import BIN, complete

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _point(minutes: int) -> SignalPoint:
    at = START + timedelta(minutes=minutes)
    return SignalPoint(at, Stage.CALM, 5.0, 4.0, 1.0, 9.0, 3.0, 2.0, 0.0, 5.0, 1.0)


def test_a_quiet_stretch_is_calm_with_nothing_seen() -> None:
    filled = complete([_point(0), _point(20)])
    assert [point.at for point in filled] == [START + number * BIN for number in range(5)]
    assert [point.bin_seen for point in filled] == [3.0, 0.0, 0.0, 0.0, 3.0]
    assert {point.stage for point in filled} == {Stage.CALM}
    assert {point.bin_expected for point in filled} == {2.0}


def test_a_stretch_that_nobody_watched_is_unknown() -> None:
    filled = complete([_point(0), _point(70)])
    assert len(filled) == 15
    assert {point.stage for point in filled[1:-1]} == {Stage.UNKNOWN}
    assert filled[0].stage is filled[-1].stage is Stage.CALM


def test_an_unbroken_line_is_left_as_it_is() -> None:
    points = [_point(5 * number) for number in range(4)]
    assert complete(points) == points
    assert complete([]) == []
