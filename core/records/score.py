"""What the models say of a text, and what it counts for."""

from dataclasses import dataclass
from datetime import datetime

from core.records.mention import Mention


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
