"""What the replay of an archive came to, as it is kept between two runs."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page that somebody would have had."""

    brand: str
    at: datetime
    stage: str
    label: str


@dataclass(frozen=True, slots=True)
class Risen:
    """An incident, paged or not."""

    brand: str
    started_at: datetime
    opened_at: datetime
    peak_stage: str
    label: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the replay of one archive came to."""

    pages: tuple[Page, ...]
    incidents: tuple[Risen, ...]
    brand_weeks: float
    """From each brand's first mention to its last, added up."""
