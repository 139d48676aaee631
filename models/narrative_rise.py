"""Does a narrative grow? The brand's estimators on a narrative's own negatives.

What is expected of a narrative is its usual share of what is expected of the brand, so that
season and coverage come with it. How unusual a statistic is, the brand's own tail says,
moved to the narrative's size.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log1p, log10, sqrt
from typing import NamedTuple

from core.records import BIN_SECONDS, Growth, Stage
from models import fuse, growth, stages, trend
from models.calibrate import LN10
from models.evidence import COLD_NEGATIVES, COLD_RATIO, LEAST_NEGATIVES, Evidence
from models.fuse import Decades
from models.windows import HOUR_BINS, Seen

KEEP = 0.5 ** (1.0 / 864.0)
"""Half-life of the usual share: 3 days of 288 bins, like the brand's level."""
_PRIOR_SHARE, _PRIOR_BINS = 0.05, 288.0
"""A newborn is taken for a twentieth of the brand, with the weight of a day: its first rush is not usual."""
_PRIOR_KEEP = 0.5 ** (1.0 / 288.0)
"""That weight halves in a day: afterwards a narrative speaks for itself."""
_NOVELTY_BINS = 48.0
"""That it is new can only be known where the brand was followed before: half after four hours. Until then
it may be anything up to the whole of what is said."""
_DOMINANT = 0.6
"""Share of copies above which a rise is a campaign, as for brands."""
_SMOULDERING = 3.0

Sums = tuple[float, float]
"""Independent negatives of a bin, and the part of them that is no copy."""
State = tuple[float, ...]


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


class Birth(NamedTuple):
    """When a narrative was born, and the brand's `Usual.decayed` at that time."""

    start: int
    decayed: float


_UNBORN = Birth(0, 0.0)


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

    def strength(self, decades: Decades, per_hour: float) -> float:
        """Return the evidence, -log10 p, corrected for the crowd (Bonferroni)."""
        parts = fuse.contributions(decades, 0.0, max(0.0, per_hour), 1, 1.0)
        return self.evidence.calibration.fused.evidence(fuse.fused(parts)) - log10(max(1, self.crowd))


