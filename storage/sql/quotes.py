"""Incidents and notifications quote mentions: what they quote is known, so that it can be forgotten."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from core.records import Incident, Notification
from storage.erasure import quoted, without
from storage.sql import schema
from storage.sql.counts import forgotten
from storage.sql.dialect import insert_new, upsert
from storage.sql.documents import incident_values, notification_values
from storage.sql.part import many


def add_incidents(
    connection: Connection, incidents: Sequence[Incident], notifications: Sequence[Notification]
) -> None:
    """Upsert incidents and insert notifications; what was forgotten stays so, whatever the step remembers."""
    gone = forgotten(connection, quoted((*incidents, *notifications)))
    kept = [without(incident, gone) for incident in incidents]
    pages = [without(page, gone) for page in notifications]
    many(connection, upsert(schema.incident, ("id",)), map(incident_values, kept))
    many(connection, insert_new(schema.notification), map(notification_values, pages))
    owners = [(incident.id, incident) for incident in kept] + [(page.incident_id, page) for page in pages]
    pairs = {(mention_id, owner) for owner, record in owners for mention_id in quoted([record])}
    rows = ({"mention_id": mention_id, "incident_id": owner} for mention_id, owner in sorted(pairs))
    many(connection, insert_new(schema.quote), rows)


def forget_quotes(connection: Connection, mention_ids: Sequence[str]) -> None:
    """Remove the words of mentions from the incidents and notifications that quote them."""
    quote = schema.quote.c
    owners = select(quote.incident_id).where(quote.mention_id.in_(mention_ids)).distinct()
    for incident_id in connection.scalars(owners).all():
        _rewrite(connection, incident_id, frozenset(mention_ids))
    connection.execute(delete(schema.quote).where(quote.mention_id.in_(mention_ids)))


def _rewrite(connection: Connection, incident_id: str, gone: frozenset[str]) -> None:
    incident, page = schema.incident, schema.notification
    found = select(incident.c.payload).where(incident.c.id == incident_id)
    for record in connection.scalars(found).all():
        new = {"payload": without(record, gone)}
        connection.execute(update(incident).where(incident.c.id == incident_id).values(new))
    pages = select(page.c.seq, page.c.payload).where(page.c.incident_id == incident_id)
    for seq, record in connection.execute(pages).all():
        new = {"payload": without(record, gone)}
        connection.execute(update(page).where(page.c.seq == seq).values(new))
