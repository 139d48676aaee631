"""Pooled priors: how brands of a size usually behave, until a brand has two weeks of its own.

The numbers stand in `detection.json`, made by `training/priors.py`; the file
names its script, data, licence and seed.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.codec import loads


@dataclass(frozen=True, slots=True)
class TailPrior:
    """Level exceeded by one calm bin in a hundred, and the mean excess above it."""

    level: float
    excess: float


@dataclass(frozen=True, slots=True)
class RunsPrior:
    """Runs of calm bins that could page: how many a week, and the mean square of their highest figures."""

    per_week: float
    square: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """Brands of one size; volume tails are relative to log(1 + usual hour)."""

    up_to: float
    """Largest mean of mentions per hour; infinity for the last bucket."""
    kappa: float
    kappa_negative: float
    growth: TailPrior
    negative: TailPrior
    all: TailPrior
    fused: RunsPrior


@dataclass(frozen=True, slots=True)
class Priors:
    """What is known of a brand before it has said anything."""

    mentions_per_hour: float
    negative_share: float
    hours: tuple[float, ...]
    """24 factors around 1, UTC."""
    days: tuple[float, ...]
    """7 factors around 1, Monday first."""
    threshold: float
    """Evidence that keeps half a needless page per brand-week on the calibration streams."""
    per_decade: float
    """Evidence by which the threshold has to rise there for a tenth of the needless pages."""
    buckets: tuple[Bucket, ...]

    def bucket(self, mentions_per_hour: float) -> Bucket:
        """Return the bucket for a brand of this size."""
        for each in self.buckets:
            if mentions_per_hour <= each.up_to:
                return each
        return self.buckets[-1]


@cache
def load_priors() -> Priors:
    """Return the shipped priors."""
    text = files(__name__).joinpath("detection.json").read_text("utf-8")
    return loads(Priors, json.dumps(json.loads(text)["priors"]))
