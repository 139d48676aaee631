"""Looking into bins that have not closed yet."""

from core.records import BIN_SECONDS
from models.evidence import Evidence
from models.windows import HOUR_BINS, Windows, bin_start

_LEAST_ELAPSED = 0.003
"""One second of a bin: what has just begun is not divided by nothing."""


def glance_until(
    evidence: Evidence,
    windows: Windows,
    edge: int | None,
    now: float,
    exposure: float,
    observable: int,
    planned: float = 1.0,
) -> int:
    """Let `evidence` take in the bins from `edge` up to the one that holds `now`; return that one's start.

    Bins that have passed but wait for the watermark are looked at as well, at most an hour of them.
    The caller puts the state back.
    """
    last = bin_start(now)
    first = last if edge is None else edge
    last = min(max(first, last), first + HOUR_BINS * BIN_SECONDS)
    elapsed = min(1.0, max(_LEAST_ELAPSED, (now - last) / BIN_SECONDS))
    evidence.seen.planned = planned
    for start in range(first, last, BIN_SECONDS):
        evidence.glance(start, windows, exposure, observable, 1.0)
    evidence.glance(last, windows, exposure, observable, elapsed)
    return last
