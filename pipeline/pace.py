"""How fast the model in use may change without a person."""

from datetime import timedelta

BETWEEN = timedelta(days=1)
"""The version in use changes at most daily by itself: each change moves what is usual for a brand."""
LARGEST_STEP = 1.6
"""Largest ratio of mean P(negative) between two versions that is taken without a person. Detection took a
step of 1.6 for a storm in none of 16 runs, one of 2 in 9 of 16, `docs/design/language.md`."""
RECENT = timedelta(hours=48)
"""How far back stored mentions are scored again: as far as detection looks."""
