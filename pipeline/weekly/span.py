"""ISO weeks as spans of time: Monday midnight to Monday midnight in the workspace's zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.errors import ConfigError

_WRITTEN = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_OLDEST = 1970
"""Nothing is stored from before the epoch."""


@dataclass(frozen=True, slots=True)
class Span:
    """One ISO week in one zone. A week in which clocks change has 167 or 169 hours."""

    monday: date
    zone: ZoneInfo

    @property
    def week(self) -> str:
        """Return its name, such as `2026-W47`."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def since(self) -> datetime:
        """Return its first moment, UTC."""
        return _midnight(self.monday, self.zone)

    @property
    def until(self) -> datetime:
        """Return the first moment of the next week, UTC."""
        return _midnight(self.monday + timedelta(weeks=1), self.zone)

    def before(self, weeks: int) -> "Span":
        """Return the week that lies so many weeks earlier."""
        return Span(self.monday - timedelta(weeks=weeks), self.zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def span_of(at: datetime, zone: ZoneInfo) -> Span:
    """Return the week that `at` lies in."""
    day = at.astimezone(zone).date()
    return Span(day - timedelta(days=day.weekday()), zone)


def last_complete(now: datetime, zone: ZoneInfo) -> Span:
    """Return the newest week that is over at `now`."""
    return span_of(now, zone).before(1)


def read_week(text: str, now: datetime, zone: ZoneInfo) -> Span:
    """Return the week that `text` names; raises `ConfigError` when there is none or it has not begun."""
    latest = last_complete(now, zone).week
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or int(found[1]) < _OLDEST:
        raise ConfigError(f"--week {text[:20]!r}: write a year and an ISO week, such as {latest}")
    try:
        span = Span(date.fromisocalendar(int(found[1]), int(found[2]), 1), zone)
    except ValueError:
        raise ConfigError(f"--week {text}: {found[1]} has no week {found[2]}; try {latest}") from None
    if span.since > now:
        raise ConfigError(f"--week {text} has not begun yet; the last whole week is {latest}")
    return span
