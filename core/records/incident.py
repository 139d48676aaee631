"""Incidents: what is known of one, what happened to it, what people answered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records.base import derive
from core.records.signal import Signal, Stage


@dataclass(frozen=True, slots=True)
class Quote:
    """A mention as evidence: enough to show it without another look-up."""

    mention_id: str
    at: datetime
    source: str
    author: str
    text: str
    url: str
    negative: float
    copies: int = 1


@dataclass(frozen=True, slots=True)
class SourceShare:
    """One source's part in an incident."""

    source: str
    negative: float
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class NarrativeShare:
    """One narrative's part in an incident."""

    narrative_id: str
    label: str
    mentions: int
    """Mentions since the rise began."""
    negative: float
    """Sum of weight * P(negative) of them."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an incident is what it is, as data and words."""

    signal: Signal
    headline: str
    """One line: what and how bad."""
    sentences: tuple[str, ...]
    """Seen against expected, growth, who, coverage; each a whole sentence."""
    label: str
    """Short name of what people are angry about, from their own words."""
    quotes: tuple[Quote, ...] = ()
    """Three to five representative mentions, copies collapsed."""
    first: tuple[Quote, ...] = ()
    """The earliest negative mentions."""
    sources: tuple[SourceShare, ...] = ()
    playbook: str = ""
    smallest: tuple[str, ...] = ()
    """Ids of the fewest mentions without which it would not have reached its stage; empty when not known."""
    counterfactual: str = ""
    """What would have to be different for no page, as a sentence."""
    narratives: tuple[NarrativeShare, ...] = ()
    """What the rise consists of, the largest part first."""
    counted: int | None = None
    """Sequence number of the last match, of all brands, that had been counted at that moment: `explain` takes
    exactly those; None in what former versions stored."""


@dataclass(frozen=True, slots=True)
class StageChange:
    """A stage and since when."""

    stage: Stage
    at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """One evolving thing: opened, growing, cooling, closed.

    Its id is `derive("incident", brand, id of the rise's first mention)`.
    """

    id: str
    brand: str
    stage: Stage
    peak_stage: Stage
    started_at: datetime
    """Event time of the first mention of the rise."""
    opened_at: datetime
    """When detection opened it."""
    updated_at: datetime
    explanation: Explanation
    stages: tuple[StageChange, ...] = ()
    paged_at: datetime | None = None
    closed_at: datetime | None = None
    simulated: bool = False
    drill: bool = False

    @property
    def label(self) -> str:
        """Short name, from the explanation."""
        return self.explanation.label

    @property
    def open(self) -> bool:
        """True until it is closed."""
        return self.closed_at is None

    @property
    def last_known(self) -> StageChange:
        """The newest of its stages that is not blindness; it has one, as blindness opens nothing."""
        *_, last = (change for change in self.stages if change.stage is not Stage.UNKNOWN)
        return last


class EventKind(StrEnum):
    """What can happen to an incident; each is a row of its timeline."""

    FIRST_MENTION = "first_mention"
    STAGE = "stage"
    PAGED = "paged"
    ESCALATED = "escalated"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    ANSWERED = "answered"
    COVERAGE = "coverage"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """One row of an incident's timeline."""

    incident_id: str
    at: datetime
    kind: EventKind
    text: str
    stage: Stage | None = None

    @property
    def id(self) -> str:
        """Derived, so that a repeated write is a no-op."""
        return derive("event", self.incident_id, self.at.isoformat(), self.kind, self.text)


class Action(StrEnum):
    """What a person can answer to a page."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    FALSE_ALARM = "false_alarm"
    NOT_US = "not_us"


VERDICTS = frozenset({Action.FALSE_ALARM, Action.NOT_US})
"""Answers that end an incident: an incident takes one of them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer of a kind counts; a repeated one changes nothing."""

    incident_id: str
    action: Action
    who: str
    at: datetime
    via: str = "link"
    """`link` or `board`."""

    @property
    def kind(self) -> frozenset[Action]:
        """Actions that count as the same kind: of the verdicts there is one, each other stands for itself."""
        return VERDICTS if self.action in VERDICTS else frozenset({self.action})
