"""What holds a brand at smouldering: copies of one text, three authors, no complaints, or a single burst."""

from core.records import Contribution
from models import fuse
from models.bands import exceeds
from models.bins import Hour

COPY_CAP = "copy campaign: one text gives most of it"
AUTHOR_CAP = "copy campaign: three authors give most of it"
MOOD_CAP = "hardly a complaint: many mentions, next to none of which reads as negative"
BURST_CAP = "a single burst: the rest of the hour is as usual"
_DOMINANT = 0.6
_LEAST_READ = 0.25
"""Mentions that read as negative, as a part of the sum of all chances, below which that sum tells of no
complaints: of a storm with 20 % of negative texts they are more than half of it."""
_COMPLAINTS = 5.0
"""Mentions that read as negative and are enough, whatever else is said."""
_UNSURE = 0.3
"""Mean chance from which the sum counts all the same: so is that of a language that the model cannot read."""


def campaign(hour: Hour, parts: tuple[Contribution, ...]) -> str:
    """Return which copies or authors give most of an hour, "" where none do."""
    cluster = hour.top_cluster_all if fuse.driven_by_volume(parts) else hour.top_cluster
    if max(cluster, hour.top_cluster) > _DOMINANT:
        return COPY_CAP
    return AUTHOR_CAP if hour.top_authors > _DOMINANT else ""


def attention(hour: Hour) -> str:
    """Return that an hour is loud and no complaint, "" where that is not so.

    Many mentions with P(negative) = .2 each add up to negatives, and not one of them is one: news that
    the whole market repeats, or copies of an advertisement.
    """
    few = hour.negatives < min(_COMPLAINTS, _LEAST_READ * hour.negative)
    return MOOD_CAP if few and hour.negative < _UNSURE * hour.mentions else ""


def sustained(hour: Hour, negative: tuple[float, float], every: tuple[float, float]) -> bool:
    """Return whether the hour stays unusual without its fullest bin.

    What is usual of negatives, and of mentions of any mood, is a mean with its dispersion kappa.
    """
    return exceeds(hour.independent_negative - hour.peak_bin_negative, *negative) or exceeds(
        hour.independent - hour.peak_bin, *every
    )
