"""One bin as the estimators see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.topics import Code


@dataclass(slots=True)
class Seen:
    """One bin as the estimators see it; each fills in what the next ones read."""

    start: int = 0
    exposure: float = 1.0
    mentions: float = 0.0
    """Independent mentions of the bin."""
    negative: float = 0.0
    """Independent negatives of the bin: sum of weight * P(negative)."""
    planned: float = 1.0
    """How many times the usual volume is expected, because something is on."""
    lift: float = 1.0
    """The same, over the hour that ends with the bin."""
    speed: float = 1.0
    """How fast baselines learn: 0.1 during a storm."""
    expected: float = 0.0
    """Expected independent mentions, exposure and what is planned included."""
    expected_negative: float = 0.0
    dispersion: float = 0.1
    dispersion_negative: float = 0.1
    """kappa of the negative binomial: variance = mu + kappa mu^2."""
    hour_mentions: float = 0.0
    hour_negative: float = 0.0
    growth: float = 0.0
    """CUSUM of negatives."""
    share: float = 0.0
    """CUSUM of the negative share."""
    fused: float = 0.0
    """z of all evidence together."""
    pageable: float = 0.0
    """The same where everything else that a page needs is there, else 0."""
    authors: float = 0.0
    """Authors of the bin's negatives, where it can be told who is new; at most `bins.SKETCH`."""
    new_authors: float = 0.0
    """How many of them are."""
    places: Mapping[int, int] = field(default_factory=dict)
    """Cell of a source to negatives from there."""
    topics: Code = ()
    """Sum of the codes of the last hours' negatives, where the bin ends a clock hour."""
    topics_hour: Code = ()
    """The same of that hour alone."""
