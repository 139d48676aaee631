"""What the models say of a text, and what it counts for."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.records.mention import Mention

Probabilities = tuple[float, float, float]
"""Of negative, neutral, positive."""


@dataclass(frozen=True, slots=True)
class Tone:
    """How a text is said, whatever it says: three probabilities, 0..1."""

    offensive: float
    irony: float
    anger: float


@dataclass(frozen=True, slots=True)
class Score:
    """What the models say of one text."""

    negative: float
    neutral: float
    positive: float
    signature: bytes = b""
    """Near-duplicate signature, compared by `models.copies`."""
    version: str = ""
    embedding: bytes = b""
    """Unit vector as signed bytes, one a dimension, scaled by 127 (`core.vectors`); empty when it was not
    asked for."""
    tone: Tone | None = None
    """None where it was not measured, or not asked for."""
    language: str = ""
    """ISO 639, two or three letters; empty where it is not known."""
    inclusion: float | None = None
    """In storm mode: the chance with which the mention was drawn to be read in full; None where that was
    certain."""
    skimmed: float | None = None
    """P(negative) as the fast path alone had it, of one that was drawn and read."""

    @property
    def unread(self) -> bool:
        """True while only the fast path has looked at the text."""
        return self.inclusion is not None and self.skimmed is None

    def towards(self, row: Probabilities | None) -> "Score":
        """Return the score with the sentiment towards a brand in the place of the text's, if there is one."""
        if row is None:
            return self
        negative, neutral, positive = row
        return replace(self, negative=negative, neutral=neutral, positive=positive)


@dataclass(frozen=True, slots=True)
class Scored:
    """A mention with its score."""

    mention: Mention
    score: Score


@dataclass(frozen=True, slots=True)
class Match:
    """One mention counted for one brand."""

    mention_id: str
    brand: str
    event_at: datetime
    weight: float = 1.0
    """Share of one independent voice that this copy counts for, 0..1."""
    cluster: str = ""
    """Id of its near-duplicate cluster: the id of the cluster's first mention."""
    copy_number: int = 1
    """1 for the first of its text, 27 for the 27th copy."""
    narrative: str = ""
    """Id of the narrative that it was counted for."""
    towards: Probabilities | None = None
    """What the text says of this brand, where it names others too; None: the score of the text counts."""
    ours: float | None = None
    """Probability that it is about this brand and no namesake; None where nobody taught that."""
    not_us: bool = False
    """True when it does not count for the brand (`core.relevance`): stored and listed apart."""
