"""One figure from all evidence: a weighted sum whose signs are fixed.

The coefficients are priors, the same for every brand: evidence may only raise the
figure, copies may only lower it. Decades of the three calibrated statistics
overlap (one storm moves all of them), so each counts for less than ln 10 = 2.3
log-odds. Volume alone counts least: an attentive but friendly crowd also has it.
"""

from dataclasses import dataclass
from math import log2

from core.records import Contribution
from models.bins import Hour

_GROWTH, _SHIFT, _NEGATIVE, _ALL = 0.5, 6.0, 0.2, 0.25
_ACCELERATION, _SOURCES, _COPIES = 0.3, 0.3, -0.5
_NEWCOMERS, _MIX, _TOPICS = 0.1, 0.1, 0.1
ONE_IN_A_HUNDRED, _MOST_DEVIATIONS = 2.33, 3.0
"""Standard deviations from which on a crowd that is new, or from elsewhere, says something, and after how
many more it says nothing further: like the decades, noise below one in a hundred counts for nothing."""
_MOST_SHIFT = 4.0
"""Standard deviations of the share beyond which it says nothing further."""
_MOST_DECADES = 10.0
"""An exponential tail is not believed beyond this."""
GROWTH, SHIFT, NEGATIVE, ALL = "growth of negatives", "shift to negative", "negative volume", "all volume"
ACCELERATION, SOURCES, COPIES = "acceleration", "sources joining", "copies among mentions"
NEWCOMERS, MIX, TOPICS = "new authors", "mix of sources", "mix of topics"
COMMON = "rising elsewhere too"
_OF_NEGATIVES = frozenset({GROWTH, SHIFT, NEGATIVE, ACCELERATION})
"""Evidence that a rise of everybody's negatives gives as well; where they come from and who writes them is
the brand's own."""


@dataclass(frozen=True, slots=True)
class Decades:
    """Powers of ten beyond the one-in-a-hundred level of each calibrated statistic."""

    growth: float
    negative: float
    all: float

    @property
    def quiet(self) -> bool:
        """True when nothing is unusual; then there is nothing to fuse."""
        return self.growth <= 0.0 and self.negative <= 0.0 and self.all <= 0.0


def contributions(
    decades: Decades,
    shift: float,
    per_hour: float,
    sources: int,
    amplification: float,
    newcomers: float = 0.0,
    mix: float = 0.0,
    topics: float = 0.0,
) -> tuple[Contribution, ...]:
    """Return each piece of evidence in log-odds.

    `shift` is by how many standard deviations the negative share exceeds the usual (`models.share`),
    `per_hour` the growth rate of the excess, `amplification` raw over independent mentions, `newcomers`,
    `mix` and `topics` by how many standard deviations new authors and the mixes of sources and of topics
    exceed the usual.
    """
    # Faster than doubling four times an hour, or more than three sources, says nothing further.
    pace = min(2.0, log2(1.0 + max(0.0, per_hour) / 0.7))
    return (
        Contribution(GROWTH, _GROWTH * min(_MOST_DECADES, decades.growth)),
        Contribution(SHIFT, _SHIFT * min(_MOST_SHIFT, shift)),
        Contribution(NEGATIVE, _NEGATIVE * min(_MOST_DECADES, decades.negative)),
        Contribution(ALL, _ALL * min(_MOST_DECADES, decades.all)),
        Contribution(ACCELERATION, _ACCELERATION * pace),
        Contribution(SOURCES, _SOURCES * min(3, max(0, sources - 1))),
        Contribution(NEWCOMERS, _NEWCOMERS * _beyond(newcomers)),
        Contribution(MIX, _MIX * _beyond(mix)),
        of_topics(topics),
        Contribution(COPIES, _COPIES * min(4.0, log2(max(1.0, amplification)))),
    )


def of_topics(deviations: float) -> Contribution:
    """Return what another mix of topics says, so many standard deviations from the usual one."""
    return Contribution(TOPICS, _TOPICS * _beyond(deviations))


def common(parts: tuple[Contribution, ...], negatives: float, mentions: float) -> tuple[Contribution, ...]:
    """Return what speaks against an alarm because others rise too; nothing where they do not.

    `negatives` and `mentions` are the parts, 0..1, of the brand's own rise that it has in common with them.
    """
    less = negatives * sum(part.value for part in parts if part.name in _OF_NEGATIVES)
    less += mentions * sum(part.value for part in parts if part.name == ALL)
    return (Contribution(COMMON, -less),) if less > 0.0 else ()


def _beyond(deviations: float) -> float:
    return min(_MOST_DEVIATIONS, max(0.0, deviations - ONE_IN_A_HUNDRED))


def fused(parts: tuple[Contribution, ...]) -> float:
    """Return z, the sum of the evidence, never below zero."""
    return max(0.0, sum(part.value for part in parts))


def amplification(hour: Hour) -> float:
    """Return raw over independent mentions, of negatives where there are any, at least 1."""
    if hour.independent_negative > 0.0:
        return max(1.0, hour.negative / hour.independent_negative)
    return max(1.0, hour.mentions / hour.independent) if hour.independent > 0.0 else 1.0


def driven_by_volume(parts: tuple[Contribution, ...]) -> bool:
    """True when more than half of what speaks for an alarm is volume of any mood."""
    positive = sum(part.value for part in parts if part.value > 0.0)
    volume = sum(part.value for part in parts if part.name == ALL)
    return volume > 0.5 * positive
