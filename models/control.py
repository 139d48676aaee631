"""Is it just us? What of a rise the brand shares with its neighbours, as a difference in differences.

Each neighbour's hour is set against a day of its own, in logarithms: that is what happened there
anyway. The brand's rise beyond that is its own (Card and Krueger 1994, AER 84:772, for the idea). The lower
median over the neighbours decides, so that the storm of one rival among several is nobody else's excuse,
and one standard error is taken off. Evidence is lowered by the common part of the rise and by no more: what
rises twenty-fold where others rise two-fold keeps three quarters of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from core.records import Control, Neighbours
from models.baseline import Baseline, weekday
from models.beside import Heard, usual_day
from models.bins import Hour
from models.windows import HOUR_BINS, Windows

_SURE = 1.645
"""Standard errors above its usual from which on a neighbour is said to have risen: 19 times in 20."""
_LEAST_DAY = 12.0
"""Hours of the usual day that must have been seen."""
_LEAST_OTHERS = 3
"""Brands other than rivals from which on their median says something of the platform."""


@dataclass(frozen=True, slots=True)
class Shared:
    """How much of the brand's rise others have too, 0..1 of its logarithm, and who they are."""

    negatives: float = 0.0
    mentions: float = 0.0
    control: Control | None = None


ALONE = Shared()
NO_NEIGHBOURS = Neighbours()


@dataclass(frozen=True, slots=True)
class Own:
    """The brand's own hour, with the independent negatives and mentions that are usual."""

    hour: Hour
    usual_negatives: float
    usual_mentions: float


def shared(
    windows: Windows, neighbours: Neighbours, own: Own, start: int, baseline: Baseline, exposure: float
) -> Shared:
    """Return what of the hour that ends with the bin at `start` is common to the brand and its neighbours."""
    if not neighbours.names:
        return ALONE
    hours = _hours_seen(windows, start) if windows.beside.bins else 0.0
    if hours < _LEAST_DAY:
        return Shared(control=Control(neighbours))
    heard = {name: windows.beside.heard(name, start) for name in neighbours.names}
    kept = _Groups(
        neighbours,
        [heard[name] for name in neighbours.rivals if heard[name].known],
        [heard[name] for name in neighbours.others if heard[name].known],
    )
    # The brand's own season stands for that of its neighbours: they are talked of in the same places.
    usual = exposure * baseline.factor(start) / (hours * baseline.season.day_factors()[weekday(start)])
    common = kept.common(1, usual, baseline.negative.hour_kappa)
    volume = kept.common(0, usual, baseline.all.hour_kappa)
    return Shared(
        _part(common, rise(own.hour.independent_negative, own.usual_negatives)),
        _part(volume, rise(own.hour.independent, own.usual_mentions)),
        kept.control(usual, baseline.negative.hour_kappa, exp(common)),
    )


@dataclass(frozen=True, slots=True)
class _Groups:
    neighbours: Neighbours
    rivals: list[Heard]
    others: list[Heard]

    def common(self, channel: int, usual: float, kappa: float) -> float:
        """Return the logarithm of the rise that the neighbours have in common, 0 for none."""
        found = _common(self.rivals, channel, usual, kappa)
        everybody = [*self.rivals, *self.others]
        if len(everybody) < _LEAST_OTHERS:
            return found
        return max(found, _common(everybody, channel, usual, kappa))

    def control(self, usual: float, kappa: float, factor: float) -> Control:
        return Control(
            self.neighbours,
            len(self.rivals),
            _rose(self.rivals, usual, kappa),
            len(self.others),
            _rose(self.others, usual, kappa),
            factor,
        )


def _common(group: Sequence[Heard], channel: int, usual: float, kappa: float) -> float:
    """Return the lower median of the logarithms by which a group rose, less one standard error.

    `usual` turns the sum of a day into what the hour leads to expect, `kappa` is the dispersion of an hour.
    """
    if not group:
        return 0.0
    rises = sorted(_rise(each, channel, usual) for each in group)
    return max(0.0, rises[(len(rises) - 1) // 2] - _error(group, channel, kappa))


def _rise(heard: Heard, channel: int, usual: float) -> float:
    return rise(heard.hour[channel], heard.day[channel] * usual)


def _error(group: Sequence[Heard], channel: int, kappa: float) -> float:
    """Return the standard error of a group's common rise, from its counts and the dispersion of each."""
    hours = sum(each.hour[channel] for each in group)
    days = sum(each.day[channel] for each in group)
    return sqrt(1.0 / (hours + 1.0) + kappa / len(group) + 1.0 / (days + 1.0))


def rise(count: float, expected: float) -> float:
    """Return the logarithm by which `count` exceeds what was expected; few mentions prove little."""
    return log((count + 1.0) / (expected + 1.0))


def _rose(group: Sequence[Heard], usual: float, kappa: float) -> tuple[str, ...]:
    return tuple(each.name for each in group if _rise(each, 1, usual) > _SURE * _error([each], 1, kappa))


def _part(common: float, own: float) -> float:
    return min(1.0, common / own) if own > 0.0 else 0.0


def _hours_seen(windows: Windows, start: int) -> float:
    """Return how many hours, by exposure, could be seen of the usual day."""
    return sum(windows.exposure(each) for each in usual_day(start)) / HOUR_BINS
