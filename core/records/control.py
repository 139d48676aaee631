"""The brands that one is compared with, and what that comparison says: is it just us?"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other brands of the workspace that a brand is compared with."""

    rivals: tuple[str, ...] = ()
    """Those that its configuration names as rivals."""
    others: tuple[str, ...] = ()
    """Some of the rest: together with the rivals they stand for the platform."""

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
