"""Incidents, and the notifications that go out for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

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


class Incidents(Protocol):
    """Incidents, their timelines and what people answered."""

    def incidents(
        self,
        open_only: bool = False,
        limit: int = 100,
        since: datetime | None = None,
        until: datetime | None = None,
        brand: str = "",
    ) -> list[Incident]:
        """Return incidents by the time they were opened (`since <= opened_at < until`), newest first."""

    def incident(self, incident_id: str) -> Incident | None:
        """Return one incident."""

    def events(self, incident_id: str) -> list[IncidentEvent]:
        """Return an incident's timeline, oldest first."""

    def add_events(self, events: Iterable[IncidentEvent]) -> None:
        """Add rows to timelines; a repeated one is a no-op."""

    def answer(self, answer: Answer) -> Answer:
        """Record an answer unless the incident has one of this kind; return the one that counts.

        Verdicts are of one kind: the second one changes nothing, as a repeated acknowledgement does.
        Durable before it returns (synchronous=FULL).
        """

    def answers(self, incident_id: str) -> dict[Action, Answer]:
        """Return the answers that count."""

    def answered(self, incident_ids: Iterable[str]) -> dict[str, dict[Action, Answer]]:
        """Return the answers that count of those incidents that have any."""


class Outbox(Protocol):
    """Notifications, their deliveries, and silences."""

    def outbox(self, limit: int = 100) -> list[Notification]:
        """Return pending notifications, oldest first."""

    def notification(self, notification_id: str) -> Notification | None:
        """Return one notification."""

    def notifications(
        self,
        limit: int = 100,
        incident_id: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Notification]:
        """Return notifications of any outcome, created at `since <= at < until`, newest first."""

    def finish(self, notification_id: str, outcome: Outcome, detail: str, at: datetime) -> bool:
        """Complete a pending notification; False when somebody else did."""

    def save_delivery(self, delivery: Delivery) -> None:
        """Insert or update one delivery (reserve before sending, complete after); durable."""

    def deliveries(
        self, notification_id: str = "", limit: int = 100, status: DeliveryStatus | None = None
    ) -> list[Delivery]:
        """Return deliveries, of one notification or the newest of all."""

    def delivered_since(self, at: datetime) -> list[Delivery]:
        """Return what was sent since then, oldest first."""

    def add_silence(self, silence: Silence) -> None:
        """Add a silence; a repeated id is a no-op."""

    def silences(self, at: datetime) -> list[Silence]:
        """Return silences in force at `at`."""
