"""What Mentions shows: filters, a list that can be corrected, and its file."""

from dataclasses import dataclass
from datetime import datetime

from core.records import Sentiment
from dashboard.viewmodels.live import StreamRow


@dataclass(frozen=True, slots=True)
class NarrativeChoice:
    """A narrative as a filter."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    brands: tuple[str, ...]
    sources: tuple[str, ...]
    """Keys, as the store has them."""
    narratives: tuple[NarrativeChoice, ...]


@dataclass(frozen=True, slots=True)
class MentionLine:
    """One mention of the list, with what was said of it."""

    id: str
    row: StreamRow
    said: Sentiment | None
    said_words: str
    """`you said: negative`, with what came of it; empty when nobody said anything."""
    withdraws: bool
    """True when pressing the chosen label again withdraws it; otherwise that gives it again."""
    correctable: bool
    """False where no text is left to judge."""
    brand: str
    """The brand that it may be about; empty where the line stands for several."""
    said_ours: bool | None
    """Whether a person said that it is about the brand."""
    ours_words: str
    """`not us, 0.12`, or what a person said of that; empty when it counts and nobody said anything."""
    narrative: str
    """Label of its narrative, empty when it is not known."""
    url: str
    """Only http and https, else empty."""
    marks: tuple[str, ...]
    """`simulated`, `DRILL`, `edited`, `deleted`."""
    full: str
    """The whole text, up to a bound."""
    details: tuple[tuple[str, str], ...]
    """Name and value, for whoever wants to know more."""


@dataclass(frozen=True, slots=True)
class MentionList:
    """The mentions that the filters select."""

    lines: tuple[MentionLine, ...]
    empty: str
    """What to read, and to do, when there is none."""
    more: bool
    """True when older ones may follow."""
    oldest: str
    """Time of the last one, in words; empty without any."""
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionList:
    """The mentions that are worth a person's judgement."""

    lines: tuple[MentionLine, ...]
    note: str
    """How many, or how many were judged."""
    why: str
    """Why these."""


@dataclass(frozen=True, slots=True)
class MentionsHead:
    """How fresh and how complete the list is."""

    fresh: str
    """`as of 14:32:39`."""
    newer: str
    """`12 newer`, empty when there is none."""
    seen: str
    """`5 of 6 sources seen`."""
    blind: str