class Rise:
    """The statistics of one narrative after some bin."""

    __slots__ = ("growth", "stages", "trend", "usual")

    def __init__(self) -> None:
        self.growth = growth.Growth()
        self.trend = trend.Trend()
        self.stages = stages.Stages()
        self.usual = 0.0
        """Sum of its negatives with half-life, what stands out cut off."""

    @property
    def resting(self) -> bool:
        """True when quiet bins change nothing but `usual`."""
        return self.growth.value == 0.0 and self.trend.speed is None and self.stages.rank == stages.CALM

    def expected(self, usual: Usual, birth: Birth) -> float:
        """Return the negatives expected of the narrative in a bin."""
        age = max(0, (usual.start - birth.start) // BIN_SECONDS)
        prior = _PRIOR_BINS * usual.rate * _PRIOR_KEEP**age
        known = max(0.0, usual.decayed - birth.decayed * KEEP**age) + prior
        share = (self.usual + _newborn(usual, birth) * prior) / known if known > 0.0 else 1.0
        return min(1.0, share) * usual.expected

    def close(self, bins: dict[int, Sums], usual: Usual, birth: Birth, judge: Judge) -> None:
        """Take in one bin."""
        if not usual.seen:
            return
        hour = _hour(bins, usual.start)
        if not hour and self.resting:
            self.usual *= KEEP
            self.stages.close_quiet()
            return
        seen = Seen(start=usual.start, dispersion_negative=usual.kappa, speed=self.stages.speed)
        seen.negative = bins.get(usual.start, (0.0, 0.0))[0]
        seen.hour_negative = sum(negative for negative, _ in hour)
        seen.expected_negative = self.expected(usual, birth)
        self.growth.learn_one(seen)
        self.trend.learn_one(seen)
        self.stages.close(self._target(seen, hour, judge), falling=self.trend.per_hour < 0.0)
        self._learn(seen)

    def _learn(self, seen: Seen) -> None:
        """A storm is learned slowly: for the rest what is expected stands in."""
        mu = seen.expected_negative
        limit = mu + 3.0 * sqrt(mu + seen.dispersion_negative * mu * mu) + 1.0
        count = seen.speed * min(seen.negative, limit) + (1.0 - seen.speed) * mu
        self.usual = KEEP * self.usual + count

    def _target(self, seen: Seen, hour: list[Sums], judge: Judge) -> int:
        usual_hour = HOUR_BINS * seen.expected_negative
        if not judge.evidence.learned:
            enough = seen.hour_negative >= COLD_NEGATIVES and seen.hour_negative > COLD_RATIO * usual_hour
            return self._capped(stages.SPREADING, seen, hour) if enough else stages.CALM
        decades = judge.decades(self.growth.value, seen.hour_negative, usual_hour)
        strength = 0.0 if decades.quiet else judge.strength(decades, self.trend.per_hour)
        threshold = judge.evidence.threshold
        if strength >= threshold and seen.hour_negative >= LEAST_NEGATIVES and self.trend.fast:
            return self._capped(stages.SPREADING, seen, hour)
        return stages.SMOULDERING if strength >= min(_SMOULDERING, threshold) else stages.CALM

    @staticmethod
    def _capped(target: int, seen: Seen, hour: list[Sums]) -> int:
        """Hold at smouldering what copies or a single bin make."""
        own = sum(original for _, original in hour)
        rest = seen.hour_negative - max(negative for negative, _ in hour)  # never without a mention
        usual_hour = HOUR_BINS * seen.expected_negative
        lasting = rest > usual_hour + 2.0 * sqrt(usual_hour + seen.dispersion_negative * usual_hour**2)
        return target if lasting and own >= (1.0 - _DOMINANT) * seen.hour_negative else stages.SMOULDERING

    def state(self) -> State:
        """Return everything that changes, in a fixed number of figures."""
        return (*self.growth.state(), *self.trend.state(), *self.stages.state(), self.usual)

    def restore(self, state: State) -> None:
        """Take back what `state` gave."""
        self.growth.restore(state[:8])
        self.trend.restore(state[8:12])
        self.stages.restore(state[12:22])
        self.usual = state[22]


def _newborn(usual: Usual, birth: Birth) -> float:
    """Return the share of the brand that a narrative is expected to have before anything is known of it."""
    new = birth.decayed / (birth.decayed + _NOVELTY_BINS * usual.rate) if birth.decayed > 0.0 else 0.0
    return new * _PRIOR_SHARE + (1.0 - new)


STATE = len(Rise().state())


def _hour(bins: dict[int, Sums], start: int) -> list[Sums]:
    """Return the sums of the hour that ends with the bin at `start`; empty bins are left out."""
    if not bins:
        return []
    wanted = range(start - (HOUR_BINS - 1) * BIN_SECONDS, start + 1, BIN_SECONDS)
    return [bins[each] for each in wanted if each in bins]


class Tracked:
    """One narrative under detection: its bins, where it stands, and where it stood three hours ago."""

    __slots__ = ("asleep_at", "bins", "birth", "now", "settled", "touched")

    def __init__(self) -> None:
        self.bins: dict[int, Sums] = {}
        self.birth: Birth | None = None
        """None until its first mention enters a bin."""
        self.now = Rise()
        self.settled = Rise()
        """After the bins that late mentions can no longer change."""
        self.touched = False
        self.asleep_at: int | None = 0
        """Number of settled bins of the brand when it fell asleep; None while awake."""

    @property
    def stage(self) -> Stage:
        """Its stage after the last closed bin."""
        return self.now.stages.stage

    @property
    def speed(self) -> Growth | None:
        """Growth of its excess."""
        return self.now.trend.speed

    def add(self, start: int, negative: float, original: float, closed: bool) -> None:
        """Count a mention in a bin; a `closed` one is scored again at the next `catch_up`."""
        held, own = self.bins.get(start, (0.0, 0.0))
        self.bins[start] = (held + negative, own + original)
        self.touched |= closed

    def wake(self, settled: int) -> None:
        """Return from sleep, in which only `usual` faded."""
        if self.asleep_at is not None:
            self.settled.usual *= KEEP ** (settled - self.asleep_at)
            self.asleep_at, self.touched = None, True

    def close(self, usual: Usual, judge: Judge) -> None:
        """Take in the next bin."""
        self.now.close(self.bins, usual, self.birth or _UNBORN, judge)

    def catch_up(self, recent: Iterable[Usual], judge: Judge) -> None:
        """Score the bins that may still change again."""
        self.now.restore(self.settled.state())
        for usual in recent:
            self.close(usual, judge)
        self.touched = False

    def settle(self, usual: Usual, judge: Judge) -> None:
        """Take a bin for good, and forget what no hour reaches any more."""
        self.settled.close(self.bins, usual, self.birth or _UNBORN, judge)
        oldest = usual.start - (HOUR_BINS - 2) * BIN_SECONDS
        for start in [start for start in self.bins if start < oldest]:
            del self.bins[start]

    def doze(self, settled: int) -> bool:
        """Fall asleep once nothing can change any more; return whether it did."""
        if self.bins or not (self.now.resting and self.settled.resting):
            return False
        self.now.trend.rest()
        self.settled.trend.rest()
        self.asleep_at = settled
        return True

    def absorb(self, other: "Tracked") -> None:
        """Take over another narrative's negatives; both must be awake."""
        for start, (negative, original) in other.bins.items():
            self.add(start, negative, original, closed=True)
        self.settled.usual += other.settled.usual
        self.touched = True
        births = [birth for birth in (self.birth, other.birth) if birth is not None]
        self.birth = min(births, default=None)

    def expected(self, usual: Usual | None) -> float:
        """Return the negatives usual in its hour, at the time of a closed bin of the brand."""
        return HOUR_BINS * self.now.expected(usual, self.birth or _UNBORN) if usual is not None else 0.0

    def hour(self, edge: int) -> float:
        """Return the negatives of the last hour, the open bin that starts at `edge` included."""
        return sum(negative for negative, _ in _hour(self.bins, edge))
