"""What holds a brand at smouldering: copies of one text, three authors, or a single burst."""

from core.records import Contribution
from models import fuse
from models.bands import exceeds
from models.bins import Hour

COPY_CAP = "copy campaign: one text gives most of it"
AUTHOR_CAP = "copy campaign: three authors give most of it"
BURST_CAP = "a single burst: the rest of the hour is as usual"
_DOMINANT = 0.6


def campaign(hour: Hour, parts: tuple[Contribution, ...]) -> str:
    """Return which copies or authors give most of an hour, "" where none do."""
    of_any_mood = fuse.driven_by_volume(parts) or _hardly_negative(hour)
    cluster = hour.top_cluster_all if of_any_mood else hour.top_cluster
    if max(cluster, hour.top_cluster) > _DOMINANT:
        return COPY_CAP
    return AUTHOR_CAP if hour.top_authors > _DOMINANT else ""


def _hardly_negative(hour: Hour) -> bool:
    """True when most of the hour's negative sum comes from mentions that don't read as negative.

    Many copies of a text with P(negative) = .27 add up, and not one of them is among the negatives.
    """
    return hour.negatives < 0.5 * hour.negative


def sustained(hour: Hour, negative: tuple[float, float], every: tuple[float, float]) -> bool:
    """Return whether the hour stays unusual without its fullest bin.

    What is usual of negatives, and of mentions of any mood, is a mean with its dispersion kappa.
    """
    return exceeds(hour.independent_negative - hour.peak_bin_negative, *negative) or exceeds(
        hour.independent - hour.peak_bin, *every
    )
