"""What a drill found: first mention, detected, sent, acknowledged."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.codec import dumps
from core.errors import Permanent
from core.ports import Clock, Store
from core.records import (
    Action,
    Delivery,
    DeliveryStatus,
    EventKind,
    Incident,
    IncidentEvent,
    Selection,
    Step,
)
from core.words import duration

LOOK_SECONDS = 0.25
SENDING = timedelta(minutes=2)
"""A channel that has not taken the page by then counts as failed in the report; the outbox goes on trying."""
ALL = 100_000


@dataclass(frozen=True, slots=True)
class Sent:
    """One channel's answer."""

    channel: str
    status: DeliveryStatus
    error: str


@dataclass(frozen=True, slots=True)
class Drilled:
    """The course of a drill so far.

    Times are those of incident, delivery log and answers; `first_mention_at` is the storm's own.
    """

    brand: str
    shape: str
    peak_per_hour: float
    began_at: datetime
    incident_id: str = ""
    first_mention_at: datetime | None = None
    detected_at: datetime | None = None
    storm_minutes: float | None = None
    """How old the storm was when it was detected, at its own pace."""
    mentions: int = 0
    """Mentions of the drill stored until then."""
    sent_at: datetime | None = None
    """When the first channel had taken the page."""
    sent: tuple[Sent, ...] = ()
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""

    @property
    def passed(self) -> bool:
        """True when somebody was reached and acknowledged."""
        return self.acknowledged_at is not None

    def told_detected(self) -> str:
        """Return the first result as a sentence."""
        return (
            f"Detected {duration(self.storm_minutes or 0.0)} into the storm, after {self.mentions} mentions."
        )

    def told_sent(self) -> str:
        """Return what the channels answered."""
        if not self.sent:
            return "Nobody was paged: no channel takes it."
        channels = ", ".join(f"{each.channel} {each.status}" for each in self.sent)
        return f"Page: {channels}. {_after(self.detected_at, self.sent_at, 'Sent', 'after it was detected')}"

    def told_acknowledged(self) -> str:
        """Return the end."""
        if not self.passed:
            return "Nobody acknowledged. The drill is over."
        words = _after(self.sent_at, self.acknowledged_at, "Acknowledged", "after it was sent")
        return f"{words} By {self.acknowledged_by}. The drill is over."

    def json(self) -> str:
        """Return all of it, and the seconds between its steps, as one JSON object."""
        seconds = {
            "detected": _seconds(self.began_at, self.detected_at),
            "sent": _seconds(self.detected_at, self.sent_at),
            "acknowledged": _seconds(self.sent_at, self.acknowledged_at),
        }
        return dumps({"drill": self, "seconds": seconds, "passed": self.passed})


async def await_incident(drilled: Drilled, store: Store, clock: Clock, played: asyncio.Task[None]) -> Drilled:
    """Wait for the page; raises `Permanent` when the storm is over without one."""
    while True:
        incident = next(iter(store.incidents(open_only=True, limit=1, brand=drilled.brand)), None)
        if incident is not None and incident.paged_at is not None:
            return _detected(drilled, store, incident)
        if played.done():
            played.result()
        if clock.now() - drilled.began_at > timedelta(minutes=10):
            raise Permanent("the storm was not detected: it is too small for what is usual; raise --size")
        await asyncio.sleep(LOOK_SECONDS)


def _detected(drilled: Drilled, store: Store, incident: Incident) -> Drilled:
    signal_at = incident.stages[-1].at
    return replace(
        drilled,
        incident_id=incident.id,
        first_mention_at=incident.started_at,
        detected_at=incident.paged_at,
        storm_minutes=(signal_at - incident.started_at).total_seconds() / 60,
        mentions=len(store.mentions(ALL, Selection(brand=drilled.brand, until=signal_at))),
    )


async def await_delivery(drilled: Drilled, store: Store, clock: Clock) -> Drilled:
    """Wait until every channel has taken the page or refused it."""
    until = clock.now() + SENDING
    while True:
        pages = store.notifications(incident_id=drilled.incident_id)
        drilled = _with_deliveries(drilled, [row for page in pages for row in store.deliveries(page.id)])
        if all(page.finished_at for page in pages) or clock.now() >= until:
            return drilled
        await asyncio.sleep(LOOK_SECONDS)


def _with_deliveries(drilled: Drilled, deliveries: list[Delivery]) -> Drilled:
    sent = tuple(Sent(row.channel, row.status, row.error) for row in deliveries)
    taken = (row.at for row in deliveries if row.status is DeliveryStatus.SENT and row.at is not None)
    return replace(drilled, sent=sent, sent_at=min(taken, default=None))


async def await_acknowledgement(drilled: Drilled, store: Store, clock: Clock, limit: timedelta) -> Drilled:
    """Wait, at most `limit`, for somebody to acknowledge."""
    until = clock.now() + limit
    while True:
        answer = store.answers(drilled.incident_id).get(Action.ACKNOWLEDGE)
        if answer is not None:
            return replace(drilled, acknowledged_at=answer.at, acknowledged_by=answer.who)
        if clock.now() >= until:
            return drilled
        await asyncio.sleep(LOOK_SECONDS)


def close(store: Store, incident: Incident, now: datetime) -> None:
    """Close a drill's incident."""
    event = IncidentEvent(incident.id, now, EventKind.CLOSED, "Closed: the drill is over", incident.stage)
    store.commit(Step(incidents=(replace(incident, updated_at=now, closed_at=now),), events=(event,)))


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    return (until - since).total_seconds() if since is not None and until is not None else None


def _after(since: datetime | None, until: datetime | None, verb: str, what: str) -> str:
    seconds = _seconds(since, until)
    return "" if seconds is None else f"{verb} {max(0.0, seconds):.0f} s {what}."
