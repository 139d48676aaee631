"""Growth of negatives: four clipped CUSUMs of the negative-binomial likelihood ratio.

NB-CUSUM after Watkins et al. 2008 (BMC MIDM 8:37). Each ratio rho asks "are
there rho times as many as expected?". A bin adds at most 1.5, so that a single
burst cannot page: it takes several bins of steady excess.
"""

from math import log
from typing import ClassVar

from models.seen import Seen
from models.windows import HOUR_BINS

RATIOS = (1.5, 2.0, 3.0, 6.0)
_LOGS = tuple(log(ratio) for ratio in RATIOS)
_UP, _DOWN = 1.5, -3.0
_MOST = 200.0
_FADE, _STALE = 0.992, 0.9
"""Old evidence halves in seven hours, in half an hour once the last hour is no longer above its usual:
at one negative an hour the plain sum would take days to forget a finished storm."""
_LEAST_EXPECTED = 0.02
"""Negatives per bin (one in four hours) below which a first mention would look like a storm."""
_LONG = 3 * 3600
"""Seconds: three hours, after which a rise is no burst, and by which a stage is left."""
_FAR = 3.0
"""Decades beyond the one-in-a-hundred level: one calm bin in 100,000, a year of them."""


def log_ratio(count: float, mu: float, kappa: float, ratio: float) -> float:
    """Log-likelihood ratio of `count` under mean `ratio * mu` against `mu`, dispersion `kappa` fixed.

    With r = 1 / kappa the negative binomial has variance mu + kappa mu^2.
    """
    size = 1.0 / kappa
    return count * log(ratio) - (count + size) * log((size + ratio * mu) / (size + mu))


def fading(seen: Seen) -> float:
    """Return the part of old evidence that is kept after this bin."""
    return _FADE if seen.hour_negative > HOUR_BINS * seen.expected_negative else _STALE


class Growth:
    """C, the largest of the four sums, and when its rise began."""

    estimator: ClassVar[str] = "growth"
    __slots__ = ("_onsets", "_sums")

    def __init__(self) -> None:
        self._sums = (0.0,) * len(RATIOS)
        self._onsets = (0.0,) * len(RATIOS)

    @property
    def value(self) -> float:
        """C after the last bin."""
        return max(self._sums)

    @property
    def onset(self) -> int | None:
        """Start of the bin in which the largest sum last left zero; None while all are zero."""
        largest = self.value
        return int(self._onsets[self._sums.index(largest)]) if largest > 0.0 else None

    def lasting(self, start: int, decades: float) -> bool:
        """Return whether, at the bin that starts at `start`, the rise lasts for hours and is no chance.

        `decades` are those of C beyond the brand's own one-in-a-hundred level.
        """
        onset = self.onset
        return decades >= _FAR and onset is not None and start - onset >= _LONG

    def score_one(self, seen: Seen) -> float:
        """Return C as it would be after this bin."""
        return max(self._after(seen))

    def learn_one(self, seen: Seen) -> None:
        """Take in a bin and leave C in `seen.growth`."""
        if seen.negative > 0.0 or self._sums[0] > 0.0 or any(self._sums):
            before, self._sums = self._sums, self._after(seen)
            self._onsets = tuple(
                float(seen.start) if old == 0.0 else onset
                for old, onset in zip(before, self._onsets, strict=True)
            )
        seen.growth = max(self._sums)

    def _after(self, seen: Seen) -> tuple[float, ...]:
        count, mu = seen.negative, max(seen.expected_negative, _LEAST_EXPECTED)
        size = 1.0 / seen.dispersion_negative
        base, trials = size + mu, count + size
        fade = fading(seen)
        return tuple(
            min(_MOST, max(0.0, fade * held + min(_UP, max(_DOWN, count * ln - trials * log(odds)))))
            for held, ln, odds in zip(
                self._sums, _LOGS, [(size + ratio * mu) / base for ratio in RATIOS], strict=True
            )
        )

    def rest(self) -> None:
        """Forget what history piled up."""
        self._sums = (0.0,) * len(RATIOS)

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        return (*self._sums, *self._onsets)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        half = len(RATIOS)
        self._sums, self._onsets = state[:half], state[half:]
