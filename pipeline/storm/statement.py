"""What people are told of storm mode."""

from datetime import datetime, timedelta

from core.ports import Store
from core.records import EPOCH, Skimmed, Storm
from pipeline.storm.reading import Reader

AGE = timedelta(seconds=10)
"""How old a statement may be: of a storm of half a million mentions it takes a fifth of a second."""
_DAY = 86_400


class Statement:
    """Says how storm mode stands."""

    def __init__(self, store: Store, reader: Reader) -> None:
        self._store, self._reader = store, reader
        self._told: Storm | None = None
        self._at = EPOCH

    def at(self, now: datetime) -> Storm | None:
        """Return the statement, None when everything was read in full.

        It is a new one when the last is old, or the mode has changed.
        """
        since = self._reader.since
        if now - self._at >= AGE or since != (self._told.since if self._told else None):
            self._told, self._at = self._state(since, now), now
        return self._told

    def _state(self, since: datetime | None, now: datetime) -> Storm | None:
        found = self._store.skimmed(since or now)
        if since is None:
            return Storm(found.unread) if found.unread else None
        return Storm(
            found.unread,
            since,
            self._reader.switch.share(),
            negatives(self._store, since, now, found),
            found.band,
        )


def negatives(store: Store, since: datetime, until: datetime, found: Skimmed) -> float:
    """Return the estimate of what was negative in that time, for all brands."""
    first = datetime.fromtimestamp(since.timestamp() // 60 * 60, since.tzinfo)
    sums = store.rollups(first, until, seconds=_DAY)
    return sum(one.negative for one in sums) + found.correction
