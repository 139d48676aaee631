"""What Sources shows."""

from dataclasses import dataclass

from core.records import Stage
from dashboard.viewmodels.live import Meter


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source."""

    key: str
    name: str
    kind: str
    stage: Stage | None
    """Whose glyph and colours its state wears: calm when seen, unknown when blind; None before it began."""
    word: str
    blind: bool
    """True when it shows nothing: its row is hatched."""
    why: str
    """What it said last, or what a person must do; empty while all is well."""
    answered: str
    item: str
    lag: str
    complete: str
    cells: tuple[str, ...]
    """Cells of the completeness meter, as CSS classes."""
    brought: str
    hours: tuple[int, ...]
    """Height of each of the last 24 hours, in percent of its highest."""
    rejected: str
    deleted: str


@dataclass(frozen=True, slots=True)
class MixPart:
    """A source's part of what a brand usually gets."""

    source: str
    share: str
    size: float
    """Per cent, the length of its piece."""
    blind: bool


@dataclass(frozen=True, slots=True)
class BrandMix:
    """Where a brand's mentions usually come from."""

    brand: str
    parts: tuple[MixPart, ...]
    seen: str
    """How much of it is seen now, or that a demo's clock still catches up."""
    blind: bool


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Everything on Sources but the trial of a query."""

    meter: Meter
    needs_person: str
    """`1 needs a person`, empty when none does."""
    brought: str
    rows: tuple[SourceRow, ...]
    mixes: tuple[BrandMix, ...]
    span: str
    """Over which time the usual stream was measured."""
    empty: str
    command: str


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A stored mention that a query finds."""

    time: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class QueryTrial:
    """What a query would find, or where its mistake is."""

    busy: str
    """Says that the answer is still to come; empty once it is there."""
    query: str = ""
    found: str = ""
    samples: tuple[SampleRow, ...] = ()
    error: str = ""
    before: str = ""
    at: str = ""
    """The word at which the mistake is."""
    after: str = ""
