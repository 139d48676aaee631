"""How a source is doing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SourceStatus(StrEnum):
    """State of one source as people read it."""

    STARTING = "starting"
    OK = "ok"
    FAILING = "failing"
    """The last fetch failed; the loop tries again by itself."""
    STOPPED = "stopped"
    """A person has to change something (`error` says what)."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """Heartbeat, lag and completeness of one source."""

    name: str
    kind: str
    status: SourceStatus
    heartbeat_at: datetime | None = None
    """Last successful answer, also an empty one."""
    last_item_at: datetime | None = None
    since: datetime | None = None
    """When the present status began."""
    lag_seconds: float | None = None
    """Median delay between an item's own time and its arrival."""
    completeness: float = 1.0
    """Share of the last answers that gave everything the source held."""
    error: str = ""
    interval_seconds: float = 0.0
    received: int = 0
    rejected: int = 0
    deleted: int = 0
    configured: bool = True
    """False while it lacks what only a person can give, such as keys: it never watched anything."""

    def blind(self, now: datetime) -> bool:
        """Return whether it shows nothing at `now`: stopped, never heard of, or silent for too long.

        Too long is three of its intervals, or one and 3 minutes where that is less, and never less than
        90 s: one lost answer is no blindness. A poll loop waits up to a tenth longer than the interval, and
        tries again after half a minute, one minute and two: three lost answers are.
        """
        if self.status is SourceStatus.STOPPED or self.heartbeat_at is None:
            return True
        interval = self.interval_seconds
        allowed = max(90.0, min(3.0 * interval, 1.1 * interval + 180.0))
        return (now - self.heartbeat_at).total_seconds() > allowed
