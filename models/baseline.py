"""What is usual: a seasonal negative-binomial level that a storm cannot drag along.

`docs/design/detection.md`, "Baseline". Counts above three standard deviations are
pulled in before they are learned (winsorised), a storm is learned at a tenth of
the speed, and hours and weekdays are shrunk to the pooled season of other brands.
"""

import math
from typing import ClassVar

from models.priors import Priors
from models.seen import Seen
from models.windows import HOUR_BINS

_KEEP = 0.5 ** (1.0 / 864.0)
"""Half-life of the level: 3 days of 288 bins."""
_PRIOR_BINS = 24.0
"""Weight of the pooled level: two hours, so that a new brand soon speaks for itself."""
_SEASON_KEEP = (1.0 - 1.0 / 240.0) ** HOUR_BINS
"""An hour of the day remembers about 240 bins: 20 days."""
_SEASON_PRIOR_BINS, _SEASON_LEAST_PRIOR = 60.0, 15.0
"""The pool counts like 60 bins (5 days) at first and fades to 15 within a month."""
_SEASON_PRIOR_COUNT = 10.0
"""Mentions below which an hour's own factor is mostly noise (prior s.d. of a factor about 0.3)."""
_DAY_KEEP = 1.0 - 1.0 / 8.0
"""A weekday remembers about eight weeks."""
_DAY_PRIOR_BINS = 576.0
_MIN_KAPPA, _MAX_KAPPA = 0.02, 3.0


class Level:
    """Mean per bin and dispersion of one channel."""

    __slots__ = ("hour_kappa", "hours", "kappa", "learned", "prior", "rate", "total", "weight")

    def __init__(self, prior: float, kappa: float) -> None:
        self.prior = prior
        self.rate = prior
        self.total = 0.0
        self.weight = 0.0
        self.learned = 0.0
        self.kappa = kappa
        self.hours = 0.0
        self.hour_kappa = kappa

    def winsorise(self, count: float, mu: float) -> float:
        """Return `count`, pulled in to three standard deviations and one above its expectation."""
        limit = mu + 3.0 * math.sqrt(mu + self.kappa * mu * mu) + 1.0
        return min(count, limit)

    def learn(self, count: float, mu: float, factor: float, speed: float) -> None:
        """Take in a winsorised count; `factor` is season times exposure times what is planned."""
        keep = 1.0 - (1.0 - _KEEP) * speed
        self.total = keep * self.total + speed * count
        self.weight = keep * self.weight + speed * factor
        self.rate = (self.total + self.prior * _PRIOR_BINS) / (self.weight + _PRIOR_BINS)
        self.learned += 1.0
        step = speed * max(1.0 / (self.learned + 50.0), 1.0 / 4032.0)
        self.kappa = _dispersion(self.kappa, count, mu, step)

    def learn_hour(self, count: float, mu: float) -> None:
        """Take in a whole hour, whose dispersion decides the band that people see."""
        self.hours += 1.0
        self.hour_kappa = _dispersion(self.hour_kappa, count, mu, max(1.0 / (self.hours + 50.0), 1.0 / 336.0))

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        return (self.rate, self.total, self.weight, self.learned, self.kappa, self.hours, self.hour_kappa)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        (
            self.rate,
            self.total,
            self.weight,
            self.learned,
            self.kappa,
            self.hours,
            self.hour_kappa,
        ) = state


def _dispersion(kappa: float, count: float, mu: float, step: float) -> float:
    """Move kappa towards the one that explains this count (method of moments)."""
    seen = ((count - mu) ** 2 - mu) / max(mu * mu, 0.05)
    return min(_MAX_KAPPA, max(_MIN_KAPPA, kappa + step * (seen - kappa)))


class Season:
    """24 hours and 7 weekdays (UTC) as factors around 1, shrunk to the pool's."""

    __slots__ = ("_day", "_hour", "day_sums", "hour_sums", "pool_days", "pool_hours", "prior_count")

    def __init__(self, hours: tuple[float, ...], days: tuple[float, ...]) -> None:
        self.pool_hours = hours
        self.pool_days = days
        self.hour_sums = [0.0] * 48
        self.day_sums = [0.0] * 14
        self._hour = [0.0, 0.0]
        self._day = [0.0, 0.0]
        self.prior_count = _SEASON_PRIOR_COUNT

    def hour_factors(self) -> list[float]:
        """Return the 24 factors, mean 1."""
        return _factors(self.hour_sums, self.pool_hours, self.prior_count)

    def day_factors(self) -> list[float]:
        """Return the 7 factors, Monday first, mean 1."""
        weight = self.prior_count * _DAY_PRIOR_BINS / _SEASON_PRIOR_BINS
        return _factors(self.day_sums, self.pool_days, weight)

    def bins(self, start: int) -> list[float]:
        """Return the factors of the 12 bins of the hour that holds `start`, interpolated."""
        hour, day = start // 3600 % 24, weekday(start)
        hours, of_day = self.hour_factors(), self.day_factors()[day]
        before, here, after = hours[hour - 1], hours[hour], hours[(hour + 1) % 24]
        return [of_day * _between(before, here, after, (index + 0.5) / 12.0) for index in range(12)]

    def learn(self, count: float, flat: float) -> None:
        """Add a count and what a day without hours would have had."""
        self._hour[0] += count
        self._hour[1] += flat

    def close_hour(self, start: int, rate: float, days: float) -> None:
        """Fold the hour that began at `start` into its cell.

        `rate` is the level per bin, `days` the length of the history.
        """
        hour, day = start // 3600 % 24, weekday(start)
        count, flat = self._hour
        by_day = self.day_factors()[day] or 1.0
        _fold(self.hour_sums, hour, count, flat * by_day, _SEASON_KEEP)
        self._day[0] += count
        self._day[1] += flat * self.hour_factors()[hour]
        self._hour = [0.0, 0.0]
        if hour == 23:
            _fold(self.day_sums, day, self._day[0], self._day[1], _DAY_KEEP)
            self._day = [0.0, 0.0]
        pool = max(_SEASON_LEAST_PRIOR, _SEASON_PRIOR_BINS * _SEASON_KEEP**days)
        self.prior_count = max(pool * rate, _SEASON_PRIOR_COUNT)

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        return (*self.hour_sums, *self.day_sums, *self._hour, *self._day, self.prior_count)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self.hour_sums, self.day_sums = list(state[:48]), list(state[48:62])
        self._hour, self._day = list(state[62:64]), list(state[64:66])
        self.prior_count = state[66]


