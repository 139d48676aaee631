"""The poll loop, written once: a source only fetches, this waits, retries, counts and reports.

What it shares with the stream loop (`stream.py`) stands here too: what each loop is made of, how long to
wait after an error, and how a source's state is made known.
"""

import random
from collections.abc import Awaitable, Callable
from typing import ClassVar, Generic, TypeVar

from core.errors import Permanent, Temporary
from core.ports import Clock, Monitor, StreamMonitor
from core.records import Fetched, SourceState
from core.telemetry import get_logger
from monitors.health import Health, describe
from monitors.http import Gone

Deliver = Callable[[str, Fetched], Awaitable[None]]
"""Commits a fetch of the named source: its mentions and its cursor together, or nothing."""
Report = Callable[[SourceState], Awaitable[None]]
"""Makes a source's state known."""
ReadCursor = Callable[[], Awaitable[str]]
"""Returns the source's committed cursor, "" at the first time."""

FIRST_BACK_OFF = 30.0
"""Seconds after a first failure; most are over by then. It doubles each time."""
LONGEST_BACK_OFF = 900.0
"""Seconds: a source that heals is read again within a quarter of an hour, or its own longer interval."""
STOPPED_RETRY = 3_600.0
"""Seconds between attempts at a source that answers 403, 404 and the like: often it is the server's slip."""
GONE_RETRY = 7 * 86_400.0
"""Seconds between attempts at a source that said 410, "gone for good"."""
_JITTER = 0.1
"""Share of a wait by which it is lengthened at most, so that sources do not fall into step."""


Source = TypeVar("Source", bound=Monitor | StreamMonitor)


class Loop(Generic[Source]):
    """What every loop over a source is made of; `former` is the state that an earlier process left of it."""

    span: ClassVar[float] = 0.0
    """Seconds in which all that is delivered counts as one answer, see `Health`."""

    def __init__(
        self,
        monitor: Source,
        deliver: Deliver,
        report: Report,
        cursor: ReadCursor,
        clock: Clock,
        seed: int = 0,
        former: SourceState | None = None,
    ) -> None:
        self._monitor = monitor
        self._deliver = deliver
        self._reporter = Reporter(monitor.name, report)
        self._cursor = cursor
        self._clock = clock
        self._random = random.Random(f"{seed}/{monitor.name}")  # noqa: S311 - spreads requests, guards nothing
        self._health = Health(monitor.name, monitor.kind, clock, self.span, former)
        self._first = False
        """True while what is delivered is the source's very first answer."""
        self._failures = 0


class PollLoop(Loop[Monitor]):
    """Polls one monitor until it is cancelled; nothing that a source does gets out of it.

    A fetch that could not be delivered (a full disk) is kept and delivered again before anything
    new is fetched, so the cursor never runs ahead of the rows.
    """

    _undelivered: Fetched | None = None

    async def run(self) -> None:
        """Poll for ever."""
        await self._tell()
        while True:
            await self._clock.sleep(await self.poll_once())

    async def poll_once(self) -> float:
        """Fetch, deliver and report once; return the seconds to wait before the next time."""
        try:
            await self._fetch_and_deliver()
        except Exception as error:  # whatever a source does wrong costs that source alone
            self._failures += 1
            self._health.failed(error, stopped=isinstance(error, Permanent))
            wait = self._wait_after(error)
        else:
            self._failures = 0
            wait = self._monitor.interval
        await self._tell()
        return wait * self._random.uniform(1.0, 1.0 + _JITTER)

    async def _fetch_and_deliver(self) -> None:
        if self._undelivered is None:
            cursor = await self._cursor()
            self._first = not cursor
            self._undelivered = await self._monitor.fetch(cursor)
        await self._deliver(self._monitor.name, self._undelivered)
        self._health.delivered(self._undelivered, self._first)
        self._undelivered = None

    def _wait_after(self, error: Exception) -> float:
        interval = self._monitor.interval
        first, longest = min(interval, FIRST_BACK_OFF), max(interval, LONGEST_BACK_OFF)
        return wait_after(error, self._failures, first, longest)

    async def _tell(self) -> None:
        await self._reporter.tell(self._health.state(self._monitor.interval))


class Reporter:
    """Makes a source's state known; a report that fails is logged once and stops nothing."""

    def __init__(self, name: str, report: Report) -> None:
        self._report = report
        self._log = get_logger("monitors").bind(source=name)
        self._fails = False

    async def tell(self, state: SourceState) -> None:
        """Report `state`."""
        try:
            await self._report(state)
        except Exception as error:  # the store may be full or locked; the source goes on
            if not self._fails:
                self._log.warning("the source's state cannot be stored", error=describe(error))
            self._fails = True
        else:
            self._fails = False


def wait_after(error: Exception, failures: int, first: float, longest: float) -> float:
    """Return the seconds to wait after the `failures`-th failure in a row.

    They double from `first` to `longest` and are never fewer than the server asked for; what a person has
    to change is looked at hourly or weekly.
    """
    if isinstance(error, Permanent):
        return GONE_RETRY if isinstance(error, Gone) else STOPPED_RETRY
    back_off = min(longest, first * 2.0 ** min(failures - 1, 20))  # 20: far beyond `longest`
    named = error.retry_after if isinstance(error, Temporary) else None
    return max(back_off, named or 0.0)
