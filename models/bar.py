"""The evidence at which a brand pages, and the budget of needless pages that it comes from."""

from math import log10

from models.priors import Priors

SHIPPED_BUDGET = 0.5
"""Needless pages a brand and week for which the priors' threshold was measured."""
_LOWEST, _HIGHEST = 2.5, 8.0


def threshold(priors: Priors, needless_pages_per_week: float) -> float:
    """Return the evidence at which a brand pages, for a budget of needless pages."""
    if needless_pages_per_week <= 0.0:
        raise ValueError("needless_pages_per_week must be above 0: a detector that never errs never speaks")
    moved = priors.threshold + priors.per_decade * log10(SHIPPED_BUDGET / needless_pages_per_week)
    return min(_HIGHEST, max(_LOWEST, moved))


def moved_budget(priors: Priors, needless_pages_per_week: float, higher: float) -> float:
    """Return the budget that puts the bar `higher` than `needless_pages_per_week` does."""
    return float(needless_pages_per_week * 10.0 ** (-higher / priors.per_decade))
