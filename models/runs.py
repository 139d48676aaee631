"""How rare is what could page: highest figures of runs, on the brand's own last 14 days.

Bins that could page come in runs: a page is one event, however long it lasts. So a run counts once, with its
highest figure (runs declustering, Ferro & Segers 2003, JRSS B 65:545), and evidence is the logarithm of how
often a run of a calm brand reaches a figure. The figure is for the most part a count of standard deviations,
so its square is about exponential: p = rate exp(-z^2 / s). It is also a sum of log-odds, which no calm bin
exceeds more rarely than exp(-z): where the square would fall faster, it goes on like that. A young brand
borrows rate and s from brands of its size.
"""

from math import log, log10, sqrt

from models.priors import RunsPrior
from models.sliding import Sliding

_GAP = 36
"""Bins that end a run: three hours, after which a stage is left as well."""
_WEEK = 2016.0
_POOL_BINS, _POOL_RUNS = 1008.0, 1.0
"""What the pool counts for: half a week of bins for how often, one run for how high."""
_FARTHEST = 4.0
"""Mean squares from which on a run says nothing further of what is usual; of an exponential tail this takes
2 % of its mean."""
_LN10 = log(10.0)


class Runs(Sliding):
    """Histogram of the highest figures of runs, with their rate and mean square."""

    __slots__ = ("_highest", "_since", "rarity", "square")

    def __init__(self, prior: RunsPrior) -> None:
        super().__init__(linear=True)
        self._highest = 0.0
        self._since = 0
        self.refresh(prior)

    def learn(self, value: float) -> None:
        """Add a calm bin, in which `value` could page, or nothing (0)."""
        self._store(min(self._ended(value), sqrt(_FARTHEST * self.square)))

    def withdraw(self) -> None:
        """Forget the run that led to a storm, and leave the day that is held back out of the reference."""
        super().withdraw()
        self._highest = 0.0

    def _ended(self, value: float) -> float:
        """Return the highest value of the run that ends with this bin, 0 where none does."""
        self._since = 0 if value > 0.0 else self._since + 1
        self._highest, highest = max(self._highest, value), self._highest
        if self._since < _GAP or not highest:
            return 0.0
        self._highest = 0.0
        return highest

    def refresh(self, prior: RunsPrior) -> None:
        """Compute rate and mean square anew, mixed with the pool's."""
        runs, squares = self.own()
        pool = _POOL_BINS * prior.per_week / _WEEK
        self.rarity = -log10((runs + pool) / (self.held + _POOL_BINS))
        self.square = (squares + _POOL_RUNS * prior.square) / (runs + _POOL_RUNS)

    def own(self) -> tuple[int, float]:
        """Return the number of the brand's own runs, and the sum of the squares of their highest figures."""
        squares = sum(n * z * z for n, z in zip(self._counts, self._middles, strict=True))
        return self.held - self._counts[0], squares

    def evidence(self, value: float) -> float:
        """Return -log10 of the share of calm bins with which a run begins that reaches `value`."""
        if value <= 0.0:
            return 0.0
        steep = self.square / 2.0
        nats = value * value / self.square if value < steep else value - steep / 2.0
        return self.rarity + nats / _LN10

    def state(self) -> tuple[float, ...]:
        """Return what changes, without the ring."""
        counts = (float(self.count), float(self._withdrawn), float(self._since))
        return (*counts, self.rarity, self.square, self._highest)

    def restore(self, state: tuple[float, ...]) -> None:
        """Go back to an earlier `state`."""
        count, withdrawn, since, self.rarity, self.square, self._highest = state
        self.rollback(int(count))
        self._withdrawn, self._since = int(withdrawn), int(since)
