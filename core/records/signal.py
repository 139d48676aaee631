"""Windows of time and what detection says of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records.control import Control


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
class TopicChange:
    """What complaints are about now and usually are not."""

    since: datetime
    """Begin of the hours that were compared with the usual ones."""
    complaints: int
    """Negative mentions of these hours whose topic is known, copies left out."""
    way: tuple[int, ...]
    """From the usual mean of complaints to theirs, along the directions of `models.topics`."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Independent negative mentions of one coming hour, with an interval of 80 %."""

    hours: int
    """It is the hour that ends in so many hours."""
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the next hours of an open incident may bring, and how far such words have held for its brand."""

    ahead: tuple[Forecast, ...]
    """The nearest hour first."""
    held: int = 0
    judged: int = 0
    """Of so many forecasts whose hour has come, how many held the truth in their interval."""
    seen: float = 0.0
    """Independent negative mentions in the hour before."""


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
    new_authors: int | None = None
    """How many of `authors` were not seen before the last hour; None where authors are not given, or while
    they are remembered for less than a week."""
    sources: int = 0
    foreign: float = 0.0
    """Share of the last hour's mentions in languages of which nobody knows how well they are read."""
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
    observable: int | None = None
    """How many sources could be seen; None where it was not recorded, as in what former versions stored."""
    sure: float | None = None
    """Probability that the stage is right; None while learning."""
    would_catch: float | None = None
    """Smallest storm, in negative mentions an hour, that would be noticed now; None when blind."""
    learned_hours: float = 0.0
    """Hours of history behind the baseline; under 24 the brand is learning."""
    onset: datetime | None = None
    """Event time at which the present rise began."""
    planned: float = 1.0
    """How many times the usual volume was planned for the newest bin."""
    event: str = ""
    """Name of the planned event; empty where none is on."""
    control: Control | None = None
    """What its neighbours did at the same time; None where it was not asked, or there are none."""
    topics: TopicChange | None = None
    """None while complaints are about the usual."""
    hour_kappa: float = 0.0
    """Overdispersion of an hour's negatives: their variance is mu + kappa mu^2."""
    outlook: Outlook | None = None
    """What may come; None where no incident is open, and in what explains an incident."""


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
    observable: int | None = None
    """As in `Signal`."""
    planned: float = 1.0
    event: str = ""