def weekday(start: int) -> int:
    """Return the weekday of a time, Monday 0; the epoch was a Thursday."""
    return (start // 86400 + 3) % 7


def _fold(sums: list[float], cell: int, count: float, flat: float, keep: float) -> None:
    sums[2 * cell] = keep * sums[2 * cell] + count
    sums[2 * cell + 1] = keep * sums[2 * cell + 1] + flat


def _factors(sums: list[float], pool: tuple[float, ...], weight: float) -> list[float]:
    raw = [
        (sums[2 * cell] + weight * prior) / (sums[2 * cell + 1] + weight) for cell, prior in enumerate(pool)
    ]
    mean = sum(raw) / len(raw)
    return [value / mean for value in raw]


def _between(before: float, here: float, after: float, place: float) -> float:
    """Interpolate between the middles of hours; `place` runs 0..1 through the present one."""
    if place < 0.5:
        return before + (here - before) * (place + 0.5)
    return here + (after - here) * (place - 0.5)


class Baseline:
    """Expected mentions and negatives of a bin."""

    estimator: ClassVar[str] = "baseline"
    __slots__ = ("_factors", "_hour", "all", "negative", "season")

    def __init__(self, priors: Priors) -> None:
        rate = priors.mentions_per_hour / HOUR_BINS
        kappas = priors.bucket(priors.mentions_per_hour)
        self.all = Level(rate, kappas.kappa)
        self.negative = Level(rate * priors.negative_share, kappas.kappa_negative)
        self.season = Season(priors.hours, priors.days)
        self._hour = [0.0] * 4
        self._factors: tuple[int, list[float]] = (-1, [])

    @property
    def hours(self) -> float:
        """Hours of history learned."""
        return self.negative.learned / HOUR_BINS

    def factor(self, start: int) -> float:
        """Return the season's factor of a bin."""
        hour = start // 3600
        if self._factors[0] != hour:
            self._factors = (hour, self.season.bins(start))
        return self._factors[1][start // 300 % HOUR_BINS]

    def prepare(self, seen: Seen) -> None:
        """Fill in what is expected of the bin."""
        factor = seen.exposure * seen.planned * self.factor(seen.start)
        seen.expected = self.all.rate * factor
        seen.expected_negative = self.negative.rate * factor
        seen.dispersion = self.all.kappa
        seen.dispersion_negative = self.negative.kappa

    def score_one(self, seen: Seen) -> float:
        """Return by how many standard deviations the bin's negatives exceed their expectation."""
        mu = self.negative.rate * seen.exposure * seen.planned * self.factor(seen.start)
        return max(0.0, seen.negative - mu) / math.sqrt(mu + self.negative.kappa * mu * mu + 1e-9)

    def learn_one(self, seen: Seen) -> None:
        """Take in a bin for which `prepare` was called."""
        flat = seen.exposure * seen.planned
        factor = flat * self.factor(seen.start)
        mentions = self.all.winsorise(seen.mentions, seen.expected)
        negative = self.negative.winsorise(seen.negative, seen.expected_negative)
        self.season.learn(mentions, self.all.rate * flat)
        hour = self._hour
        hour[0] += mentions
        hour[1] += seen.expected
        hour[2] += negative
        hour[3] += seen.expected_negative
        self.all.learn(mentions, seen.expected, factor, seen.speed)
        self.negative.learn(negative, seen.expected_negative, factor, seen.speed)

    def close_hour(self, start: int) -> None:
        """Fold the hour that began at `start` into season and hourly dispersion."""
        if self._hour[1] > 0.0:
            self.season.close_hour(start, self.all.rate, self.hours / 24.0)
            self.all.learn_hour(self._hour[0], self._hour[1])
            self.negative.learn_hour(self._hour[2], self._hour[3])
            self._hour = [0.0] * 4

    def rest(self) -> None:
        """Nothing to forget: a baseline is what history is for."""

    def state(self) -> tuple[float, ...]:
        """Return everything that changes; the table of factors follows from it."""
        return (*self.all.state(), *self.negative.state(), *self.season.state(), *self._hour)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self.all.restore(state[:7])
        self.negative.restore(state[7:14])
        self.season.restore(state[14:81])
        self._hour = list(state[81:85])
        self._factors = (-1, [])
