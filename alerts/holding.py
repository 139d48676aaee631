"""What quiet hours and the cap share: looking at single deliveries of a page, and keeping one back."""

from collections.abc import Iterator

from alerts.channels import Channel
from alerts.pages import Context
from core.ports import Store
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


def hold_back(page: Notification, row: Delivery, why: str, store: Store) -> None:
    """Keep a delivery back and say why on the timeline.

    The event comes first and has the page's own time: killed in between, the next round repeats it in vain.
    """
    text = f"Page to {row.channel} {why}"
    store.add_events(
        [IncidentEvent(page.incident_id, page.created_at, EventKind.UNDELIVERED, text, page.stage)]
    )
    store.save_delivery(row)
