"""What is planned for a brand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import from_seconds
from core.records.base import BIN_SECONDS


@dataclass(frozen=True, slots=True)
class Planned:
    """A stretch in which more is expected to be said of a brand than usual."""

    name: str
    since: datetime
    until: datetime
    factor: float
    """How many times the usual volume, above 1."""


ORDINARY = (1.0, "")
"""Factor and name while nothing is planned."""


class Plan:
    """The planned events of one brand, which do not overlap; a bin belongs to what is on when it starts."""

    def __init__(self, events: Sequence[Planned] = ()) -> None:
        self._events = tuple(sorted(events, key=lambda event: event.since))

    def at(self, time: datetime) -> tuple[float, str]:
        """Return factor and name of what is planned for the bin that holds `time`."""
        start = from_seconds(int(time.timestamp()) // BIN_SECONDS * BIN_SECONDS)
        return next(
            ((each.factor, each.name) for each in self._events if each.since <= start < each.until), ORDINARY
        )

    def spans(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, float, str]]:
        """Yield ends of spans from `since`, a border of bins, to `until`, with what is planned in each."""
        edges = {_bin_end(edge) for event in self._events for edge in (event.since, event.until)}
        for edge in [*sorted(edge for edge in edges if since < edge < until), until]:
            yield (edge, *self.at(since))
            since = edge


def _bin_end(time: datetime) -> datetime:
    """Return the first border of a bin at or after `time`."""
    return from_seconds(-(-int(time.timestamp()) // BIN_SECONDS) * BIN_SECONDS)
