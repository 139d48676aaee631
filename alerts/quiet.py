"""Quiet: in a channel's quiet hours its pages below firestorm are held, and come in one digest afterwards."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.channels import Channel
from alerts.holding import hold_back, open_deliveries
from alerts.pages import Context, Pages
from core.records import Delivery, DeliveryStatus, Notification, Reason, Stage

_DAY = timedelta(days=1)


async def quiet(pages: Pages, context: Context) -> Pages:
    """Hold the deliveries that fall into quiet hours; the pages go on to their other channels."""
    await asyncio.to_thread(_hold, pages, context)
    return pages


def _hold(pages: Pages, context: Context) -> None:
    for page in filter(_can_wait, pages.going):
        for channel, row in open_deliveries(page, context):
            until = quiet_until(channel, context.now, context.tools.zone)
            if until is not None:
                _hold_one(page, replace(row, status=DeliveryStatus.HELD, next_at=until, service=""), context)


def _can_wait(page: Notification) -> bool:
    """True below firestorm. Tests are asked for, and a digest comes when the hours are over."""
    waits = page.reason not in {Reason.TEST, Reason.DIGEST}
    return waits and page.stage.severity < Stage.FIRESTORM.severity


def _hold_one(page: Notification, row: Delivery, context: Context) -> None:
    local = row.next_at.astimezone(context.tools.zone) if row.next_at else context.now
    hold_back(page, row, f"held until {local:%H:%M %Z}: quiet hours", context)


def quiet_until(channel: Channel, at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours around `at` end, None outside them.

    They follow the wall clock: a night in which the clock is changed is an hour shorter or longer. Hours
    that end where they begin are none.
    """
    if channel.quiet is None or channel.quiet[0] == channel.quiet[1]:
        return None
    return next((end for begin, end in _spans(channel.quiet, at, zone) if begin <= at < end), None)


def _spans(hours: tuple[time, time], at: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield the quiet hours that began yesterday and today, in UTC."""
    start, end = hours
    today = at.astimezone(zone).date()
    for day in (today - _DAY, today):
        last = day + _DAY if end < start else day
        yield min(_moments(day, start, zone)), max(_moments(last, end, zone))


def _moments(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    """Return when it is `wall` on `day`, in UTC: twice where the clock is put back, as if where it skips."""
    times = (datetime.combine(day, wall.replace(fold=fold), zone) for fold in (0, 1))
    return [time.astimezone(UTC) for time in times]
