"""The frozen values that travel between packages.

`source -> Mention -> Scored -> Window -> Signal -> Incident -> Notification`

Times are aware UTC datetimes. The one exception is `Window.start`, an integer
number of seconds since the epoch, because detectors close millions of windows
in a replay. Probabilities and shares lie in 0..1, rates are per hour.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntFlag, StrEnum

BIN_SECONDS = 300
"""Length of one detection window; 5 minutes, `docs/design/detection.md`."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def derive(*parts: str) -> str:
    """Return the id that follows from `parts`: the same parts always give the same id.

    >>> derive("mention", "rss/news", "42") == derive("mention", "rss/news", "42")
    True
    """
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=10).hexdigest()


class Flag(IntFlag):
    """What a reader must know about one mention before trusting its time or origin."""

    NONE = 0
    BACKFILL = 1
    """Imported history: counted in baselines, never alarms."""
    SIMULATED = 2
    """Made by the simulator or a drill; marked wherever it is shown."""
    FUTURE = 4
    """The source gave a time in the future; it was clamped to the time of arrival."""
    UNDATED = 8
    """The source gave no usable time; the time of arrival stands in its place."""


class Stage(StrEnum):
    """How bad it is for one brand. `UNKNOWN` is blindness, never calm."""

    UNKNOWN = "unknown"
    CALM = "calm"
    SMOULDERING = "smouldering"
    SPREADING = "spreading"
    FIRESTORM = "firestorm"
    COOLING = "cooling"

    @property
    def severity(self) -> int:
        """Rank for sorting and for "upward only": firestorm 5 … calm 0."""
        return _SEVERITY[self]


_SEVERITY = {
    Stage.CALM: 0,
    Stage.UNKNOWN: 1,
    Stage.COOLING: 2,
    Stage.SMOULDERING: 3,
    Stage.SPREADING: 4,
    Stage.FIRESTORM: 5,
}


@dataclass(frozen=True, slots=True)
class Mention:
    """One public text as its source gave it. Identity is `(source, native_id)`, never the text."""

    source: str
    native_id: str
    text: str
    event_at: datetime
    seen_at: datetime
    title: str = ""
    url: str = ""
    author: str = ""
    language: str = ""
    kind: str = "post"
    """What it is: `post`, `article`, `review` or `comment`."""
    flags: Flag = Flag.NONE

    @property
    def id(self) -> str:
        """Derived id, 20 hex digits."""
        return derive("mention", self.source, self.native_id)

    @property
    def body(self) -> str:
        """Title and text as one string: what is matched and scored."""
        if self.title and self.text and not self.text.startswith(self.title):
            return f"{self.title}\n{self.text}"
        return self.text or self.title


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log carries: a mention and the brands whose query it met."""

    mention: Mention
    brands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that could not be read: set aside and counted, the rest goes on."""

    where: str
    """Line number or item id."""
    reason: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one fetch of a source brought. `cursor` means "after the last item read"."""

    mentions: tuple[Mention, ...] = ()
    cursor: str = ""
    rejected: tuple[Rejected, ...] = ()
    complete: bool = True
    """False when the source held more than it gave, so that some items may be missing."""


class SourceStatus(StrEnum):
    """State of one source as people read it."""

    STARTING = "starting"
    OK = "ok"
    FAILING = "failing"
    """The last fetch failed; the loop tries again by itself."""
    STOPPED = "stopped"
    """A person has to change something (`error` says what)."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """Heartbeat, lag and completeness of one source."""

    name: str
    kind: str
    status: SourceStatus
    heartbeat_at: datetime | None = None
    """Last successful answer, also an empty one."""
    last_item_at: datetime | None = None
    since: datetime | None = None
    """When the present status began."""
    lag_seconds: float | None = None
    """Median delay between an item's own time and its arrival."""
    completeness: float = 1.0
    """Share of the last answers that gave everything the source held."""
    error: str = ""
    interval_seconds: float = 0.0
    received: int = 0
    rejected: int = 0

    def blind(self, now: datetime) -> bool:
        """Return whether it shows nothing at `now`: stopped, never heard of, or silent for too long.

        Too long is three of its intervals, and never less than 90 s: one lost answer is no blindness.
        """
        if self.status is SourceStatus.STOPPED or self.heartbeat_at is None:
            return True
        return (now - self.heartbeat_at).total_seconds() > max(90.0, 3.0 * self.interval_seconds)


@dataclass(frozen=True, slots=True)
class Score:
    """What the models say of one text."""

    negative: float
    neutral: float
    positive: float
    signature: bytes = b""
    """Near-duplicate signature, compared by `models.copies`."""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """A mention with its score."""

    mention: Mention
    score: Score


@dataclass(frozen=True, slots=True)
class Match:
    """One mention counted for one brand."""

    mention_id: str
    brand: str
    event_at: datetime
    weight: float = 1.0
    """Share of one independent voice that this copy counts for, 0..1."""
    cluster: str = ""
    """Id of its near-duplicate cluster: the id of the cluster's first mention."""
    copy_number: int = 1
    """1 for the first of its text, 27 for the 27th copy."""


