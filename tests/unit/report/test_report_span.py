"""ISO weeks in a zone, and when their page is due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.config import WeeklyConfig
from core.errors import ConfigError
from pipeline.weekly.schedule import due, newest_due
from pipeline.weekly.span import last_complete, read_week, span_of

PARIS, UTC_ZONE = ZoneInfo("Europe/Paris"), ZoneInfo("UTC")
NOW = datetime(2026, 11, 21, 22, tzinfo=UTC)


def test_a_week_begins_on_monday_at_midnight_in_its_zone() -> None:
    span = span_of(NOW, PARIS)
    assert span.week == "2026-W47"
    assert span.since == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert span.until == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert span_of(span.until - timedelta(seconds=1), PARIS) == span
    assert span_of(span.until, PARIS).week == "2026-W48"


@pytest.mark.parametrize(("week", "hours"), [("2026-W13", 167), ("2026-W43", 169), ("2026-W44", 168)])
def test_a_week_in_which_clocks_change_is_longer_or_shorter(week: str, hours: int) -> None:
    span = read_week(week, NOW, PARIS)
    assert span.until - span.since == timedelta(hours=hours)


def test_weeks_go_on_over_new_year() -> None:
    span = read_week("2026-W01", NOW, UTC_ZONE)
    assert span.since == datetime(2025, 12, 29, tzinfo=UTC)
    assert span.before(1).week == "2025-W52"
    assert read_week("2020-W53", NOW, UTC_ZONE).week == "2020-W53"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "write a year and an ISO week, such as 2026-W46"),
        ("47", "write a year and an ISO week"),
        ("2026-47", "such as 2026-W46"),
        ("2026-W4٧", "such as 2026-W46"),
        ("2026-W00", "2026 has no week 00; try 2026-W46"),
        ("2026-W54", "2026 has no week 54"),
        ("1234-W10", "write a year"),
        ("2026-W48", "has not begun yet; the last whole week is 2026-W46"),
        ("9999-W01", "has not begun yet"),
    ],
)
def test_a_week_that_cannot_be_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match="--week") as raised:
        read_week(text, NOW, UTC_ZONE)
    assert message in str(raised.value)


def test_the_week_that_runs_may_be_asked_for() -> None:
    assert read_week("2026-W47", NOW, UTC_ZONE).week == "2026-W47"
    assert last_complete(NOW, UTC_ZONE).week == "2026-W46"


def test_a_page_is_due_at_its_day_and_time_in_its_zone() -> None:
    span = read_week("2026-W46", NOW, PARIS)
    assert due(span, WeeklyConfig()).astimezone(UTC) == datetime(2026, 11, 16, 6, tzinfo=UTC)
    wednesday = WeeklyConfig(day="wednesday", at="18:30")
    assert due(span, wednesday).astimezone(UTC) == datetime(2026, 11, 18, 17, 30, tzinfo=UTC)


def test_the_newest_page_that_is_due() -> None:
    monday = datetime(2026, 11, 16, 5, 59, tzinfo=UTC)  # 06:59 in Paris
    assert newest_due(WeeklyConfig(), PARIS, monday).week == "2026-W45"
    assert newest_due(WeeklyConfig(), PARIS, monday + timedelta(minutes=1)).week == "2026-W46"
    assert newest_due(WeeklyConfig(), PARIS, monday + timedelta(days=6)).week == "2026-W46"
