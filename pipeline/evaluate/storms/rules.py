"""The peers of `evaluate nab` on these streams: what each says of all mentions, and of the negatives alone.

Rules run on 5-minute counts. What learns slowly runs on hours, over fewer storms.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pipeline.evaluate.nab import peers, river_peers
from pipeline.evaluate.nab.data import Stream as Counts
from pipeline.evaluate.storms.posts import Real, Whole
from pipeline.evaluate.storms.world import DAY

FEEDS = ("all", "negatives")
_HOUR = 12
_SLOW = ("rrcf", "changefinder", *river_peers.PEERS)
FAST = tuple(name for name in peers.PEERS if name not in {*_SLOW, "clock"})
SLOW = tuple(_SLOW)
_HOURLY = tuple(name for name in _SLOW if name != "rrcf")
"""rrcf adds up hours by itself."""
_KEPT = 0.98
"""Scores below this quantile of a stream are never a threshold that keeps a budget."""
CLOCK = "clock"

Peaks = list[tuple[int, float]]
"""Bins and scores, in order of time."""


def scores(name: str, counts: Whole) -> Real:
    """Return a peer's scores of 5-minute counts, one a bin; -inf where it says nothing."""
    every: dict[str, Callable[[Counts], Real]] = peers.PEERS | river_peers.PEERS
    if name not in SLOW:
        return every[name](_stream(counts))
    hours = counts[: counts.size // _HOUR * _HOUR].reshape(-1, _HOUR).sum(axis=1)
    said = every[name](_stream(hours if name in _HOURLY else counts))
    spread = np.full(counts.size, -np.inf)
    spread[_HOUR - 1 :: _HOUR] = said if name in _HOURLY else said[_HOUR - 1 :: _HOUR]
    return spread


def random_clock(length: int, seed: int) -> Real:
    """Return scores that know nothing: pages at random times, as many as a threshold lets through."""
    return np.random.default_rng(seed).random(length)


def _stream(counts: Whole) -> Counts:
    return Counts("", np.arange(counts.size) * 300, counts, ())


def peaks(said: Real, first: int) -> Peaks:
    """Return the highest scores from bin `first` on: all that a threshold for rare pages can meet."""
    least = np.quantile(said[first:][np.isfinite(said[first:])], _KEPT)
    rows = first + np.flatnonzero(said[first:] >= least)
    return list(zip(rows.tolist(), said[rows].tolist(), strict=True))


def pages(found: Peaks, threshold: float) -> list[int]:
    """Return the bins of pages, each followed by 24 hours of silence."""
    made: list[int] = []
    for place, score in found:
        if score >= threshold and (not made or place - made[-1] >= DAY):
            made.append(place)
    return made


def threshold(streams: Sequence[Peaks], most: int) -> float:
    """Return the lowest threshold at which all streams together page at most so often; infinity: none."""
    every = np.unique([score for found in streams for _, score in found])
    low, high = 0, every.size
    while low < high:
        middle = (low + high) // 2
        if sum(len(pages(found, float(every[middle]))) for found in streams) > most:
            low = middle + 1
        else:
            high = middle
    return float(every[low]) if low < every.size else float("inf")


def first_page(said: Real, threshold: float, first: int, last: int) -> int | None:
    """Return the first bin of `first`..`last` that reaches the threshold."""
    reached = np.flatnonzero(said[first : last + 1] >= threshold)
    return first + int(reached[0]) if reached.size else None


def names(slow: bool) -> Iterator[str]:
    """Yield the peers that a storm is shown to."""
    yield from FAST
    if slow:
        yield from SLOW
