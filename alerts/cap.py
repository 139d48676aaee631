"""Cap: a person gets so many pages a week and no more; a firestorm always comes through."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.channels import Channel
from alerts.holding import hold_back, open_deliveries
from alerts.pages import Context, Pages, Tools
from core.records import Delivery, DeliveryStatus, Notification, Reason, Stage

WEEK = timedelta(days=7)


async def cap(pages: Pages, context: Context) -> Pages:
    """Keep back what is too much for its person; the pages go on to other people's channels."""
    await asyncio.to_thread(_cap, pages, context)
    return pages


def _cap(pages: Pages, context: Context) -> None:
    fresh = list(_fresh(pages, context))
    had = pages_had(context.tools, context.now) if fresh else {}
    for page, channel, row in fresh:
        person = had.setdefault(channel.person, set())
        others = person - {page.id}
        if len(others) < context.tools.paging.pages_per_person_week:
            person |= {page.id} if _counts(page) else set()
        else:
            _keep_back(page, channel, row, len(others), context)


def _fresh(pages: Pages, context: Context) -> Iterator[tuple[Notification, Channel, Delivery]]:
    """Yield what may be capped and was never tried: a second try is no further page."""
    for page in filter(_can_be_capped, pages.going):
        for channel, row in open_deliveries(page, context):
            if not row.attempts:
                yield page, channel, row


def _can_be_capped(page: Notification) -> bool:
    """True below firestorm. A digest stands for many pages and is no alarm; a test is asked for."""
    spared = {Reason.TEST, Reason.DIGEST}
    return page.reason not in spared and page.stage.severity < Stage.FIRESTORM.severity


def _keep_back(page: Notification, channel: Channel, row: Delivery, had: int, context: Context) -> None:
    pages = f"{had} {'page' if had == 1 else 'pages'}"
    why = f"not sent: {channel.person} has had {pages} in 7 days"
    capped = replace(row, status=DeliveryStatus.CAPPED, at=context.now, error=why)
    hold_back(page, capped, why, context)


def pages_had(tools: Tools, now: datetime) -> dict[str, set[str]]:
    """Return, by person, the ids of the pages that reached them in the last 7 days.

    One page on two channels of a person is one. Tests and drills do not count, nor what came inside a
    digest: that counts as the digest.
    """
    persons = {channel.name: channel.person for channel in tools.channels}
    had: defaultdict[str, set[str]] = defaultdict(set)
    for row in tools.store.delivered_since(now - WEEK):
        page = tools.store.notification(row.notification_id) if row.attempts else None
        if page is not None and row.channel in persons and _counts(page):
            had[persons[row.channel]].add(page.id)
    return had


def _counts(page: Notification) -> bool:
    return page.reason is not Reason.TEST and not page.drill
