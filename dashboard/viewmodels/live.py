"""What Live shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.records import Action, Stage


class Sight(StrEnum):
    """Whether a source is seen; also the CSS class of its cell in a meter."""

    SEEN = "seen"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Meter:
    """The sources as a row of cells, and what they mean in words."""

    cells: tuple[Sight, ...]
    words: str
    """`5 of 6 sources seen`."""
    blind: str
    """`Reddit blind since 14:05`, empty when all are seen."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The line on top of Live: fresh, complete, and who would be told."""

    word: str
    """`Live`, `Demo`, `Replay` or `Not running`."""
    fresh: bool
    seeing: bool
    """True while the main process lives and at least one brand can be seen."""
    updated: str
    notice: str
    """What else must be known: simulated, catching up, not running; empty when nothing."""
    meter: Meter
    pages: str
    false_alarms: str
    duty: str
    """Who is told, as names; empty when nobody is."""


@dataclass(frozen=True, slots=True)
class SourceReason:
    """A source and why it is not seen."""

    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why sources are not seen; without rows when all are."""

    rows: tuple[SourceReason, ...]
    more: str
    """`and 3 more`, empty when all are told."""


@dataclass(frozen=True, slots=True)
class Spark:
    """A brand's six hours as CSS polygons, each the argument of `clip-path: polygon(...)`."""

    band: str
    expected: str
    seen: str
    excess: str
    gaps: tuple[tuple[str, str], ...]
    """Left edge and width of every blind span, as CSS percentages."""
    dot: tuple[str, str] | None
    """Left and top of the newest point; None when the brand is blind now."""
    planned: tuple[tuple[str, str], ...] = ()
    """Left edge and width of every stretch in which an event was planned."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One brand."""

    key: str
    """Stable and safe as a widget key."""
    brand: str
    stage: Stage
    word: str
    sure: str
    """`97 % sure`, empty while that is unknown."""
    outside: str
    """Where the count lies, if it lies outside its band although the brand is calm; else empty."""
    learning: str
    """`learning, 14 h of 24`, empty once the brand has learned."""
    planned: str
    """`6x the usual expected: launch`, empty while nothing is planned."""
    seen: str
    expected: str
    spark: Spark | None
    growth_label: str
    growth: str
    growth_range: str
    share: str
    usual: str
    would_catch: str
    coverage: str
    meter: Meter
    incident_id: str
    """Of its open incident, else empty."""


@dataclass(frozen=True, slots=True)
class Banner:
    """One open incident on Live."""

    id: str
    stage: Stage
    word: str
    brand: str
    since: str
    owner: str
    label: str
    seen: str
    expected: str
    growth: str
    belief: str
    third_label: str
    third: str
    answered: Mapping[Action, str]
    """What was answered, by whom and when, in words."""
    answerable: bool
    """False once a verdict was given."""
    simulated: str
    """`simulated`, `drill`, or nothing."""


@dataclass(frozen=True, slots=True)
class Calm:
    """A line where incidents would stand."""

    text: str
    stage: Stage | None = None
    """Whose glyph it carries: calm only when every brand is seen."""


@dataclass(frozen=True, slots=True)
class OpenIncidents:
    """The open incidents of Live, or why there is none."""

    banners: tuple[Banner, ...]
    more: int
    """How many are open beyond those shown."""
    calm: Calm
    """What to read in the time without incidents."""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One mention as it streams in."""

    time: str
    source: str
    author: str
    tone: str
    """`negative`, `neutral`, `positive` or `unsure`; also its CSS class."""
    doubt: str
    """Why it is unsure, as a sentence; else empty."""
    mark: str
    """How it is said, `angry`; mostly empty."""
    probability: str
    width: str
    """Of the bar, as a CSS percentage."""
    text: str
    counts: str
    note: str
    brands: str
    simulated: bool
    faint: bool
    """Counts for nothing, so it is written in grey."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The newest mentions."""

    rows: tuple[StreamRow, ...]
    rate: str
    empty: str
    """What to read when there is none."""
