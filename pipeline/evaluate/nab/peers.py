"""What others do with counts, as series that can be thresholded: a clock, and the rules of monitoring tools.

Meltwater documents the last hour against the 12 before it, Socialmetrix mean and
standard deviation over seven days, many tools "three times the usual". Each is given the threshold that suits
it best, by the same rule as ours, so that its own factor doesn't matter.
"""

from collections.abc import Callable
from random import Random

import numpy as np

from pipeline.evaluate.nab.cut_forest import CutTree
from pipeline.evaluate.nab.data import Scores, Stream

_HOUR, _DAY = 12, 288
"""Rows."""
_CLOCK_ROWS = 2 * _DAY
_KEEP = 0.5 ** (1.0 / _DAY)
"""Half-life of the exponentially weighted mean: a day."""
_LEAST_DEVIATION = 1e-3
_TREES, _POINTS = 40, 256
"""Of the forest, as in the examples of the package rrcf."""


def clock(stream: Stream) -> Scores:
    """An alarm every 48 hours from the first scored row on: what a score is worth that knows nothing."""
    since = np.arange(len(stream.counts)) - stream.scored_from
    return np.asarray((since >= 0) & (since % _CLOCK_ROWS == 0), np.float64)


def trailing_mean(stream: Stream) -> Scores:
    """The count over the mean of the 24 hours before it ("3x the usual")."""
    counts = stream.counts.astype(np.float64)
    return np.asarray(counts / (_before(_mean(counts, _DAY)) + 1.0))


def mean_and_deviations(stream: Stream) -> Scores:
    """By how many standard deviations the last hour exceeds the mean of seven days ("mean + k sigma")."""
    return _standard(_hours(stream), 7 * _DAY)


def hour_against_12(stream: Stream) -> Scores:
    """The last hour over the mean of the 12 hours before it."""
    hours = _hours(stream)
    usual = _HOUR * np.concatenate([np.zeros(_HOUR), _mean(stream.counts.astype(np.float64), 12 * _HOUR)])
    return np.asarray(hours / (usual[: hours.size] + 1.0))


def ewma(stream: Stream) -> Scores:
    """By how many deviations the log of a count exceeds its exponentially weighted mean (Roberts 1959)."""
    mean, variance, scores = 0.0, 1.0, np.zeros(len(stream.counts))
    for row, value in enumerate(np.log1p(stream.counts).tolist()):
        off = value - mean
        scores[row] = off / max(_LEAST_DEVIATION, variance**0.5)
        mean += (1.0 - _KEEP) * off
        variance = _KEEP * (variance + (1.0 - _KEEP) * off * off)
    return scores


def z_score(stream: Stream) -> Scores:
    """By how many standard deviations a count exceeds the mean of three days."""
    return _standard(stream.counts.astype(np.float64), 3 * _DAY)


def cut_forest(stream: Stream) -> Scores:
    """Robust random cut forest of the log of each full hour: mean collusive displacement of the newest."""
    sums = np.log1p(stream.counts[: len(stream.counts) // _HOUR * _HOUR].reshape(-1, _HOUR).sum(axis=1))
    trees = [CutTree(Random(seed)) for seed in range(_TREES)]  # noqa: S311 - draws that anybody can repeat
    scores = np.zeros(len(stream.counts))
    for hour, point in enumerate(sums.tolist()):
        for tree in trees:
            if hour >= _POINTS:
                tree.forget(float(sums[hour - _POINTS]))
            tree.insert(point)
            scores[(hour + 1) * _HOUR - 1] += tree.displacement(point) / _TREES
    return scores


def changefinder(stream: Stream) -> Scores:
    """ChangeFinder (Takeuchi & Yamanishi 2006, IEEE TKDE 18:482): outliers of an AR model, twice.

    Log loss of a discounting AR(1) model, averaged, then the same on these averages. Written here because
    the package of that name dates from 2014 and starts from unseeded random numbers.
    """
    return _smooth(_log_loss(_smooth(_log_loss(np.log1p(stream.counts)))))


PEERS: dict[str, Callable[[Stream], Scores]] = {
    "clock": clock,
    "3x trailing mean": trailing_mean,
    "mean + k sigma over 7 days": mean_and_deviations,
    "last hour against 12 hours": hour_against_12,
    "EWMA": ewma,
    "z-score": z_score,
    "rrcf": cut_forest,
    "changefinder": changefinder,
}

_DISCOUNT, _SMOOTHING = 0.01, 7
"""A memory of 100 rows, and averages of seven, as in the example of ChangeFinder's package."""


def _log_loss(values: Scores) -> Scores:
    """Return how badly each value fits a discounting AR(1) model of those before it."""
    mean, power, product, variance = float(values[0]), 1.0, 0.0, 1.0
    before, losses = 0.0, np.zeros(values.size)
    for row, value in enumerate(values.tolist()):
        off = value - mean
        miss = off - product / power * before
        losses[row] = 0.5 * (np.log(2.0 * np.pi * variance) + miss * miss / variance)
        mean += _DISCOUNT * off
        power += _DISCOUNT * (off * off - power)
        product += _DISCOUNT * (off * before - product)
        variance = max(_LEAST_DEVIATION**2, variance + _DISCOUNT * (miss * miss - variance))
        before = off
    return losses


def _smooth(values: Scores) -> Scores:
    return _mean(values, _SMOOTHING)


def _hours(stream: Stream) -> Scores:
    """Return the sum of the hour that ends with each row."""
    return np.asarray(_HOUR * _mean(stream.counts.astype(np.float64), _HOUR))


def _standard(values: Scores, rows: int) -> Scores:
    mean, square = _before(_mean(values, rows)), _before(_mean(values * values, rows))
    return np.asarray((values - mean) / np.sqrt(np.maximum(square - mean * mean, 0.0) + 1.0))


def _before(values: Scores) -> Scores:
    """Return each row's predecessor, so that a row is not measured against itself."""
    return np.concatenate([values[:1], values[:-1]])


def _mean(values: Scores, rows: int) -> Scores:
    """Return the mean of the last `rows` values, fewer at the beginning."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, values.size + 1)
    begins = np.maximum(0, ends - rows)
    return np.asarray((sums[ends] - sums[begins]) / (ends - begins))
