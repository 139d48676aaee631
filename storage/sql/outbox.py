"""Notifications, their deliveries, and silences."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from core.records import Delivery, DeliveryStatus, Notification, Outcome, Silence
from storage.sql import schema
from storage.sql.dialect import insert_new, upsert
from storage.sql.documents import delivery_values, notification_values, silence_values
from storage.sql.part import Part, within


class Outbox(Part):
    """What is to be told to people, and what became of it."""

    def outbox(self, limit: int = 100) -> list[Notification]:
        """Return pending notifications, oldest first."""
        row = schema.notification.c
        query = select(row.payload).where(row.outcome == Outcome.PENDING)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(row.created_at, row.seq).limit(limit)))

    def notification(self, notification_id: str) -> Notification | None:
        """Return one notification."""
        with self._database.read() as connection:
            return _notification(connection, notification_id)

    def notifications(
        self,
        limit: int = 100,
        incident_id: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Notification]:
        """Return notifications of any outcome, created at `since <= time < until`, newest first."""
        row = schema.notification.c
        query = select(row.payload).where(*within(row.created_at, since, until))
        if incident_id:
            query = query.where(row.incident_id == incident_id)
        query = query.order_by(row.created_at.desc(), row.seq.desc()).limit(limit)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def finish(self, notification_id: str, outcome: Outcome, detail: str, at: datetime) -> bool:
        """Complete a pending notification; False when somebody else did."""
        table = schema.notification
        pending = (table.c.id == notification_id, table.c.outcome == Outcome.PENDING)
        with self._database.write(durable=True) as connection:
            found = _notification(connection, notification_id)
            if found is None:
                return False
            done = replace(found, outcome=outcome, detail=detail, finished_at=at)
            result = connection.execute(update(table).where(*pending).values(notification_values(done)))
            return result.rowcount == 1

    def save_delivery(self, delivery: Delivery) -> None:
        """Insert or update one delivery; on the disk before it returns."""
        with self._database.write(durable=True) as connection:
            connection.execute(upsert(schema.delivery, ("id",)), delivery_values(delivery))

    def deliveries(
        self, notification_id: str = "", limit: int = 100, status: DeliveryStatus | None = None
    ) -> list[Delivery]:
        """Return deliveries, of one notification or of all, the last reserved first."""
        row = schema.delivery.c
        query = select(row.payload).order_by(row.seq.desc()).limit(limit)
        if notification_id:
            query = query.where(row.notification_id == notification_id)
        if status is not None:
            query = query.where(row.status == status)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def delivered_since(self, at: datetime) -> list[Delivery]:
        """Return what was sent since then, oldest first."""
        row = schema.delivery.c
        query = select(row.payload).where(row.status == DeliveryStatus.SENT, row.at >= at)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(row.at, row.seq)))

    def add_silence(self, silence: Silence) -> None:
        """Add a silence; a repeated id is a no-op."""
        with self._database.write(durable=True) as connection:
            connection.execute(insert_new(schema.silence), silence_values(silence))

    def silences(self, at: datetime) -> list[Silence]:
        """Return silences in force at `at`, the first to end first."""
        row = schema.silence.c
        query = select(row.payload).where(row.created_at <= at, row.until > at)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(row.until, row.id)))


def _notification(connection: Connection, notification_id: str) -> Notification | None:
    row = schema.notification.c
    query = select(row.payload).where(row.id == notification_id)
    return connection.scalars(query).one_or_none()
