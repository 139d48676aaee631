"""How fast the model in use may change without a person, and how often a replay looks."""

from datetime import datetime, timedelta

from core.clock import from_seconds

BETWEEN = timedelta(days=1)
"""The version in use changes at most daily by itself: each change moves what is usual for a brand."""
LARGEST_STEP = 1.6
"""Largest ratio of mean P(negative) between two versions that is taken without a person. Detection took a
step of 1.6 for a storm in none of 16 runs, one of 2 in 9 of 16, `docs/design/language.md`."""
RECENT = timedelta(hours=48)
"""How far back stored mentions are scored again: as far as detection looks."""
TICK_SECONDS = 60
"""Looks fall on whole minutes of event time, so that they never depend on how rows were batched."""


def next_tick(after: datetime) -> datetime:
    """Return the first whole minute after `after`."""
    return from_seconds((int(after.timestamp()) // TICK_SECONDS + 1) * TICK_SECONDS)
