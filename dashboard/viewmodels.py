"""What the views show: frozen values with everything computed and worded already.

Texts are plain text, never HTML: the templates escape them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
    learning: str
    """`learning, 14 h of 24`, empty once the brand has learned."""
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
    simulated: bool


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


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure with the line that puts it into proportion."""

    label: str
    value: str
    unit: str
    detail: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of "what happened"."""

    time: str
    stage: Stage | None
    blind: bool
    strong: str
    text: str


@dataclass(frozen=True, slots=True)
class EvidenceBar:
    """One contribution: where its bar starts and how long it is, as CSS percentages."""

    name: str
    value: str
    left: str
    width: str
    positive: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why it fired."""

    bars: tuple[EvidenceBar, ...]
    zero: str
    """Where the zero line stands, as a CSS percentage."""
    total: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One source over time."""

    source: str
    cells: tuple[int | None, ...]
    """Strength 0..100 in percent of the strongest cell; None while it was blind."""
    total: str
    blind: bool


@dataclass(frozen=True, slots=True)
class Heat:
    """Negative mentions by source and time."""

    rows: tuple[HeatRow, ...]
    start: str
    end: str
    note: str
    """What a cell counts and what time the cells cover."""
    first: str
    """Where it was first seen, as a sentence."""


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A mention as evidence."""

    time: str
    source: str
    author: str
    text: str
    copies: str
    url: str
    """Only http and https, else empty."""


@dataclass(frozen=True, slots=True)
class Story:
    """The head of an incident's page."""

    id: str
    number: str
    stage: Stage
    word: str
    brand: str
    label: str
    headline: str
    since: str
    blind: str
    owner: str
    urgent: bool
    """True while nobody has answered a page."""
    answerable: bool
    """False once it is closed or a verdict was given."""
    simulated: bool
    answered: Mapping[Action, str]


@dataclass(frozen=True, slots=True)
class Plot:
    """The big chart: a Vega-Lite specification and what it shows, in words."""

    spec: Mapping[str, Any]
    alt: str


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Everything on an incident's page."""

    story: Story
    figures: tuple[Figure, ...]
    plot: Plot | None
    evidence: Evidence
    heat: Heat
    happened: tuple[Happening, ...]
    zone: str
    first: tuple[QuoteRow, ...]
    playbook: tuple[str, ...]
    """Paragraphs."""


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident in the list."""

    id: str
    stage: Stage
    word: str
    label: str
    brand: str
    when: str
    answered: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Nothing can be shown: what is missing and what to do."""

    title: str
    text: str
    command: str = ""
