"""Incidents, answers, the outbox and silences, in memory."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core.records import (
    Action,
    Answer,
    Delivery,
    DeliveryStatus,
    Incident,
    IncidentEvent,
    Notification,
    Outcome,
    Silence,
)
from storage.clean import clean
from storage.memory.data import Part, within


class People(Part):
    """What people are told and what they answer."""

    def incidents(
        self,
        open_only: bool = False,
        limit: int = 100,
        since: datetime | None = None,
        until: datetime | None = None,
        brand: str = "",
    ) -> list[Incident]:
        """Return incidents opened at `since <= time < until`, newest first."""
        with self._data.lock:
            found = sorted(self._data.incidents.values(), key=lambda incident: incident.id)
        found.sort(key=lambda incident: incident.opened_at, reverse=True)
        return [
            incident
            for incident in found
            if (incident.open or not open_only)
            and within(incident.opened_at, since, until)
            and brand in {"", incident.brand}
        ][:limit]

    def incident(self, incident_id: str) -> Incident | None:
        """Return one incident."""
        with self._data.lock:
            return self._data.incidents.get(incident_id)

    def events(self, incident_id: str) -> list[IncidentEvent]:
        """Return an incident's timeline, oldest first."""
        with self._data.lock:
            found = [event for event in self._data.events.values() if event.incident_id == incident_id]
        return sorted(found, key=lambda event: event.at)

    def add_events(self, events: Iterable[IncidentEvent]) -> None:
        """Add rows to timelines; a repeated one is a no-op."""
        with self._data.lock:
            for event in events:
                self._data.events.setdefault(event.id, clean(event))

    def answer(self, answer: Answer) -> Answer:
        """Record an answer unless the incident has one of this kind; return the one that counts."""
        with self._data.lock:
            answers = self._data.answers
            same = [(answer.incident_id, action) for action in answer.kind]
            if answers.keys().isdisjoint(same):
                answers[answer.incident_id, answer.action] = clean(answer)
            return min((answers[key] for key in same if key in answers), key=lambda one: one.at)

    def answers(self, incident_id: str) -> dict[Action, Answer]:
        """Return the answers that count."""
        return self.answered([incident_id]).get(incident_id, {})

    def answered(self, incident_ids: Iterable[str]) -> dict[str, dict[Action, Answer]]:
        """Return the answers that count of those incidents that have any."""
        asked = set(incident_ids)
        answers: dict[str, dict[Action, Answer]] = {}
        with self._data.lock:
            for answer in self._data.answers.values():
                if answer.incident_id in asked:
                    answers.setdefault(answer.incident_id, {})[answer.action] = answer
        return answers

    def outbox(self, limit: int = 100) -> list[Notification]:
        """Return pending notifications, oldest first."""
        return [row for row in self._by_time() if row.outcome is Outcome.PENDING][:limit]

    def notification(self, notification_id: str) -> Notification | None:
        """Return one notification."""
        with self._data.lock:
            return self._data.notifications.get(notification_id)

    def notifications(
        self,
        limit: int = 100,
        incident_id: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Notification]:
        """Return notifications of any outcome, created at `since <= time < until`, newest first."""
        rows = [row for row in reversed(self._by_time()) if within(row.created_at, since, until)]
        return [row for row in rows if incident_id in {"", row.incident_id}][:limit]

    def _by_time(self) -> list[Notification]:
        with self._data.lock:
            return sorted(self._data.notifications.values(), key=lambda row: row.created_at)

    def finish(self, notification_id: str, outcome: Outcome, detail: str, at: datetime) -> bool:
        """Complete a pending notification; False when somebody else did."""
        with self._data.lock:
            found = self._data.notifications.get(notification_id)
            if found is None or found.outcome is not Outcome.PENDING:
                return False
            done = replace(found, outcome=outcome, detail=detail, finished_at=at)
            self._data.notifications[notification_id] = clean(done)
            return True

    def save_delivery(self, delivery: Delivery) -> None:
        """Insert or update one delivery."""
        with self._data.lock:
            self._data.deliveries[delivery.id] = clean(delivery)

    def deliveries(
        self, notification_id: str = "", limit: int = 100, status: DeliveryStatus | None = None
    ) -> list[Delivery]:
        """Return deliveries, of one notification or of all, the last reserved first."""
        with self._data.lock:
            rows = list(reversed(self._data.deliveries.values()))
        rows = [row for row in rows if notification_id in {"", row.notification_id}]
        return [row for row in rows if status in {None, row.status}][:limit]

    def delivered_since(self, at: datetime) -> list[Delivery]:
        """Return what was sent since then, oldest first."""
        with self._data.lock:
            sent = [row for row in self._data.deliveries.values() if row.status is DeliveryStatus.SENT]
        timed = [(row.at, row) for row in sent if row.at is not None and row.at >= at]
        return [row for _, row in sorted(timed, key=lambda pair: pair[0])]

    def add_silence(self, silence: Silence) -> None:
        """Add a silence; a repeated id is a no-op."""
        with self._data.lock:
            self._data.silences.setdefault(silence.id, clean(silence))

    def silences(self, at: datetime) -> list[Silence]:
        """Return silences in force at `at`, the first to end first."""
        with self._data.lock:
            found = [row for row in self._data.silences.values() if row.created_at <= at < row.until]
        return sorted(found, key=lambda row: (row.until, row.id))
