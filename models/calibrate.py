"""How unusual is a statistic for this brand: peaks over threshold on its own last 14 days.

Above the 99 % quantile q of the brand's calm bins the tail is exponential,
p = 0.01 exp(-(v - q) / beta) (Pickands 1975; SPOT, Siffer et al. 2017, with the
shape fixed at zero); below q it is empirical. A young brand borrows q and beta
from brands of its size: own weight N / (N + 2016). Volume of any mood is plain to see even for a small
brand: there the pool leaves as the 14 days fill. Everything fused is calibrated by its runs (`models.runs`).
"""

from math import exp, log, log1p, log10
from typing import ClassVar

from models.baseline import Baseline
from models.priors import Priors, TailPrior
from models.runs import Runs
from models.seen import Seen
from models.sliding import REFERENCE, ROOM, Sliding
from models.windows import HOUR_BINS

_HALF_OWN = 2016.0
_TOP = 0.01
_STATE = 4
"""Figures in the state of a tail; the runs come last and have more. The first is the count."""
_LEAST_EXCESS = 0.5
"""Own mean excess is never taken below half the pool's: two weeks may hold one burst or none."""
_STEEPEST = 0.1
"""Where that is more than 10 % of a count, 10 % are enough for volume of any mood: large brands differ from
each other, and the pool of the largest holds the most restless ones."""
_FARTHEST = 4.0
"""Mean excesses above the 99 % level from which on a bin says nothing further of what is usual, as counts are
pulled in for the baseline: a storm that was missed must not hide the next one. Of an exponential tail this
takes 2 % of its mean."""
LN10 = log(10.0)


class Tail(Sliding):
    """Histogram of one statistic with its quantile and mean excess.

    The tail of `linear` statistics is exponential on their own scale. `plain` ones need no pool once the
    reference is full.
    """

    __slots__ = ("excess_mean", "level", "plain")

    def __init__(self, prior: TailPrior, linear: bool, plain: bool = False) -> None:
        super().__init__(linear)
        self.plain = plain
        self.level = prior.level
        self.excess_mean = prior.excess

    def learn(self, value: float) -> None:
        """Add one calm bin, forget the one 14 days before."""
        if not self.plain and self.held >= _HALF_OWN:
            value = min(value, self.level + _FARTHEST * self.excess_mean)
        self._store(value)

    def refresh(self, prior: TailPrior) -> None:
        """Compute quantile and mean excess anew, mixed with the pool's."""
        pool = _HALF_OWN * (1.0 - self.held / REFERENCE) if self.plain else _HALF_OWN
        own = self.held / (self.held + pool)
        level, excess = self.own_tail() if self.held else (0.0, 0.0)
        self.level = own * level + (1.0 - own) * prior.level
        excess = own * excess + (1.0 - own) * prior.excess
        least = _LEAST_EXCESS * prior.excess
        self.excess_mean = max(excess, min(least, _STEEPEST) if self.plain else least)

    def own_tail(self) -> tuple[float, float]:
        """Return the brand's own 99 % quantile and mean excess above it; zeros without history.

        The excess is measured from the lower edge of the cell that holds the quantile, and the
        quantile placed inside that cell as an exponential tail would have it.
        """
        wanted = max(1.0, _TOP * self.held)
        above, weighted = 0, 0.0
        for cell in reversed(range(len(self._counts))):
            above += self._counts[cell]
            weighted += self._counts[cell] * self._middles[cell]
            if above >= wanted:
                excess = weighted / above - self._edges[cell]
                return self._edges[cell] + excess * log(above / wanted), excess
        return 0.0, 0.0

    def decades(self, value: float) -> float:
        """Return by how many powers of ten `value` lies beyond the one-in-a-hundred level."""
        return (value - self.level) / (self.excess_mean * LN10) if value > self.level else 0.0

    def evidence(self, value: float) -> float:
        """Return -log10 of the share of calm bins that reach `value`."""
        if value <= 0.0:
            return 0.0
        if value > self.level:
            return -log10(_TOP) + self.decades(value)
        return max(0.0, min(-log10(_TOP), -log10(self._share_above(value))))

    def _share_above(self, value: float) -> float:
        if not self.held:
            return exp(log(_TOP) * max(0.0, value) / max(self.level, 1e-9))
        reached = sum(
            count for count, middle in zip(self._counts, self._middles, strict=True) if middle >= value
        )
        return (reached + 1.0) / (self.held + 1.0)

    def state(self) -> tuple[float, ...]:
        """Return what changes, without the ring."""
        return (float(self.count), self.level, self.excess_mean, float(self._withdrawn))

    def restore(self, state: tuple[float, ...]) -> None:
        """Go back to an earlier `state`."""
        count, self.level, self.excess_mean, withdrawn = state
        self.rollback(int(count))
        self._withdrawn = int(withdrawn)


