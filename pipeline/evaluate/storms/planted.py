"""Storms: planted into a background, so that onset and peak are known."""

from dataclasses import dataclass
from math import ceil, log2

import numpy as np

from pipeline.evaluate.storms.people import NEW_IN_STORM
from pipeline.evaluate.storms.posts import Posts, Real, Whole
from pipeline.evaluate.storms.texts import Texts
from pipeline.evaluate.storms.world import DAY, WARM_DAYS, Stream, drifting

ONSET = 0.02
"""Part of the usual rate at which a storm begins to count."""
AFTER_PEAK = 72
"""Bins after the peak in which a page still finds it: 6 hours."""
_FADE, _FADING = 36, 144
"""Bins in which it falls to half, and in which it ends: 3 and 12 hours."""
_GAP = (2 * DAY, 3 * DAY)
"""Quiet before the next one: a storm has to be over before another can be found."""
_NEGATIVE, _NEUTRAL = (0.4, 0.9), (0.2, 0.4)
"""Part of a storm that is worded negatively, in all cells and in the one worded neutrally."""
_JOINING = (0.0, 1.0, 2.0)
"""Doublings after which each source takes part, as in `monitors.simulation`."""
_PARTS = (0.6, 0.25, 0.15)
_REPEATED, _TEXTS = 0.2, 20
"""Part of a storm that repeats one of so many of its texts."""
_NOISE, _MEMORY = 0.25, 0.5
"""Spread and memory, in hours, of the log-normal noise on a storm's growth."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of storm in one kind of background; the figures are told by cell."""

    volume: int
    """Mentions an hour of the background, 0 for StockNet brands at their own."""
    size: float
    """Times the usual rate at the peak."""
    doubling: float
    """Hours."""
    neutral: bool = False

    @property
    def counted(self) -> bool:
        """Whether it counts in `recall` and `lead_hours`."""
        listed = self.size in {3.0, 10.0} and self.doubling in {0.5, 1.0, 2.0, 4.0}
        return self.volume > 0 and listed and not self.neutral

    @property
    def rise(self) -> int:
        """Bins from onset to peak."""
        return ceil(12.0 * self.doubling * log2(self.size / ONSET))


@dataclass(frozen=True, slots=True)
class Storm:
    """Where one storm was planted; bins of the stream."""

    cell: Cell
    onset: int

    @property
    def peak(self) -> int:
        """The bin with the largest planted rate."""
        return self.onset + self.cell.rise

    @property
    def last(self) -> int:
        """The last bin in which a page finds it."""
        return self.peak + AFTER_PEAK

    @property
    def over(self) -> int:
        """The first bin after it."""
        return self.peak + _FADING


def place(length: int, cells: list[Cell], chance: np.random.Generator) -> list[Storm]:
    """Take storms from the end of `cells`, which loses them, as long as there is room in `length` bins."""
    at, placed = WARM_DAYS * DAY + int(chance.integers(0, DAY)), list[Storm]()
    while cells:
        storm = Storm(cells[-1], at)
        if storm.over >= length:
            break
        placed.append(storm)
        cells.pop()
        at = storm.over + int(chance.integers(*_GAP))
    return placed


def plant(storm: Storm, number: int, stream: Stream, texts: Texts, chance: np.random.Generator) -> Posts:
    """Return the mentions of a storm; `number` tells the copies of its texts from those of others."""
    cell, rise = storm.cell, storm.cell.rise
    expected = _shape(cell) * stream.rate * drifting(rise + _FADING, _NOISE, _MEMORY, chance)
    bins = storm.onset + np.repeat(np.arange(rise + _FADING), chance.poisson(expected))
    share = chance.uniform(*(_NEUTRAL if cell.neutral else _NEGATIVE))
    angry = chance.random(bins.size) < share
    drawn = chance.choice(texts.outrage, bins.size), chance.choice(texts.talk, bins.size)
    negative = np.where(angry, *drawn)
    authors = stream.crowd.authors(bins.size, NEW_IN_STORM, chance)
    posts = Posts(bins, negative, authors, _sources(bins - storm.onset, cell, chance), np.zeros_like(bins))
    return _repeating(posts, number, chance)


def _shape(cell: Cell) -> Real:
    """Return the planted rate, in times the usual one, of each bin from the onset on."""
    growing = ONSET * 2.0 ** (np.arange(cell.rise) / (12.0 * cell.doubling))
    fading = cell.size * 0.5 ** (np.arange(_FADING) / _FADE)
    return np.concatenate([growing, fading])


def _sources(since: Whole, cell: Cell, chance: np.random.Generator) -> Whole:
    """Return where each mention is made; before a source takes part, the first one has its mentions."""
    drawn = chance.choice(3, since.size, p=_PARTS)
    joined = 12.0 * cell.doubling * np.array(_JOINING)
    return np.where(since >= joined[drawn], drawn, 0)


def _repeating(posts: Posts, number: int, chance: np.random.Generator) -> Posts:
    """Let some mentions be copies of texts of this storm."""
    repeated = chance.random(len(posts)) < _REPEATED
    texts = chance.integers(0, _TEXTS, len(posts))
    clusters = np.where(repeated, (1 << 41) + number * _TEXTS + texts, 0)
    moods = chance.choice(posts.negative, _TEXTS) if len(posts) else np.zeros(_TEXTS)
    negative = np.where(repeated, moods[texts], posts.negative)
    return Posts(posts.bins, negative, posts.authors, posts.sources, clusters)
