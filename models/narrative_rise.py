"""Does a narrative grow? The brand's estimators on a narrative's own negatives.

What is expected of a narrative is its usual share of what is expected of the brand, so that
season and coverage come with it. How unusual a statistic is, the brand's own tail says,
moved to the narrative's size.
"""

from dataclasses import dataclass
from math import log1p, log10, sqrt
from typing import NamedTuple

from core.records import BIN_SECONDS
from models import growth, stages, trend
from models.calibrate import LN10
from models.caps import COMPLAINING
from models.evidence import COLD_NEGATIVES, COLD_RATIO, LEAST_NEGATIVES, Evidence
from models.fuse import Decades
from models.seen import Seen
from models.windows import HOUR_BINS

KEEP = 0.5 ** (1.0 / 864.0)
"""Half-life of the usual share: 3 days of 288 bins, like the brand's level."""
_PRIOR_SHARE, _PRIOR_BINS = 0.05, 288.0
"""A newborn is taken for a twentieth of the brand, with the weight of a day: its first rush is not usual."""
_PRIOR_KEEP = 0.5 ** (1.0 / 288.0)
"""That weight halves in a day: afterwards a narrative speaks for itself."""
NOVELTY_BINS = 48.0
"""That it is new can only be known where the brand was followed before: half after four hours."""
_GUESS_BINS = 12.0
"""As far as that is not known, it is taken for as large a part of what is usual as it is of what is said in
the hour, with the weight of that hour: then it is above its usual as far as the brand is above its own."""
_DOMINANT = 0.6
"""Share of copies above which a rise is a campaign, as for brands."""
_SMOULDERING = 3.0
_GROWTH, _NEGATIVE, _MOST_DECADES = 0.45, 0.36, 10.0
"""What a decade beyond one in a hundred counts, less than a half each: one rise moves both."""

State = tuple[float, ...]


class Sums(NamedTuple):
    """What was said of a narrative in one bin."""

    negative: float = 0.0
    """Independent negatives."""
    original: float = 0.0
    """The part of them that is no copy."""
    read: float = 0.0
    """Independent mentions whose mood can be read (`models.languages`)."""


_NOTHING = Sums()


class Usual(NamedTuple):
    """What the brand led to expect of one bin, as known when it closed."""

    start: int
    expected: float
    """Negatives of the brand, season and exposure included."""
    rate: float
    """Its level per bin, without them."""
    kappa: float
    decayed: float
    """Sum of `expected` over all bins up to this one, with half-life."""
    seen: bool
    """False for a blind bin, which changes nothing."""
    heard: float
    """Negatives of the brand in the hour that ends with the bin."""
    burning: bool
    """True while the brand itself spreads, also while it cools."""

    @property
    def calm(self) -> float:
        """Part of that hour that is usual for the brand: no more of what is said in it can be usual."""
        usual_hour = HOUR_BINS * self.expected
        return usual_hour / self.heard if self.heard > usual_hour else 1.0


class Birth(NamedTuple):
    """When a narrative was born, and the brand's `Usual.decayed` at that time."""

    start: int
    decayed: float


UNBORN = Birth(0, 0.0)


@dataclass(frozen=True, slots=True)
class Judge:
    """The brand's yardstick at one moment, shared by its narratives."""

    evidence: Evidence
    usual_hour: float
    """Negatives that the brand expects in an hour."""
    crowd: int
    """Narratives looked at: the more, the likelier one of them stands out by chance."""

    def decades(self, value: float, hour: float, usual_hour: float) -> Decades:
        """Return how far growth and volume lie beyond what is usual for a narrative of this size."""
        tails = self.evidence.calibration
        moved = log1p(usual_hour) - log1p(self.usual_hour)
        over = log1p(hour) - tails.negative.level - moved
        return Decades(tails.growth.decades(value), max(0.0, over) / (tails.negative.excess_mean * LN10), 0.0)

    def strength(self, decades: Decades) -> float:
        """Return the evidence, -log10 p, corrected for the crowd (Bonferroni).

        A narrative holds complaints alone, so there is no share that could shift, and what the brand's
        fused figure is compared with says nothing of it: the decades count by themselves.
        """
        growth, negative = (min(_MOST_DECADES, each) for each in (decades.growth, decades.negative))
        return 2.0 + _GROWTH * growth + _NEGATIVE * negative - log10(max(1, self.crowd))


