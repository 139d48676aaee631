"""What the weekly page shows: one archived week, one of its brands as a sheet."""

from dataclasses import dataclass

from core.records import Stage
from dashboard.viewmodels.incident import Plot


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """An index against an earlier one: an arrow and a figure where it is certain, else words."""

    arrow: str
    by: str
    text: str
    """`on last week` behind the figure, or the whole sentence without one."""
    tone: str
    """`worse`, `better` or `same`; also its CSS class."""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of the index."""

    label: str
    value: str
    was: str


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """A brand's part of what is said."""

    brand: str
    share: str
    was: str
    size: int
    """Per cent, the length of its piece of the bar."""


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme as a bar from the middle."""

    label: str
    net: str
    mentions: str
    left: str
    width: str
    """Where the bar starts and how long it is, as CSS percentages."""
    negative: bool


@dataclass(frozen=True, slots=True)
class RiskRow:
    """Something to watch in the week that comes."""

    mark: str
    """Its stage, or `learning`; also its CSS class."""
    word: str
    label: str
    brand: str
    text: str


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as a sentence."""

    text: str
    reached: str
    """`yes`, `no` or `unknown`; also its CSS class."""


@dataclass(frozen=True, slots=True)
class BrandSheet:
    """One brand's week."""

    name: str
    headline: str
    value: str
    """The index; empty where there is none."""
    band: str
    mark: str
    """`Provisional` or `Learning`, empty when the number can be taken as it is."""
    changes: tuple[ChangeWords, ...]
    parts: tuple[PartRow, ...]
    plot: Plot | None
    weeks: str
    """`13 weeks`, over the line."""
    voices: tuple[VoiceRow, ...]
    voice: str
    themes: tuple[ThemeRow, ...]
    notes: tuple[str, ...]
    goals: tuple[GoalRow, ...]
    alarms: str
    response: str
    coverage: str


@dataclass(frozen=True, slots=True)
class BrandLine:
    """One brand among all of the week."""

    name: str
    value: str
    band: str
    change: ChangeWords
    stage: Stage
    word: str
    shown: bool
    """True for the one whose sheet stands above."""


@dataclass(frozen=True, slots=True)
class WeeklyPage:
    """An archived week."""

    week: str
    title: str
    made: str
    sent: str
    marking: str
    """What must not be taken for a whole, real week; empty when it is one."""
    sheet: BrandSheet | None
    """None when no brand was watched."""
    headline: str
    """About all brands; empty when there is but one."""
    brands: tuple[BrandLine, ...]
    risks: tuple[RiskRow, ...]
    no_risk: str


@dataclass(frozen=True, slots=True)
class WeeklyArchive:
    """Which weeks have a page, and what is shown when the one asked for has none."""

    weeks: tuple[str, ...]
    title: str = ""
    text: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A file of the archive."""

    name: str
    data: bytes
    mime: str
