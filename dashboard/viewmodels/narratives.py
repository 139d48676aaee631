"""What is shown of narratives: in lists, inside an incident, and one by itself."""

from dataclasses import dataclass

from core.records import Stage
from dashboard.viewmodels.incident import Figure, Plot
from dashboard.viewmodels.live import Spark, StreamRow


@dataclass(frozen=True, slots=True)
class NarrativeLine:
    """One narrative in a list."""

    id: str
    label: str
    brand: str
    stage: Stage
    word: str
    seen: str
    """Independent negative mentions in the last hour."""
    expected: str
    growth: str
    mentions: str
    negative: str
    since: str
    share: str
    """Its part of a rise, empty outside an incident."""
    spark: Spark | None


@dataclass(frozen=True, slots=True)
class NarrativeList:
    """Narratives, the riskiest first."""

    lines: tuple[NarrativeLine, ...]
    note: str
    """How many there are of which time, and how many of them rise."""
    empty: str


@dataclass(frozen=True, slots=True)
class Kin:
    """A narrative that became part of another."""

    id: str
    label: str
    text: str
    """What happened."""


@dataclass(frozen=True, slots=True)
class NarrativePage:
    """Everything on a narrative's page."""

    line: NarrativeLine
    note: str
    """Fresh and complete, or not."""
    blind: str
    figures: tuple[Figure, ...]
    plot: Plot | None
    span: str
    """What the chart covers, as words."""
    examples: tuple[StreamRow, ...]
    became: Kin | None
    absorbed: tuple[Kin, ...]
