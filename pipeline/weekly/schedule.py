"""The role that makes last week's page when it is due, once, and sends it where that is configured."""

import asyncio
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.config import WEEKDAYS, Config, WeeklyConfig
from core.ports import Clock, Store
from core.telemetry import get_logger
from pipeline.weekly.publish import deliver, kept_week, make
from pipeline.weekly.span import Span, span_of

LOOK = 60.0
"""Seconds between two looks at the clock."""


class Schedule:
    """Makes the page of the newest week that is due and has none.

    A time that passed while nothing ran is made up for at the next start; what is in the archive is not made
    again. A page whose sending was cut short is sent then.
    """

    def __init__(self, store: Store, config: Config, clock: Clock) -> None:
        self._store, self._config, self._clock = store, config, clock
        self._zone = ZoneInfo(config.timezone)
        self._done = ""
        """The week that needs no further look."""

    async def run(self) -> None:
        """Look at the clock until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK)

    async def look(self) -> None:
        """Make and send the page that is due, if there is one."""
        span = newest_due(self._config.weekly, self._zone, self._clock.now())
        if span.week == self._done:
            return
        if await asyncio.to_thread(self._wanted, span):
            await self._publish(span)
        self._done = span.week

    def _wanted(self, span: Span) -> bool:
        """Return whether a page is missing, or was made and not sent, and there is anything to tell."""
        watched = bool(self._store.rollups(span.before(12).since, span.until, seconds=3600))
        kept = kept_week(self._store, span)
        report = self._store.report(span.week)
        unsent = bool(self._config.weekly.send_to) and not (report and report.sent)
        return watched and (kept is None or unsent)

    async def _publish(self, span: Span) -> None:
        log = get_logger("weekly").bind(week=span.week)
        made = await asyncio.to_thread(make, self._store, self._config, span, self._clock.now())
        await asyncio.to_thread(self._store.save_report, made.report)
        log.info("weekly page made", brands=len(made.week.brands))
        if self._config.weekly.send_to:
            for sent in await deliver(made, self._store, self._config, self._clock):
                log.info("weekly page", channel=sent.channel, sent=sent.ok, error=sent.error)


def newest_due(weekly: WeeklyConfig, zone: ZoneInfo, now: datetime) -> Span:
    """Return the newest week whose page is due at `now`."""
    span = span_of(now, zone).before(1)
    return span if due(span, weekly) <= now else span.before(1)


def due(span: Span, weekly: WeeklyConfig) -> datetime:
    """Return when a week's page is made: at the first `day` and time after its end, wall clock of its zone.

    A time that a change of clocks skips is taken an hour later, one that it repeats the first time.
    """
    day = span.monday + timedelta(weeks=1, days=WEEKDAYS.index(weekly.day))
    return datetime.combine(day, time.fromisoformat(weekly.at), tzinfo=span.zone)
