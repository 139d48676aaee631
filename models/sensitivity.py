"""The smallest storm that would be noticed now: the proof behind the word "calm"."""

from math import log, log1p

from core.records import BIN_SECONDS
from models.evidence import COLD_NEGATIVES, COLD_RATIO, LEAST_NEGATIVES, Evidence
from models.fuse import Decades, contributions, fused
from models.growth import RATIOS, log_ratio
from models.share import BURST, WINDOW
from models.windows import HOUR_BINS, Windows

_STEPS = 20
_MOST = 1e6


class Noticed:
    """Remembers the smallest storm behind the last closed bin: it follows from closed bins alone."""

    def __init__(self) -> None:
        self._last: tuple[int | None, float] | None = None

    def forget(self) -> None:
        """Closed bins have changed."""
        self._last = None

    def at(self, edge: int | None, evidence: Evidence, windows: Windows) -> float:
        """Return it for the end `edge` of the last closed bin, None before the first."""
        if self._last is None or self._last[0] != edge:
            if edge is not None:
                evidence.stand_after(edge - BIN_SECONDS, windows)
            self._last = (edge, would_catch(evidence))
        return self._last[1]


def would_catch(state: Evidence) -> float:
    """Return the fewest independent negatives that would page when they come within one hour.

    A storm that grows over several hours pages at fewer: evidence of growth and of a shift adds up.
    """
    if not state.learned:
        return max(COLD_NEGATIVES, COLD_RATIO * state.usual_hour_negative())
    low, high = LEAST_NEGATIVES, _MOST
    if _evidence(state, low) >= state.threshold:
        return low
    for _ in range(_STEPS):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if _evidence(state, middle) >= state.threshold else (middle, high)
    return high


def _evidence(state: Evidence, negatives: float) -> float:
    """Return the evidence after one hour that brought `negatives` on top of the usual other mentions."""
    others = max(0.0, state.usual_hour() - state.usual_hour_negative())
    tails = state.calibration
    decades = Decades(
        tails.growth.decades(_growth(state, negatives)),
        tails.negative.decades(log1p(negatives / state.seen.lift)),
        tails.all.decades(log1p((negatives + others) / state.seen.lift)),
    )
    return tails.fused.evidence(
        fused(contributions(decades, _shift(state, negatives, others), log(2.0), 1, 1.0))
    )


def _shift(state: Evidence, negatives: float, others: float) -> float:
    """Return D after that hour, with usual ones before it; its fullest 40 minutes do not count."""
    hour = negatives + others
    before = (WINDOW / HOUR_BINS - 1.0) * state.usual_hour()
    excess = (negatives - state.share.usual * hour) * (1.0 - BURST / HOUR_BINS)
    return max(
        state.share.deviations(excess, hour + before),
        state.share.outcry(negatives, state.usual_hour_negative(), hour),
    )


def _growth(state: Evidence, negatives: float) -> float:
    mu = max(state.usual_hour_negative() / HOUR_BINS, 0.02)
    kappa = state.baseline.negative.kappa
    steps = (log_ratio(negatives / HOUR_BINS, mu, kappa, ratio) for ratio in RATIOS)
    return HOUR_BINS * max(0.0, *(min(1.5, step) for step in steps))
