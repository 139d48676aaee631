"""What the store gives to lists and charts."""

from dataclasses import dataclass

from core.records.mention import Mention
from core.records.score import Score


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A stored mention as one brand sees it: what lists show."""

    mention: Mention
    brand: str
    score: Score
    weight: float
    copy_number: int
    seq: int


@dataclass(frozen=True, slots=True)
class Rollup:
    """Sums over one minute of one brand and source."""

    brand: str
    source: str
    minute: int
    """Seconds since the epoch, a multiple of 60."""
    mentions: int = 0
    negative: float = 0.0
    neutral: float = 0.0
    positive: float = 0.0
    independent: float = 0.0
    independent_negative: float = 0.0


@dataclass(frozen=True, slots=True)
class BrandTotal:
    """All that a workspace holds of one brand."""

    brand: str
    mentions: int
    negative_share: float | None