@dataclass(frozen=True, slots=True)
class Window:
    """One closed or still open 5-minute bin of one brand, by event time."""

    start: int
    """Seconds since the epoch, a multiple of `BIN_SECONDS`."""
    exposure: float = 1.0
    """Share of the expected stream that was observable in this window."""
    mentions: float = 0.0
    negative: float = 0.0
    """Sum of P(negative) over all mentions."""
    independent: float = 0.0
    """Sum of weights."""
    independent_negative: float = 0.0
    """Sum of weight * P(negative)."""
    hour_authors: int | None = None
    """Distinct authors of negative mentions in the hour ending here; None where authors are not given."""
    hour_sources: int = 0
    """Distinct sources with negative mentions in the hour ending here."""
    sources_observable: int = 1
    """How many sources could have shown it."""
    hour_top_cluster: float = 0.0
    """Share of the hour's negative weight that its largest copy cluster gives, before down-weighting."""
    hour_top_authors: float = 0.0
    """Share of the hour's negative mentions written by its three busiest authors."""
    backfill: bool = False
    """Imported history: the baseline learns from it, the stage stays calm."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Speed of the excess. `doubling_minutes` is negative when it halves."""

    per_hour: float
    """Growth rate g: the excess is multiplied by exp(g) an hour."""
    low: float
    high: float
    """95 % interval of `per_hour`."""

    @property
    def certain(self) -> bool:
        """True when the interval excludes zero; otherwise people read "not growing"."""
        return self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True, slots=True)
class Contribution:
    """One piece of evidence in log-odds, positive towards an alarm."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Signal:
    """What detection says of one brand at one moment."""

    brand: str
    at: datetime
    """End of the closed bin, or the tick that looked into the open one."""
    stage: Stage
    seen: float = 0.0
    """Independent negative mentions in the last hour."""
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0
    """95 % band around `expected`, per hour."""
    mentions: float = 0.0
    """All mentions in the last hour, copies included."""
    bin_seen: float = 0.0
    bin_expected: float = 0.0
    bin_low: float = 0.0
    bin_high: float = 0.0
    negative_share: float | None = None
    usual_share: float | None = None
    growth: Growth | None = None
    authors: int | None = None
    sources: int = 0
    amplification: float = 1.0
    """Raw over independent negatives in the last hour."""
    evidence: float = 0.0
    """-log10 of the calibrated tail probability."""
    threshold: float = 0.0
    """Evidence at which it pages."""
    contributions: tuple[Contribution, ...] = ()
    conditions: tuple[str, ...] = ()
    """Conditions of "spreading" that hold, in words."""
    capped: str = ""
    """Why the stage was held at smouldering, in words; empty when it was not."""
    coverage: float = 1.0
    sure: float | None = None
    """Probability that the stage is right; None while learning."""
    would_catch: float | None = None
    """Smallest storm, in negative mentions an hour, that would be noticed now; None when blind."""
    learned_hours: float = 0.0
    """Hours of history behind the baseline; under 24 the brand is learning."""
    onset: datetime | None = None
    """Event time at which the present rise began."""


@dataclass(frozen=True, slots=True)
class SignalPoint:
    """One point of a brand's line: what the charts need of a stored signal."""

    at: datetime
    stage: Stage
    seen: float
    expected: float
    low: float
    high: float
    bin_seen: float
    bin_expected: float
    bin_low: float
    bin_high: float
    coverage: float


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

    @property
    def label(self) -> str:
        """Short name, from the explanation."""
        return self.explanation.label

    @property
    def open(self) -> bool:
        """True until it is closed."""
        return self.closed_at is None


class EventKind(StrEnum):
    """What can happen to an incident; each is a row of its timeline."""

    FIRST_MENTION = "first_mention"
    STAGE = "stage"
    PAGED = "paged"
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


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer of a kind counts; a repeated one changes nothing."""

    incident_id: str
    action: Action
    who: str
    at: datetime
    via: str = "link"
    """`link` or `board`."""


class Reason(StrEnum):
    """Why a notification exists, or why it was not sent."""

    SPREADING = "spreading"
    FIRESTORM = "firestorm"
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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A saved state. `revision` is the one it replaces; the store writes `revision + 1`."""

    key: str
    revision: int
    schema: int
    position: int
    """Sequence number of the last match that is inside the state.

    Under a key `detector/<brand>` the store sets it: only the store knows the numbers that a commit
    gives to the matches of its own step, all of which are inside the state.
    """
    state: bytes


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the board asks the main process to do."""

    id: str
    kind: str
    arguments: dict[str, str]
    created_at: datetime
    state: str = "waiting"
    """`waiting`, `running`, `done` or `failed`."""
    result: str = ""


HOOK_PATHS = "hooks"
"""Meta key under which the main process names the hook paths that it takes, separated by blanks."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Raw bytes and headers of an incoming web hook, as received."""

    id: str
    path: str
    headers: dict[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Everything one round of detection leaves behind, committed in one transaction."""

    scored: tuple[Scored, ...] = ()
    matches: tuple[Match, ...] = ()
    signals: tuple[Signal, ...] = ()
    """Closed bins that are kept for charts."""
    states: tuple[Signal, ...] = ()
    """The newest signal per brand, for tiles."""
    snapshots: tuple[Snapshot, ...] = ()
    incidents: tuple[Incident, ...] = ()
    events: tuple[IncidentEvent, ...] = ()
    notifications: tuple[Notification, ...] = ()


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A stored mention as one brand sees it: what lists show."""

    mention: Mention
    brand: str
    score: Score
    weight: float
    copy_number: int
    seq: int


@dataclass(frozen=True, slots=True)
class Rollup:
    """Sums over one minute of one brand and source."""

    brand: str
    source: str
    minute: int
    """Seconds since the epoch, a multiple of 60."""
    mentions: int = 0
    negative: float = 0.0
    neutral: float = 0.0
    positive: float = 0.0
    independent: float = 0.0
    independent_negative: float = 0.0


@dataclass(frozen=True, slots=True)
class BrandTotal:
    """All that a workspace holds of one brand."""

    brand: str
    mentions: int
    negative_share: float | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the main process lives: role name to last sign of life, and its clock."""

    started_at: datetime
    at: datetime
    roles: dict[str, str] = field(default_factory=dict)
    """Role to its state in words."""
    backlog: int = 0
    demo: bool = False
    catching_up: bool = False
