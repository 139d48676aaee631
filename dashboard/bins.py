"""The bins that are not stored, put back for charts.

Detection keeps bins with mentions, bins that are not calm, and every full hour. So a
hole of up to an hour is calm without a mention, and a longer one is time that nobody watched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from core.records import BIN_SECONDS, SignalPoint, Stage

BIN = timedelta(seconds=BIN_SECONDS)
UNWATCHED = timedelta(hours=1) + BIN
"""Points further apart than this had nobody watching between them."""


def complete(points: Sequence[SignalPoint]) -> list[SignalPoint]:
    """Return `points`, oldest first, with one for every bin between the first and the last."""
    filled = [point for before, after in pairwise(points) for point in (before, *_between(before, after))]
    return [*filled, *points[-1:]]


def _between(before: SignalPoint, after: SignalPoint) -> Iterator[SignalPoint]:
    """Yield the missing bins: nothing was seen in them, or nobody looked."""
    unwatched = after.at - before.at > UNWATCHED
    empty = replace(before, stage=Stage.UNKNOWN if unwatched else before.stage, bin_seen=0.0)
    at = before.at + BIN
    while at < after.at:
        yield replace(empty, at=at)
        at += BIN
