"""What people teach, and the versions of the model that come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records.base import derive

LEARNED_BARS = "learned_bars"
"""Meta key under which the learner says, in sentences, how verdicts moved the bar of which brand."""
MODEL_DRIFT = "model_drift"
"""Meta key under which the learner keeps the `Drift` of the model in use as JSON; "" when there is none."""
TEXT_DRIFT = "text_drift"
"""Meta key under which the learner keeps what changed in the texts: a tuple of `TextDrift` as JSON."""
CLASS_SHARES = "class_shares"
"""Meta key under which the learner keeps the `ClassShares` in use as JSON; "" while none were counted."""
PROMOTION_WAITS = "promotion_waits"
"""Meta key under which the learner says, in a sentence, why it leaves promoting to a person; "" if not."""


RELEVANCE = "relevance"
"""Meta key under which the learner keeps what it knows of namesakes: a tuple of `Relevance` as JSON."""


class Sentiment(StrEnum):
    """The three classes."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says a mention's sentiment is. The newest one of a mention is in force."""

    mention_id: str
    label: Sentiment | None
    """None withdraws what was said before."""
    who: str
    at: datetime

    @property
    def id(self) -> str:
        """Derived, so that a repeated write is a no-op."""
        return derive("correction", self.mention_id, self.label or "", self.who, self.at.isoformat())


@dataclass(frozen=True, slots=True)
class RelevanceLabel:
    """Whether a person says that a mention is about a brand. The newest one of the two is in force."""

    mention_id: str
    brand: str
    ours: bool | None
    """False: about a namesake. None withdraws what was said before."""
    who: str
    at: datetime

    @property
    def id(self) -> str:
        """Derived, so that a repeated write is a no-op."""
        said = "" if self.ours is None else str(self.ours)
        return derive("relevance", self.mention_id, self.brand, said, self.who, self.at.isoformat())


@dataclass(frozen=True, slots=True)
class Relevance:
    """What is known of a brand's namesakes, and how well it was told apart when people answered."""

    brand: str
    ours: int = 0
    """Examples of the brand, from the configuration and from people."""
    not_ours: int = 0
    """Examples of namesakes, those from verdicts on incidents among them."""
    answers: int = 0
    """Answers that were predicted before they were learned (prequential)."""
    hidden: int = 0
    """How many of those it would have hidden as not us."""
    hidden_rightly: int = 0
    """How many of the hidden were said to be not us."""
    said_not_us: int = 0
    """How many of all were said to be not us."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Labels in a row, and how the model in use had read those mentions before."""

    labels: int
    wrong: int
    expected: float
    """How many its own probabilities led to expect wrong: the sum of one minus the largest of each."""

    @property
    def excess(self) -> float:
        """Share that was wrong beyond what was expected, -1 to 1."""
        return (self.wrong - self.expected) / self.labels


@dataclass(frozen=True, slots=True)
class Drift:
    """Since when the model in use is wrong more often than before."""

    since: datetime
    """When the first of the labels `now` was given."""
    before: Stretch
    now: Stretch


class Trait(StrEnum):
    """What of the texts is watched without labels, each a mean over mentions between 0 and 1."""

    UNSURE = "unsure"
    """Whether the reading is called unsure (`core.certainty`)."""
    DOUBT = "doubt"
    """One minus the largest probability."""
    APART = "apart"
    """Whether it was near to no narrative, and so began one."""
    LANGUAGE = "language"
    """Whether it is in another language than English, as far as that is known."""


@dataclass(frozen=True, slots=True)
class TextDrift:
    """Since when the texts differ from those before. It says nothing of right and wrong."""

    trait: Trait
    since: datetime
    """Event time of the first mention that counts as now."""
    before: float
    now: float
    mentions: int
    """Distinct texts since then."""


@dataclass(frozen=True, slots=True)
class ClassShares:
    """How common the classes are in a workspace, counted without labels; the three add up to 1."""

    negative: float
    neutral: float
    positive: float
    mentions: int
    """Distinct texts that they were counted from."""


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
    stands_on: int = 0
    """Number of the version whose weights it began from, 0 for what ships."""
    learned: tuple[int, ...] | None = None
    """Positions of the corrections that it learned on top of that one, in their order; None where that was
    not recorded, as in a version that began under a former schema."""


def lineage(version: ModelVersion | None, known: Mapping[int, ModelVersion]) -> list[ModelVersion]:
    """Return a version and those that it stands on, the youngest first, as far as their lessons are recorded.

    `known` are the versions that are kept, by number.
    """
    found: list[ModelVersion] = []
    while version is not None and version.learned is not None:
        found.append(version)
        version = known.get(version.stands_on)
    return found


def lessons(version: ModelVersion | None, known: Mapping[int, ModelVersion]) -> set[int]:
    """Return the positions of all corrections that are known to be in a version."""
    return {position for each in lineage(version, known) for position in each.learned or ()}
