"""Storm mode: what was skimmed, what was read in full, and how sure the sums are."""

from dataclasses import dataclass
from datetime import datetime
from math import sqrt

NORMAL_95 = 1.96
"""Standard errors on either side of an estimate that hold it 19 times in 20."""


@dataclass(frozen=True, slots=True)
class Skimmed:
    """What the mentions of storm mode add to the stored sums of negatives, and how surely.

    Stored sums hold the fast path's reading where nobody read more. `correction` makes them the difference
    estimator: the sum over the sample of (full - fast) / chance, less what is stored of it already.
    Source: Särndal, Swensson and Wretman, Model Assisted Survey Sampling (1992), 6.3; the variance is that
    of Poisson sampling there (3.5).
    """

    unread: int = 0
    """Mentions that only the fast path has looked at."""
    read: int = 0
    """Mentions of the sample."""
    correction: float = 0.0
    variance: float = 0.0

    @property
    def band(self) -> float:
        """Half of the 95 % band around the corrected sum, in mentions."""
        return NORMAL_95 * sqrt(self.variance)


@dataclass(frozen=True, slots=True)
class Storm:
    """Storm mode as people are told of it."""

    unread: int
    """Mentions that wait to be read in full."""
    since: datetime | None = None
    """When it began; None when it is over."""
    share: float = 1.0
    """Share of the new texts that are read in full at once."""
    negatives: float = 0.0
    """Negative mentions since then, estimated."""
    band: float = 0.0
    """Half of the 95 % band around it."""
