"""How a mention counts for the platform, the same for what has just come and for what is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.records import BIN_SECONDS, Flag, Tallied, in_parts

LATEST = timedelta(hours=48)
"""What comes later than this after it was said is not heard: nobody's closed bins change then any more."""
UNHEARD = Flag.BACKFILL | Flag.DRILL
"""Imported history enters no window, and nobody really said what is part of a drill."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One match of a mention."""

    brand: str
    weight: float
    negative: float
    """P(negative) as it counts for the brand."""
    counts: bool = True
    """False where it is about a namesake."""


def is_heard(flags: Flag, event_at: datetime, seen_at: datetime) -> bool:
    """Tell whether a mention is part of what the platform says."""
    return not flags & UNHEARD and seen_at - event_at <= LATEST


def tallied(event_at: datetime, voices: Iterable[Voice]) -> Tallied | None:
    """Return what a mention adds, once, whatever the number of its brands; None where it counts for none."""
    every = sorted(voices, key=lambda voice: (not voice.counts, voice.brand))
    if not every or not every[0].counts:
        return None
    first = every[0]
    return Tallied(
        int(event_at.timestamp() // BIN_SECONDS) * BIN_SECONDS,
        tuple(voice.brand for voice in every),
        in_parts(first.weight),
        in_parts(first.weight * first.negative),
    )
