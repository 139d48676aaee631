"""What is shown of narratives: in lists, inside an incident, and one by itself."""

from dataclasses import dataclass

from dashboard.viewmodels.incident import Figure, Happening, Plot
from dashboard.viewmodels.live import Spark, StreamRow


@dataclass(frozen=True, slots=True)
class NarrativeLine:
    """One narrative in a list."""

    id: str
    label: str
    brand: str
    mark: str
    """Name of its sign and colour: its stage, or `learning`."""
    word: str
    seen: str
    """Independent negative mentions in the last hour."""
    expected: str
    growth: str
    mentions: str
    negative: str
    since: str
    learning: str
    """That it is only being learnt what is usual; empty once it is known."""
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
    split_from: Kin | None
    split_off: tuple[Kin, ...]
    life: tuple[Happening, ...]
    """What happened to it, the newest first."""


@dataclass(frozen=True, slots=True)
class RiseRow:
    """One part of a rise; the rest and the whole have no page and no state of their own."""

    part: str
    """Its part of the negative mentions, `46 %`."""
    width: str
    """Of its bar; empty without one."""
    negative: str
    mentions: str
    """All of them, copies included."""
    negative_share: str
    id: str = ""
    label: str = ""
    mark: str = ""
    """As in `NarrativeLine`."""
    word: str = ""
    life: str = ""
    """When it was born, was at its busiest, and faded."""


@dataclass(frozen=True, slots=True)
class Rise:
    """What a rise consists of, over one span of time."""

    note: str
    """The span."""
    rows: tuple[RiseRow, ...]
    """The largest narrative first, last what none of them explains."""
    total: RiseRow
