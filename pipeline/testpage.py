"""The job `test_page`: a page that only tests the way to people, through the real outbox and deliveries."""

import asyncio
from collections.abc import Mapping, Sequence

from core import words
from core.errors import Permanent, Temporary
from core.ports import Clock, Store
from core.records import (
    Delivery,
    DeliveryStatus,
    Explanation,
    Notification,
    Outcome,
    Reason,
    Signal,
    Stage,
    Step,
    derive,
)
from core.validation import hint

EVERY = "all"
"""Stands for all channels."""
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 90.0
"""A send may take 30 s, and the mail server's own retries the rest; a test itself is never tried again."""


async def send_test_page(
    store: Store, channels: Sequence[str], clock: Clock, arguments: Mapping[str, str]
) -> str:
    """Send a test to `arguments["channel"]`, a name of `channels` or "all"; return what each one said.

    Raises `Permanent` when there is no such channel or when nobody got it, `Temporary` when no answer came.
    """
    name = arguments.get("channel", EVERY)
    if name != EVERY and name not in channels:
        raise Permanent(f"no channel is called {name[:40]!r}{hint(name, channels)}")
    page = _page("" if name == EVERY else name, clock)
    await asyncio.to_thread(store.commit, Step(notifications=(page,)))
    return await _told(store, await _finished(store, page.id))


async def _finished(store: Store, page_id: str) -> Notification:
    """Wait until the alert chain is done with a page."""
    for _ in range(round(PATIENCE_SECONDS / LOOK_SECONDS)):
        page = await asyncio.to_thread(store.notification, page_id)
        if page is not None and page.outcome is not Outcome.PENDING:
            return page
        await asyncio.sleep(LOOK_SECONDS)
    raise Temporary("no answer yet; the delivery log shows what comes of it")


async def _told(store: Store, page: Notification) -> str:
    rows = await asyncio.to_thread(store.deliveries, page.id)
    said = "; ".join(_said(row) for row in sorted(rows, key=lambda row: row.channel)) or page.detail
    if page.outcome not in {Outcome.SENT, Outcome.PARTIAL}:
        raise Permanent(said)
    return said


def _said(row: Delivery) -> str:
    if row.status is DeliveryStatus.SENT:
        return f"{row.channel}: sent in {words.took(row.seconds)}"
    return f"{row.channel}: not sent: {row.error}"


def _page(channel: str, clock: Clock) -> Notification:
    now = clock.now()
    return Notification(
        id=derive("notification", Reason.TEST, channel, now.isoformat()),
        incident_id="",
        brand="",
        reason=Reason.TEST,
        stage=Stage.CALM,
        created_at=now,
        explanation=Explanation(
            Signal("", now, Stage.CALM),
            "This is a test: pages reach you here.",
            ("Nothing has happened and nobody needs to act.",),
            "",
        ),
        started_at=now,
        channel=channel,
    )
