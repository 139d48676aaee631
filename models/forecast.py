"""The next hours of a burning incident: how many negatives, with intervals that watch their coverage.

The excess goes on growing at its present rate, which is damped by a fifth each hour (Gardner & McKenzie 1985,
Management Science 31:1237). How many deviations the ends of the 80 % interval lie off moves with each
forecast that came true or not, so that in the long run one in ten falls out on either side, whatever storms
are like: quantile tracking (Angelopoulos, Candès & Tibshirani 2023, https://arxiv.org/abs/2307.16895).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp, expm1, log1p, sqrt

from core.records import Forecast, Growth, Outlook, Signal
from models.evidence import Evidence

HOUR = 3600
"""Seconds."""
_DAMPED = 0.8
_MOST_GROWTH = 2.8
"""Per hour: doubling in a quarter of an hour, the fastest storm that is planned for."""
_SIDE = 0.1
"""Part of the truths that may lie beyond either end of an interval of 80 %."""
_STEP = 0.05
_START = {1: (-0.5, 0.3), 2: (-0.6, 0.35), 3: (-0.75, 0.35), 6: (-1.0, 0.35)}
"""Deviations at first, by hours ahead: between them lay 80 % of 18,800 truths of the bench's storms in brands
of the tuning side, with made-up texts (`docs/design/detection.md`)."""
HORIZONS = tuple(_START)
"""Hours ahead."""
_LEAST_DEVIATION = 0.1


@dataclass(frozen=True, slots=True)
class Present:
    """What a forecast is made from."""

    seen: float
    """Independent negatives in the last hour."""
    usual: float
    """The same as expected."""
    kappa: float
    """Their overdispersion."""
    speed: Growth | None


def present(state: Evidence) -> Present:
    """Return what is known after the bin that `state` took in last."""
    kappa = state.baseline.negative.hour_kappa
    return Present(state.seen.hour_negative, state.usual_hour_negative(), kappa, state.trend.speed)


def present_of(signal: Signal) -> Present:
    """Return the same as a signal tells it."""
    return Present(signal.seen, signal.expected, signal.hour_kappa, signal.growth)


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast whose hour has not come yet."""

    until: int
    """Seconds since the epoch at which its hour ends."""
    hours: int
    expected: float
    deviation: float
    """Of log(1 + count)."""
    low: float
    high: float

    @property
    def made(self) -> int:
        """Seconds since the epoch at which it was told."""
        return self.until - self.hours * HOUR


@dataclass(frozen=True, slots=True)
class Learned:
    """All that a `Forecaster` knows."""

    ends: dict[int, tuple[float, float]]
    """By hours ahead: how many deviations the ends of an interval lie off."""
    waiting: tuple[Told, ...] = ()
    held: int = 0
    judged: int = 0


NOTHING_LEARNED = Learned(_START)


class Forecaster:
    """The forecasts of one brand; `judge` takes the end of each hour, `tell` is asked while it burns."""

    def __init__(self, learned: Learned = NOTHING_LEARNED) -> None:
        self.learned = learned

    def outlook(self, now: Present) -> Outlook:
        """Return what comes after `now`."""
        ahead = (Forecast(each.hours, each.expected, each.low, each.high) for each in self._ahead(0, now))
        return Outlook(tuple(ahead), self.learned.held, self.learned.judged, now.seen)

    def tell(self, at: int, now: Present) -> None:
        """Note once what comes after `at`, in seconds since the epoch, and wait for the truth."""
        if any(told.made == at for told in self.learned.waiting):
            return
        self.learned = replace(self.learned, waiting=(*self.learned.waiting, *self._ahead(at, now)))

    def forget(self, at: int) -> None:
        """Wait for nothing any more that was told before `at`: not all of what came could be seen."""
        left = tuple(told for told in self.learned.waiting if told.made >= at)
        if len(left) < len(self.learned.waiting):
            self.learned = replace(self.learned, waiting=left)

    def judge(self, at: int, came: float) -> list[bool]:
        """Take in the negatives of the hour that ends at `at`; return whether what was told of it held."""
        if all(told.until > at for told in self.learned.waiting):
            return []
        due = [told for told in self.learned.waiting if told.until == at]
        left = tuple(told for told in self.learned.waiting if told.until > at)
        held = [told.low <= came <= told.high for told in due]
        ends = self.learned.ends | {told.hours: self._moved(told, came) for told in due}
        self.learned = Learned(ends, left, self.learned.held + sum(held), self.learned.judged + len(held))
        return held

    def _moved(self, told: Told, came: float) -> tuple[float, float]:
        off = (log1p(came) - log1p(told.expected)) / told.deviation
        low, high = self.learned.ends[told.hours]
        low += _STEP * (_SIDE - (off < low))
        high += _STEP * ((off > high) - _SIDE)
        return min(low, high), max(low, high)

    def _ahead(self, at: int, now: Present) -> Iterator[Told]:
        for hours in HORIZONS:
            expected, deviation = _expected(now, hours)
            low, high = (
                expm1(max(0.0, log1p(expected) + end * deviation)) for end in self.learned.ends[hours]
            )
            yield Told(at + hours * HOUR, hours, expected, deviation, low, high)


def _expected(now: Present, hours: int) -> tuple[float, float]:
    """Return expected negatives of the hour that ends in `hours`, and how far log(1 + them) may be off."""
    over = max(0.0, now.seen - now.usual)
    rate, unsure = (now.speed.per_hour, (now.speed.high - now.speed.low) / 3.92) if now.speed else (0.0, 0.0)
    rate = min(_MOST_GROWTH, max(-_MOST_GROWTH, rate))
    lasting = 0.5
    for _ in range(1, hours):
        lasting += _DAMPED ** (lasting + 0.5)
    expected = now.usual + over * exp(rate * lasting)
    noise = 1.0 / (1.0 + expected) + now.kappa
    return expected, max(_LEAST_DEVIATION, sqrt(noise + (unsure * lasting) ** 2))
