"""When quiet hours end: over midnight, in a zone, and in the nights in which clocks change."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from alerts.channels import Channel
from alerts.quiet import quiet_until

PARIS = ZoneInfo("Europe/Paris")


def until(quiet: tuple[str, str] | None, at: str, zone: ZoneInfo = PARIS) -> str:
    hours = (time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None
    found = quiet_until(Channel("duty", "json://x", "chat", quiet=hours), _utc(at), zone)
    return f"{found:%d %H:%M}" if found else ""


def _utc(at: str) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-01-10 20:59", ""),
        ("2026-01-10 21:00", "11 06:00"),
        ("2026-01-10 23:30", "11 06:00"),
        ("2026-01-11 05:59", "11 06:00"),
        ("2026-01-11 06:00", ""),
        ("2026-07-10 20:00", "11 05:00"),
    ],
)
def test_over_midnight_on_the_clock_of_the_zone(at: str, end: str) -> None:
    assert until(("22:00", "07:00"), at) == end


@pytest.mark.parametrize(("at", "end"), [("2026-01-10 11:00", "10 12:00"), ("2026-01-10 12:00", "")])
def test_within_one_day(at: str, end: str) -> None:
    assert until(("12:00", "13:00"), at) == end


def test_a_short_night_in_spring_ends_an_hour_sooner_and_a_long_one_later() -> None:
    """29 March and 25 October 2026: 07:00 is 05:00 UTC before summer ends and 06:00 after it."""
    assert until(("22:00", "07:00"), "2026-03-28 23:00") == "29 05:00"
    assert until(("22:00", "07:00"), "2026-10-24 22:00") == "25 06:00"


def test_an_end_that_does_not_exist_or_comes_twice_is_found() -> None:
    assert (
        until(("22:00", "02:30"), "2026-03-28 23:00") == "29 01:30"
    )  # 02:30 is skipped: 03:30 by summer time
    assert until(("22:00", "02:30"), "2026-10-25 01:15") == "25 01:30"  # 02:15 for the second time


def test_without_hours_nothing_is_quiet() -> None:
    assert until(None, "2026-01-10 23:00") == ""


def test_hours_that_end_where_they_begin_are_none() -> None:
    """A whole day of quiet would hold what it held for ever."""
    assert until(("07:00", "07:00"), "2026-01-10 23:00") == ""
