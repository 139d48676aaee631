"""What the store gives to lists and charts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from core.records.learning import Sentiment
from core.records.mention import Mention
from core.records.score import Probabilities, Score

UNSURE: Final = "unsure"
"""Stands for a class where nobody said one and the model is not sure enough (`core.certainty`)."""
Word = Sentiment | Literal["unsure"]
"""What a mention is called."""


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A stored mention as one brand sees it: what lists show."""

    mention: Mention
    brand: str
    score: Score
    weight: float
    copy_number: int
    seq: int
    narrative: str = ""
    label: Sentiment | None = None
    """What a person said it is."""
    towards: Probabilities | None = None
    """What the text says of this brand, where it names others too."""
    ours: float | None = None
    """See `Match.ours`."""
    not_us: bool = False
    """See `Match.not_us`."""
    said_ours: bool | None = None
    """Whether a person said that it is about this brand; None when nobody did."""
    cluster: str = ""
    """See `Match.cluster`."""

    @property
    def felt(self) -> Score:
        """The score that counts for this brand."""
        return self.score.towards(self.towards)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which mentions a list shows; what is left empty does not matter."""

    brand: str = ""
    search: str = ""
    """Full text: words are AND-ed, quotes make a phrase."""
    since: datetime | None = None
    until: datetime | None = None
    """Event time, `since <= event_at < until`."""
    min_negative: float = 0.0
    """Least P(negative)."""
    source: str = ""
    narrative: str = ""
    """Id of a narrative; what was merged into it belongs to it."""
    sentiment: Word | None = None
    """The class that a person gave, else what `core.certainty.named` calls it."""
    angry: bool = False
    """Only those that are more likely angry than not."""
    offensive: bool = False
    """Only those that are more likely offensive than not."""
    not_us: bool | None = False
    """False: only what counts for its brand; True: only what is about a namesake; None: both."""


EVERYTHING = Selection()


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
