"""What quiet hours and the cap share: looking at single deliveries of a page, and keeping one back."""

from collections.abc import Iterator

from alerts.channels import Channel
from alerts.pages import Context
from core.records import Delivery, DeliveryStatus, EventKind, IncidentEvent, Notification

_OPEN = (DeliveryStatus.RESERVED, DeliveryStatus.RETRY)


def open_deliveries(page: Notification, context: Context) -> Iterator[tuple[Channel, Delivery]]:
    """Yield each channel that takes `page` and still waits for it, with its row or a new one.

    What is in the air is left out: it can no longer be kept back.
    """
    rows = {row.channel: row for row in context.tools.store.deliveries(page.id)}
    for channel in context.tools.channels:
        row = rows.get(channel.name, Delivery(page.id, channel.name, DeliveryStatus.RESERVED))
        if channel.takes(page) and row.status in _OPEN and row.id not in context.tools.flights:
            yield channel, row


def hold_back(page: Notification, row: Delivery, why: str, context: Context) -> None:
    """Keep a delivery back and say why on the timeline, at the time when it happens.

    The event comes first: killed in between, the next round finds it there and does not tell it again.
    """
    store, text = context.tools.store, f"Page to {row.channel} {why}"
    events = store.events(page.incident_id)
    if not any(event.text == text and event.at >= page.created_at for event in events):
        store.add_events(
            [IncidentEvent(page.incident_id, context.now, EventKind.UNDELIVERED, text, page.stage)]
        )
    store.save_delivery(row)
