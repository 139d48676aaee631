"""Speed of the excess: a local level and slope with the slope's standard error.

Holt's filter is the steady state of the Kalman filter of a local linear trend
(Durbin and Koopman 2012, section 3.2). Its gains a (level) and a * b (slope) give
the slope's variance as a * (a * b) * S, S being the variance of the innovations.
"""

from math import log1p, sqrt
from typing import ClassVar

from core.records import Growth as Speed
from models.seen import Seen
from models.windows import HOUR_BINS

_LEVEL, _SLOPE = 0.3, 0.1
_SMOOTH = 1.0 / 3.0
"""Fifteen minutes of smoothing before the logarithm."""
_NOISE = 0.05
_START_NOISE = 0.05
_TINY = 1e-3
_FAST = 0.231
"""Growth per hour of something that doubles in three hours: ln 2 / 3."""
_LIKELY = 0.8416 / 1.96
"""Quantile of 80 % over that of 97.5 %."""


class Trend:
    """g, the growth rate of the excess of one channel, per hour."""

    estimator: ClassVar[str] = "trend"
    __slots__ = ("_excess", "_level", "_noise", "_slope", "_volume")

    def __init__(self, volume: bool = False) -> None:
        self._volume = volume
        self._excess = self._level = self._slope = 0.0
        self._noise = _START_NOISE

    @property
    def speed(self) -> Speed | None:
        """Growth with its 95 % interval; None while there is no excess."""
        if self._level < _TINY:
            return None
        rate = HOUR_BINS * self._slope
        half = 1.96 * HOUR_BINS * _LEVEL * sqrt(_SLOPE * self._noise)
        return Speed(rate, rate - half, rate + half)

    @property
    def fast(self) -> bool:
        """True when it probably (four chances in five that it grows at all) doubles within three hours."""
        speed = self.speed
        return speed is not None and speed.per_hour > max(_FAST, _LIKELY * (speed.high - speed.per_hour))

    @property
    def per_hour(self) -> float:
        """The growth rate itself."""
        return HOUR_BINS * self._slope

    def score_one(self, seen: Seen) -> float:
        """Return the growth rate as it would be after this bin."""
        _, _, slope, _ = self._after(seen)
        return HOUR_BINS * slope

    def learn_one(self, seen: Seen) -> None:
        """Take in a bin."""
        self._excess, self._level, self._slope, self._noise = self._after(seen)

    def _after(self, seen: Seen) -> tuple[float, float, float, float]:
        over = seen.mentions - seen.expected if self._volume else seen.negative - seen.expected_negative
        excess = max(0.0, self._excess + _SMOOTH * (max(0.0, over) - self._excess))
        if excess < _TINY and self._level < _TINY:
            return 0.0, 0.0, 0.0, max(_START_NOISE, self._noise * (1.0 - _NOISE))
        predicted = self._level + self._slope
        miss = log1p(HOUR_BINS * excess) - predicted
        level = max(0.0, predicted + _LEVEL * miss)
        noise = self._noise + _NOISE * (miss * miss - self._noise)
        return excess, level, self._slope + _LEVEL * _SLOPE * miss, noise

    def rest(self) -> None:
        """Forget what history piled up."""
        self._excess = self._level = self._slope = 0.0
        self._noise = _START_NOISE

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        return (self._excess, self._level, self._slope, self._noise)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self._excess, self._level, self._slope, self._noise = state
