"""Notifications, their deliveries, and what holds them back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records.base import derive
from core.records.incident import Explanation
from core.records.signal import Stage


class Reason(StrEnum):
    """Why a notification exists, or why it was not sent."""

    SPREADING = "spreading"
    FIRESTORM = "firestorm"
    ESCALATION = "escalation"
    """Nobody acknowledged: the same page for the next level."""
    DIGEST = "digest"
    """What quiet hours held, together, when they are over."""
    TEST = "test"


class Outcome(StrEnum):
    """What became of a notification."""

    PENDING = "pending"
    SENT = "sent"
    PARTIAL = "partial"
    """Some channels took it, others are dead letters."""
    FAILED = "failed"
    """Every channel failed for good: a dead letter."""
    SILENCED = "silenced"
    DUPLICATE = "duplicate"
    GROUPED = "grouped"
    """A later page of the same incident replaced it before it left."""
    REPLAY = "replay"
    """Recorded, never sent: replays do not leave the machine."""
    NOBODY = "nobody"
    """No channel is configured for it."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One outbox row: something to tell people about one incident."""

    id: str
    incident_id: str
    brand: str
    reason: Reason
    stage: Stage
    created_at: datetime
    explanation: Explanation
    started_at: datetime
    simulated: bool = False
    drill: bool = False
    level: int = 1
    """Channels of this level get it."""
    channel: str = ""
    """The only channel that gets it, of whatever level: a digest's, a test's; empty for all of its level."""
    about: tuple[str, ...] = ()
    """Incidents that a digest tells of, one for each of its sentences."""
    outcome: Outcome = Outcome.PENDING
    detail: str = ""
    """Outcome in words: by whom silenced, what failed."""
    finished_at: datetime | None = None


class DeliveryStatus(StrEnum):
    """State of one notification on one channel."""

    RESERVED = "reserved"
    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"
    HELD = "held"
    """Waits for the end of the channel's quiet hours (`next_at`)."""
    CAPPED = "capped"
    """Not sent: the person has had the pages of this week."""
    WITHDRAWN = "withdrawn"
    """Taken back before the channel took it: people's word, or another page that replaced it, ended it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification on one channel; reserved before sending, completed after."""

    notification_id: str
    channel: str
    status: DeliveryStatus
    attempts: int = 0
    at: datetime | None = None
    """Last attempt."""
    next_at: datetime | None = None
    """When the next attempt is due."""
    service: str = ""
    """Service and masked address, from Apprise's result."""
    error: str = ""
    seconds: float = 0.0

    @property
    def id(self) -> str:
        """Derived from notification and channel."""
        return derive("delivery", self.notification_id, self.channel)


@dataclass(frozen=True, slots=True)
class Silence:
    """Hold notifications of a brand, or of one incident, until a time, for a reason."""

    id: str
    brand: str
    incident_id: str
    reason: str
    created_by: str
    created_at: datetime
    until: datetime
