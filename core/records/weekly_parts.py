"""The small parts of the weekly page: numbers with their bands, and what they are numbers of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records.signal import Growth, Stage

LINE_WEEKS = 13
"""Weeks of the line: a quarter."""
ENOUGH_WEEKS = 4
"""Earlier whole weeks from which on an index is no longer called "learning": a month."""
PROVISIONAL_BELOW = 80
"""Per cent of the usual stream under which a number is provisional, `docs/design/weekly.md`."""
HIDDEN_BELOW = 50
"""Per cent of the usual stream under which there is no number at all."""


class DataState(StrEnum):
    """How far a brand's numbers of a week can be trusted."""

    OK = "ok"
    PROVISIONAL = "provisional"
    """Less than 80 % of the usual stream was seen: the number stands there and says so."""
    HIDDEN = "hidden"
    """Less than 50 % was seen: there is no number."""
    FIRST = "first"
    """The first week that was seen well: there is no earlier one to compare it with."""
    EMPTY = "empty"
    """Nothing was said, or nobody looked."""


class Part(StrEnum):
    """What the index is made of."""

    SENTIMENT = "sentiment"
    VOICE = "voice"
    CALM = "calm"


class RiskKind(StrEnum):
    """What a risk is."""

    INCIDENT = "incident"
    NARRATIVE = "narrative"
    BLIND = "blind"
    """A source that shows nothing, or a week of which too little was seen: then `Risk.coverage` is set."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % band, `low <= value <= high`."""

    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Change:
    """An index against an earlier week's."""

    before: int
    by: int
    """Now minus `before`."""
    certain: bool
    """True when it is a change: P(rise) or P(fall) above 95 %, and not zero. Else people read "no change"."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the index."""

    part: Part
    value: int
    """Net sentiment −100..100; share of voice in per cent; calm hours in per cent of those seen."""
    before: int | None
    """The week before."""
    usual: int
    """Median of the weeks that it is compared with."""
    weight: int
    """Per cent of the index; the weights of the parts that are known sum to 100."""
    points: int
    """Index points that it adds to 50."""


@dataclass(frozen=True, slots=True)
class LinePoint:
    """One week of the line."""

    week: str
    state: DataState
    index: Estimate | None


@dataclass(frozen=True, slots=True)
class WeekEvent:
    """A storm on the line: an incident that spread."""

    week: str
    at: datetime
    label: str
    stage: Stage
    """The worst it reached."""


@dataclass(frozen=True, slots=True)
class VoiceShare:
    """A brand's part of what is said of it and its rivals, in per cent."""

    brand: str
    share: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Theme:
    """One narrative of the week."""

    narrative_id: str
    label: str
    net: int
    """Net sentiment of what was said in it, −100..100."""
    mentions: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the usual stream was seen."""

    share: int
    """Per cent, mean over the hours of the week that have passed."""
    hours: int
    """Hours of the week that have passed."""
    blind: int
    """Hours in which less than 30 % was seen: no state was known."""
    longest_from: datetime | None = None
    """Start of the longest blind stretch."""
    longest: int = 0
    """Its hours."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """What the alarms were worth: incidents that paged, each counted once, drills apart."""

    pages: int
    needless: int
    """Somebody said "false alarm" or "not us"."""
    real: int
    """Acknowledged, and nobody said that it was needless."""
    unreviewed: int
    """Nobody acknowledged or judged it."""
    missed: int
    """Incidents that spread without a page. What nobody noticed at all cannot be counted."""
    promised: float
    """Needless pages a week that were promised: the budget of a brand, or the sum over brands."""
    drills: int = 0


@dataclass(frozen=True, slots=True)
class Response:
    """How soon somebody answered a page."""

    answered: int
    unanswered: int
    median_minutes: int | None
    longest_minutes: int | None


NO_ALARMS = Alarms(0, 0, 0, 0, 0, 0.0)
NO_RESPONSE = Response(0, 0, None, None)


class GoalName(StrEnum):
    """What a brand may set itself, `core.config.GoalsConfig`."""

    INDEX = "index"
    NEGATIVE_SHARE = "negative_share"
    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal, and whether it was reached; None when that is not known."""

    name: GoalName
    target: float
    """Index; per cent; minutes."""
    value: int | None
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Risk:
    """Something to watch in the week that comes."""

    kind: RiskKind
    brand: str
    """Empty for a blind source, and where it is the same for all brands."""
    label: str
    stage: Stage
    since: datetime
    seen: int | None = None
    """Independent negative mentions in an hour, when it was last looked at."""
    expected: int | None = None
    growth: Growth | None = None
    is_open: bool = True
    words: str = ""
    """What is known of it, as one sentence."""
    learning: bool = False
    """True for a narrative of which it is not known yet what is usual; `expected` is then None."""
    coverage: Coverage | None = None
    """How little of the week was seen, where that is the risk."""
