"""The weekly page as data: what executives read, in the numbers as they read them.

Index, sentiment, shares and minutes are whole numbers: the record holds what is
printed, so that no sentence, table or chart can round the same thing in another
way. A number that is not known is None, never 0. How each one is computed stands
in `docs/design/weekly.md`.
"""

from dataclasses import dataclass, field
from datetime import datetime

from core.records.signal import Stage
from core.records.weekly_parts import (
    ENOUGH_WEEKS,
    NO_ALARMS,
    NO_RESPONSE,
    Alarms,
    Change,
    Component,
    Coverage,
    DataState,
    Estimate,
    Goal,
    LinePoint,
    Response,
    Risk,
    Theme,
    VoiceShare,
    WeekEvent,
)


@dataclass(frozen=True, slots=True)
class BrandWords:
    """A brand's sentences, made from its numbers by `alerts.report.sentences`."""

    headline: str = ""
    change: str = ""
    last_year: str = ""
    voice: str = ""
    volume: str = ""
    coverage: str = ""
    learning: str = ""
    """Says so while there is too little history; empty afterwards."""
    alarms: str = ""
    response: str = ""
    goals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandWeek:
    """One brand's week."""

    brand: str
    state: DataState
    coverage: Coverage
    mentions: int
    mentions_before: int | None
    negative_share: int | None
    """Per cent of the independent mentions."""
    compared_with: int
    """Earlier weeks that the index is measured against."""
    worst: Stage
    """The worst stage of the week."""
    index: Estimate | None = None
    """50 is an ordinary week of this brand, 10 points are its usual swing."""
    change: Change | None = None
    last_year: Change | None = None
    sentiment: Estimate | None = None
    """Net sentiment, unweighted by anything else, −100..100."""
    components: tuple[Component, ...] = ()
    line: tuple[LinePoint, ...] = ()
    """`LINE_WEEKS` weeks, oldest first, this one last."""
    lowest_in: int = 0
    """Weeks of which this is the certain lowest, itself counted; 0 when it is not."""
    highest_in: int = 0
    events: tuple[WeekEvent, ...] = ()
    voices: tuple[VoiceShare, ...] = ()
    """The brand itself first; empty without rivals."""
    themes: tuple[Theme, ...] = ()
    """Most negative first."""
    alarms: Alarms = NO_ALARMS
    response: Response = NO_RESPONSE
    goals: tuple[Goal, ...] = ()
    words: BrandWords = BrandWords()

    @property
    def learning(self) -> bool:
        """True while the index stands on too little history."""
        return self.index is not None and self.compared_with < ENOUGH_WEEKS


@dataclass(frozen=True, slots=True)
class WeekWords:
    """The sentences about all brands together."""

    title: str = ""
    """`Week 47, 16 to 22 November 2026`."""
    headline: str = ""
    marking: str = ""
    """Says that it is simulated, a replay, or not over; empty when it is the real, whole week."""
    alarms: str = ""
    response: str = ""
    coverage: str = ""
    goals: str = ""
    risks: str = ""
    """Stands where there is no risk."""


@dataclass(frozen=True, slots=True)
class Week:
    """The weekly page. `core.codec.loads(Week, report.data)` reads it back."""

    week: str
    """ISO week such as `2026-W47`."""
    since: datetime
    until: datetime
    """Start of the next week, midnight in `zone`."""
    zone: str
    """IANA name: a week begins on Monday at midnight there."""
    made_at: datetime
    complete: bool
    """False when it was made before the week was over."""
    purpose: str = "live"
    """`live`, `demo` or `replay`."""
    brands: tuple[BrandWeek, ...] = ()
    """The one that most needs to be read first."""
    risks: tuple[Risk, ...] = ()
    """At most three, the worst first."""
    alarms: Alarms = NO_ALARMS
    response: Response = NO_RESPONSE
    words: WeekWords = field(default_factory=WeekWords)
    hindsight: bool = False
    """True when it was made too long after its end to know how narratives and sources stood then: it has
    no risk of either kind."""

    @property
    def empty(self) -> bool:
        """True when there is nothing to say of any brand."""
        return all(brand.state is DataState.EMPTY for brand in self.brands)
