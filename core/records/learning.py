"""What people teach, and the versions of the model that come of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records.base import derive

LEARNED_BARS = "learned_bars"
"""Meta key under which the learner says, in sentences, how verdicts moved the bar of which brand."""


class Sentiment(StrEnum):
    """The three classes."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says a mention's sentiment is. The newest one of a mention counts."""

    mention_id: str
    label: Sentiment
    who: str
    at: datetime

    @property
    def id(self) -> str:
        """Derived, so that a repeated write is a no-op."""
        return derive("correction", self.mention_id, self.label, self.who, self.at.isoformat())


class ModelState(StrEnum):
    """Where a model version stands."""

    SHADOW = "shadow"
    """Learns beside the one in use and is measured; nobody sees its scores."""
    PROMOTED = "promoted"
    """In use. There is at most one; without one the shipped model is used as it is."""
    RETIRED = "retired"
    """Replaced or rolled back."""


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """What a workspace's model learned on top of the shipped one."""

    number: int
    """1, 2, 3 …; 0 is the shipped model without anything learned."""
    created_at: datetime
    state: ModelState
    base: str
    """Version of the shipped scorer that it stands on."""
    corrections: int = 0
    """Corrections it has learned."""
    measured: int = 0
    """Corrections that were predicted before they were learned (prequential)."""
    right: int = 0
    """How many of those it predicted rightly."""
    base_right: int = 0
    """How many of those the shipped model predicts rightly."""
    changed_at: datetime | None = None
    """When its state changed last."""
    changed_by: str = ""
    weights: bytes = b""
