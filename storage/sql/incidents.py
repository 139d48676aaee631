"""Incidents, their timelines, and what people answered."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from core.records import Action, Answer, Incident, IncidentEvent
from storage.sql import schema
from storage.sql.dialect import among, insert_new
from storage.sql.documents import event_values
from storage.sql.part import Part, many, within

_ANSWERS = select(schema.answer.c.payload).where(among(schema.answer.c.incident_id))


class Incidents(Part):
    """Incidents and answers."""

    def incidents(
        self,
        open_only: bool = False,
        limit: int = 100,
        since: datetime | None = None,
        until: datetime | None = None,
        brand: str = "",
    ) -> list[Incident]:
        """Return incidents opened at `since <= time < until`, newest first."""
        incident = schema.incident.c
        query = select(incident.payload).where(*within(incident.opened_at, since, until))
        if open_only:
            query = query.where(incident.closed_at.is_(None))
        if brand:
            query = query.where(incident.brand == brand)
        query = query.order_by(incident.opened_at.desc(), incident.id).limit(limit)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def incident(self, incident_id: str) -> Incident | None:
        """Return one incident."""
        query = select(schema.incident.c.payload).where(schema.incident.c.id == incident_id)
        with self._database.read() as connection:
            return connection.scalars(query).one_or_none()

    def events(self, incident_id: str) -> list[IncidentEvent]:
        """Return an incident's timeline, oldest first."""
        event = schema.incident_event.c
        query = select(event.payload).where(event.incident_id == incident_id)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(event.at, event.seq)))

    def add_events(self, events: Iterable[IncidentEvent]) -> None:
        """Add rows to timelines; a repeated one is a no-op."""
        with self._database.write() as connection:
            many(connection, insert_new(schema.incident_event), map(event_values, events))

    def answer(self, answer: Answer) -> Answer:
        """Record an answer unless the incident has one of this kind; return the one that counts."""
        table = schema.answer
        same = (table.c.incident_id == answer.incident_id, table.c.action.in_(answer.kind))
        row = {"incident_id": answer.incident_id, "action": answer.action, "payload": answer}
        with self._database.write(durable=True) as connection:
            if connection.scalar(select(table.c.action).where(*same).limit(1)) is None:
                connection.execute(insert_new(table), row)
            found: Sequence[Answer] = connection.scalars(select(table.c.payload).where(*same)).all()
        return min(found, key=lambda one: one.at)

    def answers(self, incident_id: str) -> dict[Action, Answer]:
        """Return the answers that count."""
        return self.answered([incident_id]).get(incident_id, {})

    def answered(self, incident_ids: Iterable[str]) -> dict[str, dict[Action, Answer]]:
        """Return the answers that count of those incidents that have any."""
        answers: dict[str, dict[Action, Answer]] = {}
        with self._database.read() as connection:
            for found in connection.scalars(_ANSWERS, {"those": tuple(incident_ids)}):
                answers.setdefault(found.incident_id, {})[found.action] = found
        return answers
