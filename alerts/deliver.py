"""Deliver: each page to each of its channels; the row is reserved before sending and completed after.

Delivery is at least once: a row that is still reserved although nothing is in the air was cut short by a
crash, so it is sent again. Every send is a task of its own: a channel that hangs delays nobody else.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from alerts.backoff import ATTEMPTS, retry_in
from alerts.channels import Channel, SendResult, send
from alerts.holding import open_deliveries
from alerts.pages import Context, Pages
from core import words
from core.records import Delivery, DeliveryStatus, EventKind, IncidentEvent, Notification, Reason, Stage
from core.telemetry import get_logger


@dataclass(frozen=True, slots=True)
class _Send:
    """One page that is due on one channel."""

    page: Notification
    channel: Channel
    delivery: Delivery


async def deliver(pages: Pages, context: Context) -> Pages:
    """Send what is due."""
    due = await asyncio.to_thread(_all_due, pages.going, context)
    started = [_start(item, context) for item in due]
    if started:
        await asyncio.wait(started, timeout=context.tools.patience)
    return pages


def _all_due(pages: Sequence[Notification], context: Context) -> list[_Send]:
    return [item for page in pages for item in _due(page, context)]


def _due(page: Notification, context: Context) -> Iterator[_Send]:
    for channel, row in open_deliveries(page, context):
        if row.status is DeliveryStatus.RESERVED or row.next_at is None or row.next_at <= context.now:
            yield _Send(page, channel, row)


def _start(item: _Send, context: Context) -> asyncio.Task[None]:
    flights = context.tools.flights
    task = asyncio.create_task(_fly(item, context), name=f"page to {item.channel.name}")
    flights[item.delivery.id] = task
    task.add_done_callback(partial(_landed, flights, item.delivery.id))
    return task


def _landed(flights: dict[str, asyncio.Task[None]], delivery_id: str, task: asyncio.Task[None]) -> None:
    """Forget a flight. One that could not be recorded is still reserved: a later round repeats it."""
    flights.pop(delivery_id, None)
    if not task.cancelled() and (error := task.exception()) is not None:
        get_logger("alerts").error("a delivery could not be recorded", error=str(error))


async def _fly(item: _Send, context: Context) -> None:
    store = context.tools.store
    reserved = replace(
        item.delivery,
        status=DeliveryStatus.RESERVED,
        attempts=item.delivery.attempts + 1,
        at=context.now,
        next_at=None,
    )
    await asyncio.to_thread(store.save_delivery, reserved)
    result = await _attempt(item, reserved, context)
    done = _completed(item.page, reserved, result, context.tools.clock.now())
    _log(done)
    # The event first: killed in between, the page is sent again, and both sends are on the timeline.
    await asyncio.to_thread(store.add_events, _events(item.page, done))
    await asyncio.to_thread(store.save_delivery, done)


async def _attempt(item: _Send, reserved: Delivery, context: Context) -> SendResult:
    if reserved.attempts > ATTEMPTS:
        return SendResult(False, reserved.service, f"cut short {ATTEMPTS} times", permanent=True)
    write = partial(context.tools.renderer.write, item.page, item.channel.name, context.now)
    try:
        return await send(item.channel, write, _loudness(item.page))
    except Exception as error:  # a fault of ours on one channel must not end the other channels' rounds
        get_logger("alerts").exception("a page could not be written", channel=item.channel.name)
        return SendResult(False, reserved.service, f"{type(error).__name__} in Firetower; the log has it")


def _loudness(page: Notification) -> Stage:
    """Return how loud a page is: a digest and a test are read when there is time."""
    return Stage.CALM if page.reason in {Reason.DIGEST, Reason.TEST} else page.stage


def _completed(page: Notification, reserved: Delivery, result: SendResult, at: datetime) -> Delivery:
    done = replace(
        reserved,
        service=result.service or reserved.service,
        error=result.error,
        seconds=result.seconds,
        at=at,
    )
    if result.ok:
        return replace(done, status=DeliveryStatus.SENT)
    # A test says what works now; hours later it would only surprise.
    final = result.permanent or page.reason is Reason.TEST
    wait = None if final else retry_in(reserved.id, reserved.attempts)
    if wait is None:
        return replace(done, status=DeliveryStatus.DEAD)
    return replace(done, status=DeliveryStatus.RETRY, next_at=at + wait)


def _log(done: Delivery) -> None:
    log = get_logger("alerts").bind(channel=done.channel, service=done.service, attempt=done.attempts)
    if done.status is DeliveryStatus.SENT:
        log.info("page delivered", seconds=round(done.seconds, 2))
    else:
        log.warning("page not delivered", status=done.status, error=done.error)


def _events(page: Notification, done: Delivery) -> list[IncidentEvent]:
    """Return what the timelines say of a finished delivery; a digest's stands on each of its incidents."""
    incidents = page.about or ((page.incident_id,) if page.incident_id else ())
    if done.at is None or done.status is DeliveryStatus.RETRY:
        return []
    if done.status is DeliveryStatus.SENT:
        kind, text = EventKind.DELIVERED, f"delivered in {_span(page.created_at, done.at)}"
    else:
        kind = EventKind.UNDELIVERED
        text = f"given up after {done.attempts} of {ATTEMPTS} tries: {done.error}"
    what = "Digest" if page.reason is Reason.DIGEST else "Page"
    told = f"{what} to {done.channel} {text}"
    return [IncidentEvent(incident, done.at, kind, told, page.stage) for incident in incidents]


def _span(start: datetime, end: datetime) -> str:
    """Write the seconds up to a minute, and words above."""
    seconds = max(0.0, (end - start).total_seconds())
    return f"{seconds:.0f} s" if seconds < 60 else words.duration(seconds / 60)
