"""What holds a brand at smouldering: copies of one text, three authors, no complaints, or a single burst."""

from core.records import Contribution
from models import fuse
from models.bands import exceeds
from models.bins import Hour

COPY_CAP = "copy campaign: one text gives most of it"
AUTHOR_CAP = "copy campaign: three authors give most of it"
MOOD_CAP = "attention: far more is said than usual, and hardly a third of it is negative"
BURST_CAP = "a single burst: the rest of the hour is as usual"
_DOMINANT = 0.6
_CROWD = 3.0
"""Times the usual mentions of an hour that make a crowd: below it, chance hides what came on top."""
COMPLAINING = 0.3
"""Mean P(negative) from which a crowd complains: that of everyday talk is 0.2, of a storm in which two of
five complain 0.4."""
FOREIGN = 0.2
"""Part of an hour in languages that may not be read well, from which nobody knows whether a crowd complains:
there complaints and everyday talk have a chance of 0.2 to 0.35 alike."""


def campaign(hour: Hour, parts: tuple[Contribution, ...]) -> str:
    """Return which copies or authors give most of an hour, "" where none do."""
    cluster = hour.top_cluster_all if fuse.driven_by_volume(parts) else hour.top_cluster
    if max(cluster, hour.top_cluster) > _DOMINANT:
        return COPY_CAP
    return AUTHOR_CAP if hour.top_authors > _DOMINANT else ""


def attention(hour: Hour, negative: float, every: float) -> str:
    """Return that a crowd came and does not complain, "" where that is not so, or where nobody can tell.

    `negative` and `every` are the independent negatives and mentions that are usual in the hour. Many
    mentions with P(negative) = .2 each add up to negatives, and few of them are one: a first day at the
    stock exchange, or copies of an advertisement.
    """
    if hour.independent <= _CROWD * every or hour.foreign > FOREIGN * hour.mentions:
        return ""
    came, complaints = hour.independent - every, hour.independent_negative - negative
    return MOOD_CAP if complaints < COMPLAINING * came else ""


def sustained(hour: Hour, negative: tuple[float, float], every: tuple[float, float]) -> bool:
    """Return whether the hour stays unusual without its fullest bin.

    What is usual of negatives, and of mentions of any mood, is a mean with its dispersion kappa.
    """
    return exceeds(hour.independent_negative - hour.peak_bin_negative, *negative) or exceeds(
        hour.independent - hour.peak_bin, *every
    )
