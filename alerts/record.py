"""Record: what became of each page, in its row and on its incident's timeline."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from alerts.digest import complete
from alerts.pages import Context, Pages, Stop, Tools
from core.ports import Store
from core.records import Delivery, DeliveryStatus, EventKind, IncidentEvent, Notification, Outcome, Reason

_FINAL = (DeliveryStatus.SENT, DeliveryStatus.DEAD, DeliveryStatus.CAPPED, DeliveryStatus.WITHDRAWN)


async def record(pages: Pages, context: Context) -> Pages:
    """Complete the rows of pages that are done; return those that still have something to send."""
    return await asyncio.to_thread(_record, pages, context)


def _record(pages: Pages, context: Context) -> Pages:
    waiting = tuple(page for page in pages.going if not _settle(page, context))
    for page, stop in pages.stopped:
        _end(page, stop, context)
    return Pages(waiting, pages.stopped)


def _settle(page: Notification, context: Context) -> bool:
    """Complete a page whose every channel has taken it or given it up; False while one has not."""
    store = context.tools.store
    rows = store.deliveries(page.id)
    done = {row.channel for row in rows if row.status in _FINAL}
    if not {channel.name for channel in context.tools.channels if channel.takes(page)} <= done:
        return False
    _give_up(store, rows, DeliveryStatus.DEAD, "the channel is no longer configured")
    outcome = _outcome(rows)
    if page.reason is Reason.DIGEST:
        complete(store, page, outcome, context.now)
    store.finish(page.id, outcome, _summary(rows), context.now)
    return True


def _outcome(rows: Sequence[Delivery]) -> Outcome:
    states = {row.status for row in rows}
    if DeliveryStatus.SENT in states:
        return Outcome.PARTIAL if DeliveryStatus.DEAD in states else Outcome.SENT
    return Outcome.FAILED if DeliveryStatus.DEAD in states else Outcome.SILENCED


def _summary(rows: Sequence[Delivery]) -> str:
    """Write `sent to mail; told in a digest to duty; chat: connection refused`."""
    sent = [row for row in rows if row.status is DeliveryStatus.SENT]
    parts = (
        ("sent to ", sorted(row.channel for row in sent if row.attempts)),
        ("told in a digest to ", sorted(row.channel for row in sent if not row.attempts)),
    )
    told = [f"{verb}{', '.join(names)}" for verb, names in parts if names]
    lost = (DeliveryStatus.DEAD, DeliveryStatus.CAPPED)
    return "; ".join(told + [f"{row.channel}: {row.error}" for row in rows if row.status in lost])


def _end(page: Notification, stop: Stop, context: Context) -> None:
    """Complete a stopped page, unless it is only held or one of its sends is still in the air."""
    store = context.tools.store
    rows = store.deliveries(page.id)
    flying = any(row.id in context.tools.flights for row in rows)
    held = stop.outcome is Outcome.PENDING
    if held or not flying:
        _tell(page, rows, stop, context)
    if held or flying:
        return
    _give_up(store, rows, DeliveryStatus.WITHDRAWN, stop.detail)
    sent = any(row.status is DeliveryStatus.SENT for row in rows)
    outcome = Outcome.PARTIAL if sent else stop.outcome
    detail = f"{_summary(rows)}; then {stop.detail}" if sent else stop.detail
    store.finish(page.id, outcome, detail, context.now)


def _give_up(store: Store, rows: Iterable[Delivery], status: DeliveryStatus, why: str) -> None:
    """End what is not settled; what the last try died of stays readable behind the reason."""
    for row in rows:
        if row.status not in _FINAL:
            error = f"{why}; last error: {row.error}" if row.error else why
            store.save_delivery(replace(row, status=status, error=error, next_at=None))


def _tell(page: Notification, rows: Sequence[Delivery], stop: Stop, context: Context) -> None:
    """Tell on the timeline, once and when it happens, which channels a page does not reach and why.

    What stands there already is not told again, so a round that was cut short repeats it in vain.
    """
    text = _told(page, rows, stop, context.tools)
    store = context.tools.store
    if not page.incident_id or not text or text in {known.text for known in store.events(page.incident_id)}:
        return
    event = IncidentEvent(page.incident_id, context.now, EventKind.UNDELIVERED, text, page.stage)
    store.add_events([event])


def _told(page: Notification, rows: Sequence[Delivery], stop: Stop, tools: Tools) -> str:
    """Write `Page for spreading to chat held: silenced by …; mail has it`, "" when no channel waits."""
    settled = {row.channel for row in rows if row.status in _FINAL or row.id in tools.flights}
    takers = [channel.name for channel in tools.channels if channel.takes(page)]
    waiting = [name for name in takers if name not in settled]
    if takers and not waiting:
        return ""
    to = f" to {', '.join(waiting)}" if waiting else ""
    verb = "held" if stop.outcome is Outcome.PENDING else "not sent"
    had = sorted(row.channel for row in rows if row.status is DeliveryStatus.SENT)
    has = f"; {', '.join(had)} {'has' if len(had) == 1 else 'have'} it" if had else ""
    return f"Page for {page.reason}{to} {verb}: {stop.detail}{has}"
