"""Narratives: what is being said, as groups of mentions that mean the same."""

from dataclasses import dataclass
from datetime import datetime

from core.records.base import derive
from core.records.signal import Growth, Stage


@dataclass(frozen=True, slots=True)
class Narrative:
    """One thing that people say of a brand, and how it does now.

    Its id is `derive("narrative", brand, id of its first mention)`.
    """

    id: str
    brand: str
    label: str
    """What it is about, in people's own words."""
    born_at: datetime
    """Event time of its first mention."""
    last_at: datetime
    """Event time of its newest mention."""
    mentions: int = 0
    independent: float = 0.0
    """Sum of weights."""
    negative: float = 0.0
    """Sum of weight * P(negative)."""
    example: str = ""
    """Id of the mention nearest to its centre."""
    stage: Stage = Stage.CALM
    seen: float = 0.0
    """Independent negative mentions in the last hour."""
    expected: float = 0.0
    growth: Growth | None = None
    merged_into: str = ""
    """Id of the narrative that it became part of; empty while it stands for itself."""
    learning_since: datetime | None = None
    """Since when its brand's narratives have been followed, while that is too short to say what is usual
    of them; None once it is known."""
    split_from: str = ""
    """Id of the narrative that it was part of until its first mention; empty for one that began by itself."""
    split_off: tuple[str, ...] = ()
    """Ids of the newest narratives that were part of it before, the newest last."""

    @property
    def negative_share(self) -> float | None:
        """Return the negative share of its independent mentions, None without any."""
        return self.negative / self.independent if self.independent else None


@dataclass(frozen=True, slots=True)
class Merge:
    """Two narratives that turned out to be one. The older one stays."""

    narrative_id: str
    into_id: str
    brand: str
    at: datetime

    @property
    def id(self) -> str:
        """Derived: the same merge is written once."""
        return derive("merge", self.narrative_id, self.into_id)


@dataclass(frozen=True, slots=True)
class NarrativeBin:
    """What one narrative brought in one 5-minute bin."""

    narrative_id: str
    start: int
    """Seconds since the epoch, a multiple of `BIN_SECONDS`."""
    mentions: int = 0
    independent: float = 0.0
    negative: float = 0.0
    """Sum of weight * P(negative)."""
