"""The poll loop, written once: a source only fetches, this waits, retries, counts and reports."""

import random
from collections.abc import Awaitable, Callable

from core.errors import Permanent, Temporary
from core.ports import Clock, Monitor
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


class PollLoop:
    """Polls one monitor until it is cancelled; nothing that a source does gets out of it.

    A fetch that could not be delivered (a full disk) is kept and delivered again before anything
    new is fetched, so the cursor never runs ahead of the rows.
    """

    def __init__(
        self,
        monitor: Monitor,
        deliver: Deliver,
        report: Report,
        cursor: ReadCursor,
        clock: Clock,
        seed: int = 0,
    ) -> None:
        self._monitor = monitor
        self._deliver = deliver
        self._report = report
        self._cursor = cursor
        self._clock = clock
        self._random = random.Random(f"{seed}/{monitor.name}")  # noqa: S311 - spreads requests, guards nothing
        self._health = Health(monitor.name, monitor.kind, clock)
        self._log = get_logger("monitors").bind(source=monitor.name)
        self._undelivered: Fetched | None = None
        self._first = False
        self._failures = 0
        self._report_fails = False

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
        if isinstance(error, Permanent):
            return GONE_RETRY if isinstance(error, Gone) else STOPPED_RETRY
        interval = self._monitor.interval
        first, longest = min(interval, FIRST_BACK_OFF), max(interval, LONGEST_BACK_OFF)
        back_off = min(longest, first * 2.0 ** min(self._failures - 1, 20))  # 20: far beyond `longest`
        named = error.retry_after if isinstance(error, Temporary) else None
        return max(back_off, named or 0.0)

    async def _tell(self) -> None:
        """Report the source's state; a report that fails is logged once and stops nothing."""
        try:
            await self._report(self._health.state(self._monitor.interval))
        except Exception as error:  # the store may be full or locked; the source goes on
            if not self._report_fails:
                self._log.warning("the source's state cannot be stored", error=describe(error))
            self._report_fails = True
        else:
            self._report_fails = False