class Calibration:
    """The tails of one brand: growth, volumes, and everything fused."""

    estimator: ClassVar[str] = "calibration"
    __slots__ = ("_priors", "all", "fused", "growth", "negative")

    def __init__(self, priors: Priors) -> None:
        self._priors = priors
        bucket = priors.bucket(priors.mentions_per_hour)
        self.growth = Tail(bucket.growth, linear=True)
        self.negative = Tail(bucket.negative, linear=False)
        self.all = Tail(bucket.all, linear=False, plain=True)
        self.fused = Runs(bucket.fused)

    @property
    def tails(self) -> tuple[Tail, Tail, Tail, Runs]:
        """Return the four tails in the order in which they are saved."""
        return (self.growth, self.negative, self.all, self.fused)

    def score_one(self, seen: Seen) -> float:
        """Return the evidence of the fused statistic, -log10 p."""
        return self.fused.evidence(seen.fused)

    def learn_one(self, seen: Seen, calm: bool = True) -> None:
        """Add a bin to the reference; one that is not calm counts for volume of any mood alone.

        A brand that is much talked of every week would else be surprising every week.
        """
        self.all.learn(log1p(seen.hour_mentions / seen.lift))
        if calm:
            self.growth.learn(seen.growth)
            self.negative.learn(log1p(seen.hour_negative / seen.lift))
            self.fused.learn(seen.pageable)

    def withdraw(self) -> None:
        """Leave the day that led to a storm out of the reference; volume of any mood keeps it."""
        for tail in (self.growth, self.negative, self.fused):
            tail.withdraw()

    def refresh(self, baseline: Baseline, hour_number: int) -> None:
        """Recompute one tail each hour in turn, those without history of their own every hour.

        Volume priors move with the brand's level.
        """
        hour, negative_hour = HOUR_BINS * baseline.all.rate, HOUR_BINS * baseline.negative.rate
        bucket = self._priors.bucket(hour)
        *tails, fused = self.tails
        priors = (bucket.growth, _shift(bucket.negative, negative_hour), _shift(bucket.all, hour))
        for turn, (tail, prior) in enumerate(zip(tails, priors, strict=True)):
            if not tail.held or hour_number % len(self.tails) == turn:
                tail.refresh(prior)
        if not fused.held or hour_number % len(self.tails) == len(priors):
            fused.refresh(bucket.fused)

    def rest(self) -> None:
        """Nothing to forget: the reference is what history is for."""

    def state(self) -> tuple[float, ...]:
        """Return what changes, without the rings: they are rolled back by position."""
        return tuple(value for tail in self.tails for value in tail.state())

    def restore(self, state: tuple[float, ...]) -> None:
        """Go back to an earlier `state` of this object, at most two days and two hours ago."""
        *tails, fused = self.tails
        for index, tail in enumerate(tails):
            tail.restore(state[_STATE * index : _STATE * (index + 1)])
        fused.restore(state[_STATE * len(tails) :])

    def dump(self, oldest: tuple[float, ...]) -> bytes:
        """Return the rings, back to what the `oldest` state that may be restored needs."""
        return b"".join(tail.cells(int(oldest[_STATE * index])) for index, tail in enumerate(self.tails))

    def load(self, cells: bytes, state: tuple[float, ...]) -> None:
        """Take back rings and state."""
        for index, tail in enumerate(self.tails):
            tail.reload(cells[2 * ROOM * index : 2 * ROOM * (index + 1)], int(state[_STATE * index]))
        self.restore(state)


def _shift(prior: TailPrior, hour: float) -> TailPrior:
    """Move a relative volume tail to a brand's usual hour."""
    return TailPrior(log1p(hour) + prior.level, prior.excess)
