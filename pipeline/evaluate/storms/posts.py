"""The mentions of one stream as columns, and the bins that the detector makes of them.

Millions of mentions of a busy brand would take hours one by one; here the same sums are made column by
column. `tests/unit/test_evaluate_storms.py` holds them to those of the product's own `BrandDetector`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.bins import NEGATIVE, PLACES, SKETCH, Bin, quantum, short_hash
from models.copies import AUTHOR_LIMIT
from models.windows import HOUR_BINS

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

SOURCES = ("social", "forum", "news")
"""Where people speak in these scenarios; all three are observed."""
_PLACES = tuple(short_hash(source) % PLACES for source in SOURCES)
_GOLDEN, _BITS = 0x9E3779B1, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Posts:
    """One row a mention."""

    bins: Whole
    """Number of the 5-minute bin in the stream, from 0."""
    negative: Real
    """P(negative) that the shipped model gives its text."""
    authors: Whole
    """32 bits that stand for the author."""
    sources: Whole
    """Index into `SOURCES`."""
    clusters: Whole
    """Number of the copy cluster; 0 for a text of its own."""

    def __len__(self) -> int:
        return self.bins.size

    def where(self, rows: NDArray[np.bool_] | Whole) -> "Posts":
        """Return some rows, in the order that `rows` gives."""
        return Posts(*(getattr(self, field.name)[rows] for field in fields(self)))

    def counts(self, length: int) -> Whole:
        """Return mentions per bin."""
        return np.bincount(self.bins, minlength=length)[:length]

    def negatives(self, length: int) -> Whole:
        """Return mentions read as negative, per bin."""
        return np.bincount(self.bins[self.negative > NEGATIVE], minlength=length)[:length]


def joined(parts: Sequence[Posts]) -> Posts:
    """Return the rows of all parts in order of their bins."""
    columns = (np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Posts))
    every = Posts(*columns)
    return every.where(np.argsort(every.bins, kind="stable"))


def copy_numbers(clusters: Whole) -> Whole:
    """Return 1 for the first row of each cluster, 2 for its first copy and so on; 1 where there is none."""
    order = np.argsort(clusters, kind="stable")
    numbers = np.ones(clusters.size, np.int64)
    numbers[order] = np.arange(clusters.size) - _group_starts(clusters[order]) + 1
    return np.where(clusters == 0, 1, numbers)


def weights(posts: Posts, numbers: Whole) -> Real:
    """Return what each row counts for: copies less and less, an author at most so much in a clock hour."""
    whole = 1.0 / (1.0 + (numbers - 1) / 3.0)
    keys = (posts.bins // HOUR_BINS << 32) | posts.authors
    order = np.argsort(keys, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(whole[order])])
    before = sums[:-1] - sums[_group_starts(keys[order])]
    granted = np.empty(whole.size)
    granted[order] = np.clip(AUTHOR_LIMIT - before, 0.0, whole[order])
    return granted


def _group_starts(ordered: Whole) -> Whole:
    """Return for each row the place at which the run of its value begins."""
    if not ordered.size:
        return ordered
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    starts: Whole = np.maximum.accumulate(np.where(new, np.arange(ordered.size), 0))
    return starts


def contents(posts: Posts, length: int) -> Iterator[Bin | None]:
    """Yield the content of each bin; None where nothing was said. `posts` stand in order of their bins."""
    numbers = copy_numbers(posts.clusters)
    weight = weights(posts, numbers)
    sums = np.stack([_sums(posts.bins, each, length) for each in _columns(posts, weight)], axis=1)
    copied, angry = numbers > 1, posts.negative > NEGATIVE
    keys = (posts.clusters * _GOLDEN) & _BITS
    copies = _tallies(posts.bins, keys, copied, length)
    negative_copies = _tallies(posts.bins, keys, copied & angry, length)
    authors = _tallies(posts.bins, posts.authors, angry, length)
    sources, places = _sources(posts, angry, copied, length)
    for place, row in enumerate(sums.tolist()):
        if not row[0]:
            yield None
            continue
        a, b, c, d, negatives = row
        told = (authors[place], copies[place], negative_copies[place], places[place])
        yield Bin(a, b, c, d, negatives, negatives, 0.0, sources[place], *(each or {} for each in told))


def _columns(posts: Posts, weight: Real) -> Iterator[Real]:
    yield np.ones(len(posts))
    yield _quanta(posts.negative)
    yield _quanta(weight)
    yield _quanta(weight * posts.negative)
    yield (posts.negative > NEGATIVE).astype(np.float64)


def _quanta(values: Real) -> Real:
    """As `models.bins.quantum`, for many."""
    return np.asarray(np.rint(values / quantum(2.0**-20)) * 2.0**-20)


def _sums(bins: Whole, values: Real, length: int) -> Real:
    summed: Real = np.bincount(bins, weights=values, minlength=length)[:length].astype(np.float64)
    return summed


def _tallies(bins: Whole, keys: Whole, rows: NDArray[np.bool_], length: int) -> list[dict[int, int] | None]:
    """Return per bin how often each of the smallest keys occurs, as `models.bins.tally` keeps them."""
    found: list[dict[int, int] | None] = [None] * length
    bins, keys = bins[rows], keys[rows]
    edges = [*np.flatnonzero(np.diff(bins, prepend=-1)).tolist(), bins.size]
    listed, places = keys.tolist(), bins.tolist()
    for first, last in pairwise(edges):
        every = Counter(listed[first:last])
        if len(every) > SKETCH:
            every = Counter({key: every[key] for key in sorted(every)[:SKETCH]})
        found[places[first]] = dict(every)
    return found


def _sources(
    posts: Posts, angry: NDArray[np.bool_], copied: NDArray[np.bool_], length: int
) -> tuple[list[dict[int, int]], list[dict[int, int]]]:
    """Return per bin negatives per source, and negatives per cell, copies left out."""
    spoke = [_sums(posts.bins, 1.0 * (angry & (posts.sources == each)), length) for each in range(3)]
    own = [_sums(posts.bins, 1.0 * (angry & ~copied & (posts.sources == each)), length) for each in range(3)]
    return _counted(spoke, range(len(spoke))), _counted(own, _PLACES)


def _counted(columns: list[Real], names: Sequence[int]) -> list[dict[int, int]]:
    rows = np.stack(columns, axis=1).astype(np.int64).tolist()
    return [{name: n for name, n in zip(names, row, strict=True) if n} for row in rows]
