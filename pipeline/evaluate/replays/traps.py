"""What is known of the archives beforehand: noise that must not page, and trouble that must be noticed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from core.records import Stage
from pipeline.evaluate.replays.found import Found


@dataclass(frozen=True, slots=True)
class Trap:
    """A stretch of an archive of which it is known how it should come out."""

    archive: str
    name: str
    brands: frozenset[str]
    since: datetime
    until: datetime
    noticed: bool = False
    """True: it must be at least smouldering. False: it must not page."""

    def met(self, found: Found) -> bool:
        """Return whether it came out as it should."""
        return any(self._notices(found)) if self.noticed else not any(self._pages(found))

    def _pages(self, found: Found) -> Iterator[bool]:
        for page in found.pages:
            yield page.brand in self.brands and self.since <= page.at < self.until

    def _notices(self, found: Found) -> Iterator[bool]:
        for each in found.incidents:
            over = each.closed_at is not None and each.closed_at <= self.since
            known = Stage(each.peak_stage).severity >= Stage.SMOULDERING.severity
            yield each.brand in self.brands and known and each.opened_at < self.until and not over


def _day(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


_BOTS = frozenset({"AMZN", "FB", "GOOG"})
_TRAPS = (
    # Over 95 % of either day is one text.
    Trap("stocknet_2014", "bot storm of 21 May", _BOTS, _day(2014, 5, 21), _day(2014, 5, 23)),
    Trap("stocknet_2014", "bot storm of 4 June", _BOTS, _day(2014, 6, 4), _day(2014, 6, 6)),
    # 19 accounts and the contest of a band whose title is written with the ticker.
    Trap("stocknet_2014", "namesake of T", frozenset({"T"}), _day(2014, 6, 10), _day(2014, 6, 14)),
    # Viral, organic and positive.
    Trap("stocknet_2014", "IPO of BABA", frozenset({"BABA"}), _day(2014, 9, 18), _day(2014, 9, 21)),
    # Nothing was collected for days: what comes after is no rise.
    Trap("stocknet_2014", "hole in AAPL", frozenset({"AAPL"}), _day(2014, 9, 23), _day(2014, 10, 1)),
    # Tweets to another airline, filed under this one.
    Trap("airline_2015", "fleek", frozenset({"Delta"}), _day(2015, 2, 23, 18), _day(2015, 2, 24, 20)),
    Trap(
        "airline_2015",
        "cancellations of 22 and 23 February",
        frozenset({"US Airways"}),
        _day(2015, 2, 22, 8),
        _day(2015, 2, 24, 8),
        noticed=True,
    ),
)


def traps_of(archive: str) -> list[Trap]:
    """Return the traps of an archive."""
    return [trap for trap in _TRAPS if trap.archive == archive]
