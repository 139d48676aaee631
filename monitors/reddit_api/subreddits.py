"""The subreddits of a source: one that is closed must not hide the others.

Reddit gives several as one listing, `r/a+b+c`, and may refuse all of it because of one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.records import Rejected
from core.telemetry import get_logger
from monitors.reddit_api.errors import Closed
from monitors.reddit_api.listing import Get

CLOSED_FOR = timedelta(hours=1)
"""How long one that cannot be read is left out before it is asked again, as with a source that stopped."""


class Subreddits:
    """Remembers which of the configured ones can be read."""

    def __init__(self, source: str, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._closed: dict[str, datetime] = {}
        self._told: set[str] = set()
        self._log = get_logger("monitors").bind(source=source)

    def readable(self, now: datetime) -> tuple[str, ...]:
        """Return those to read, in the order they were given."""
        return tuple(name for name in self._names if not self._is_closed(name, now))

    async def leave_out_closed(self, get: Get, now: datetime) -> list[Rejected]:
        """Ask for each alone, and leave those out that cannot be read; return them with the reason.

        Returns nothing when there is nothing to leave out: all can be read, or none.
        """
        asked = self.readable(now)
        closed = {name: reason for name in asked if (reason := await _why_closed(get, name))}
        if len(closed) == len(asked):
            return []
        self._closed |= dict.fromkeys(closed, now)
        for name in closed.keys() - self._told:
            self._log.warning("a subreddit is left out", subreddit=name, error=closed[name])
        self._told |= closed.keys()
        return [Rejected(f"r/{name}", reason) for name, reason in closed.items()]

    def worked(self, now: datetime) -> None:
        """Take note that all that are `readable` were read."""
        for name in self._told.intersection(self.readable(now)):
            self._log.info("a subreddit can be read again", subreddit=name)
            self._told.discard(name)

    def _is_closed(self, name: str, now: datetime) -> bool:
        return name in self._closed and now - self._closed[name] < CLOSED_FOR


async def _why_closed(get: Get, name: str) -> str:
    """Return why a subreddit cannot be read, "" when it can."""
    try:
        await get(f"r/{name}", f"r/{name}/about/", {})
    except Closed as error:
        return str(error)
    return ""
