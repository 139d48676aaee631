"""What is known about one source's health, and the rule "log once when it breaks, once when it heals"."""

import traceback
from collections import deque
from datetime import datetime, timedelta
from statistics import median

from core.errors import FiretowerError, NotConfigured
from core.ports import Clock
from core.records import Fetched, Flag, Mention, SourceState, SourceStatus
from core.telemetry import get_logger, mask

_RECENT_ITEMS = 200
"""Items whose delay makes up the lag: a few polls of a busy feed."""
_RECENT_ANSWERS = 20
"""Answers that make up completeness: under two hours at the usual 5 minutes."""
_SHOWN = 300
"""Characters of an error that are kept; it may quote what a server sent."""
_UNTIMED = Flag.UNDATED | Flag.FUTURE | Flag.BACKFILL | Flag.EDITED
"""Flags whose mentions say nothing about delay."""


class Health:
    """Counts and times of one source; every kind of loop reports through it.

    What is delivered within `span` seconds counts as one answer for completeness: a stream delivers several
    times a second, and a gap in it should be seen for longer than that. `former` is how an earlier process
    left the source: it goes on from there, but is starting until the first answer or failure.
    """

    def __init__(
        self, name: str, kind: str, clock: Clock, span: float = 0.0, former: SourceState | None = None
    ) -> None:
        self._name = name
        self._kind = kind
        self._clock = clock
        self._span = timedelta(seconds=span)
        self._log = get_logger("monitors").bind(source=name)
        self._status = SourceStatus.STARTING
        self._since = clock.now()
        self._former = former or SourceState(name, kind, self._status)
        self._error = self._former.error
        self._heartbeat_at = self._former.heartbeat_at
        self._last_item_at = self._former.last_item_at
        self._lags: deque[float] = deque(maxlen=_RECENT_ITEMS)
        self._whole: deque[bool] = deque(maxlen=_RECENT_ANSWERS)
        self._answer_until: datetime | None = None
        """Until when what comes still belongs to the newest answer."""
        self._received = self._former.received
        self._rejected = self._former.rejected
        self._deleted = self._former.deleted
        self._configured = self._former.configured

    def delivered(self, fetched: Fetched, first: bool) -> None:
        """Count an answer, also an empty one; `first` is the source's very first, whose items are history."""
        self._heartbeat_at = self._clock.now()
        self._received += len(fetched.mentions)
        self._rejected += len(fetched.rejected)
        self._deleted += len(fetched.deleted)
        self._note_whole(fetched.complete)
        times = [mention.event_at for mention in fetched.mentions]
        self._last_item_at = max([*times, self._last_item_at] if self._last_item_at else times, default=None)
        if not first:
            self._lags.extend(map(_lag, filter(_timed, fetched.mentions)))
        self._configured = True
        self._turn(SourceStatus.OK, "")

    def _note_whole(self, complete: bool) -> None:
        now = self._clock.now()
        if self._answer_until is None or now >= self._answer_until:
            self._answer_until = now + self._span
            self._whole.append(complete)
        else:
            self._whole[-1] &= complete

    def failed(self, error: Exception, stopped: bool) -> None:
        """Record a failure; `stopped` when a person has to change something."""
        self._configured = not isinstance(error, NotConfigured)
        self._turn(SourceStatus.STOPPED if stopped else SourceStatus.FAILING, describe(error))

    def state(self, interval: float) -> SourceState:
        """Return all of it; `interval` in seconds."""
        return SourceState(
            name=self._name,
            kind=self._kind,
            status=self._status,
            heartbeat_at=self._heartbeat_at,
            last_item_at=self._last_item_at,
            since=self._since,
            lag_seconds=median(self._lags) if self._lags else self._former.lag_seconds,
            completeness=sum(self._whole) / len(self._whole) if self._whole else self._former.completeness,
            error=self._error,
            interval_seconds=interval,
            received=self._received,
            rejected=self._rejected,
            deleted=self._deleted,
            configured=self._configured,
        )

    def _turn(self, status: SourceStatus, error: str) -> None:
        """Enter a status; only a change is logged."""
        self._error = error
        if status == self._status:
            return
        before, self._status, self._since = self._status, status, self._began(status)
        if status is SourceStatus.FAILING:
            self._log.warning("source fails; trying again by itself", error=error)
        elif status is SourceStatus.STOPPED:
            self._log.error("source stopped; somebody has to change something", error=error)
        elif before is not SourceStatus.STARTING:
            self._log.info("source works again")

    def _began(self, status: SourceStatus) -> datetime:
        """Return since when it has this status; trouble that outlasts a restart began before it."""
        lasts = self._status is SourceStatus.STARTING and status is self._former.status
        before = self._former.since if lasts and status is not SourceStatus.OK else None
        return before or self._clock.now()


def describe(error: Exception) -> str:
    """Return one short line for people: our own errors by their message, others with the place of the bug."""
    text = " ".join(str(error).split())
    if not isinstance(error, FiretowerError):
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
        text = f"internal error {type(error).__name__}{place}: {text}"
    return mask(text)[:_SHOWN]


def _timed(mention: Mention) -> bool:
    return not mention.flags & _UNTIMED


def _lag(mention: Mention) -> float:
    return max(0.0, (mention.seen_at - mention.event_at).total_seconds())