class Rise:
    """The statistics of one narrative after some bin."""

    __slots__ = ("growth", "stages", "still", "trend", "usual")

    def __init__(self) -> None:
        self.growth = growth.Growth()
        self.trend = trend.Trend()
        self.stages = stages.Stages()
        self.usual = 0.0
        """Sum of its negatives with half-life, what stands out cut off."""
        self.still = False
        """True while a further quiet bin changes nothing but `usual`."""

    @property
    def resting(self) -> bool:
        """True when nothing is left of a rise."""
        return self.growth.value == 0.0 and self.trend.speed is None and self.stages.rank == stages.CALM

    def expected(self, usual: Usual, birth: Birth, hour: float) -> float:
        """Return the negatives expected of the narrative in a bin; `hour` are its own of the hour before."""
        age = max(0, (usual.start - birth.start) // BIN_SECONDS)
        known = max(0.0, usual.decayed - birth.decayed * KEEP**age)
        weight = usual.rate * _PRIOR_KEEP**age
        new = _novelty(usual, birth)
        share = new * self._share(known, _PRIOR_BINS * weight, _PRIOR_SHARE)
        if new < 1.0:
            part = min(1.0, hour / usual.heard) if usual.heard > 0.0 else 1.0
            share += (1.0 - new) * self._share(known, _GUESS_BINS * weight, part)
        return min(1.0, share) * usual.expected

    def _share(self, known: float, weight: float, prior: float) -> float:
        """Return its share of the brand's `known` negatives, together with a `prior` one of some weight."""
        return (self.usual + prior * weight) / (known + weight) if known + weight > 0.0 else 1.0

    def close(self, bins: dict[int, Sums], usual: Usual, birth: Birth, judge: Judge) -> None:
        """Take in one bin."""
        if not usual.seen:
            return
        hour = hour_of(bins, usual.start)
        if hour or not (self.still or self.resting):
            self._close(hour, bins.get(usual.start, _NOTHING), usual, birth, judge)
            return
        if not self.still:
            self.stages.close_quiet()
            self.still = True
        self.usual *= KEEP

    def _close(self, hour: list[Sums], own: Sums, usual: Usual, birth: Birth, judge: Judge) -> None:
        self.still = False
        seen = Seen(start=usual.start, dispersion_negative=usual.kappa, speed=self.stages.speed)
        seen.negative = own.negative
        seen.hour_negative = sum(sums.negative for sums in hour)
        seen.expected_negative = self.expected(usual, birth, seen.hour_negative)
        self.growth.learn_one(seen)
        self.trend.learn_one(seen)
        self.stages.close(self._target(seen, hour, usual, judge), falling=self.trend.per_hour < 0.0)
        self._learn(seen, usual.calm)

    def _learn(self, seen: Seen, calm: float) -> None:
        """A storm is learned slowly: for the rest what is expected stands in."""
        mu = seen.expected_negative
        limit = mu + 3.0 * sqrt(mu + seen.dispersion_negative * mu * mu) + 1.0
        count = seen.speed * min(calm * seen.negative, limit) + (1.0 - seen.speed) * mu
        self.usual = KEEP * self.usual + count

    def _target(self, seen: Seen, hour: list[Sums], usual: Usual, judge: Judge) -> int:
        usual_hour = HOUR_BINS * seen.expected_negative
        many = seen.hour_negative > COLD_RATIO * usual_hour
        if seen.hour_negative > max(COLD_NEGATIVES, COLD_RATIO * judge.usual_hour):
            return self._capped(stages.SPREADING, seen, hour)  # an outcry, however young the brand
        if not judge.evidence.learned:
            enough = many and seen.hour_negative >= COLD_NEGATIVES
            return self._capped(stages.SPREADING, seen, hour) if enough else stages.CALM
        if usual.burning and many and seen.hour_negative >= LEAST_NEGATIVES and self.trend.fast:
            return self._capped(stages.SPREADING, seen, hour)
        decades = judge.decades(self.growth.value, seen.hour_negative, usual_hour)
        strength = 0.0 if decades.quiet else judge.strength(decades)
        threshold = judge.evidence.threshold
        if strength >= threshold and seen.hour_negative >= LEAST_NEGATIVES and self.trend.fast:
            return self._capped(stages.SPREADING, seen, hour)
        return stages.SMOULDERING if strength >= min(_SMOULDERING, threshold) else stages.CALM

    @staticmethod
    def _capped(target: int, seen: Seen, hour: list[Sums]) -> int:
        """Hold at smouldering what copies, a single bin or talk that is hardly a complaint make."""
        own = sum(sums.original for sums in hour)
        rest = seen.hour_negative - max(sums.negative for sums in hour)  # never without a mention
        usual_hour = HOUR_BINS * seen.expected_negative
        lasting = rest > usual_hour + 2.0 * sqrt(usual_hour + seen.dispersion_negative * usual_hour**2)
        complaint = seen.hour_negative >= COMPLAINING * sum(sums.read for sums in hour)
        various = own >= (1.0 - _DOMINANT) * seen.hour_negative
        return target if lasting and various and complaint else stages.SMOULDERING

    def state(self) -> State:
        """Return everything that changes, in a fixed number of figures."""
        parts = (*self.growth.state(), *self.trend.state(), *self.stages.state())
        return (*parts, float(self.still), self.usual)

    def restore(self, state: State) -> None:
        """Take back what `state` gave."""
        self.growth.restore(state[:8])
        self.trend.restore(state[8:12])
        self.stages.restore(state[12:23])
        self.still, self.usual = bool(state[23]), state[24]


def _novelty(usual: Usual, birth: Birth) -> float:
    """Return how surely a narrative was not there before its first mention."""
    return birth.decayed / (birth.decayed + NOVELTY_BINS * usual.rate) if birth.decayed > 0.0 else 0.0


STATE = len(Rise().state())


def hour_of(bins: dict[int, Sums], start: int) -> list[Sums]:
    """Return the sums of the hour that ends with the bin at `start`; empty bins are left out."""
    first = start - (HOUR_BINS - 1) * BIN_SECONDS
    return [sums for at, sums in bins.items() if first <= at <= start]
