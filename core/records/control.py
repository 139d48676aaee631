"""The brands that one is compared with, and what that comparison says: is it just us?"""

from dataclasses import dataclass
from datetime import datetime

_PARTS = 1 << 20


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other brands of the workspace that a brand is compared with."""

    rivals: tuple[str, ...] = ()
    """Those that its configuration names as rivals."""
    others: tuple[str, ...] = ()
    """The rest, where they are few: together with the rivals they stand for the platform."""
    platform: bool = False
    """True where the rest are many, and are heard together, in groups."""

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, rivals first."""
        return (*self.rivals, *self.others)


@dataclass(frozen=True, slots=True)
class Control:
    """What the neighbours did in the hour that a signal is about."""

    neighbours: Neighbours
    rivals: int = 0
    """How many of the rivals were heard enough to compare with."""
    rivals_rose: tuple[str, ...] = ()
    """Those of them whose negatives surely stand above their usual."""
    others: int = 0
    """The same of other brands, or of groups of them."""
    others_rose: tuple[str, ...] = ()
    factor: float = 1.0
    """By how much the negatives of the neighbours rose, at least, in common."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A stored mention that counts for a neighbour and not for the brand itself."""

    seq: int
    """In which order it was counted."""
    brand: str
    event_at: datetime
    seen_at: datetime
    weight: float
    negative: float
    """P(negative) as it counts for the neighbour."""
    backfill: bool = False
    """Imported history, which enters no window."""


@dataclass(frozen=True, slots=True)
class Tallied:
    """What was said of the same brands in one bin, each mention counted once."""

    start: int
    """Start of the bin, in seconds since the epoch."""
    brands: tuple[str, ...]
    """All that were matched. It counts as it does for the first: the first by name for which it counts."""
    mentions: int
    """Independent mentions, in parts of 2^-20."""
    negatives: int
    """Independent negatives, likewise."""


def in_parts(value: float) -> int:
    """Return a value that is not negative in parts of 2^-20, halves rounded up, as databases can do."""
    return int(value * _PARTS + 0.5)


def from_parts(parts: int) -> float:
    """Return the value of so many parts; exact up to 2^33."""
    return parts / _PARTS
