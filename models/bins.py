"""One bin of a brand, and the hour made of twelve: how many, and who stands behind them.

Arrival order never matters: counts are multiples of 2^-20, so that their sums
are exact in a double, and distinct authors are counted in a sketch that keeps
the smallest hashes (k minimum values, Beyer et al., SIGMOD 2007).
"""

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

BINS_AN_HOUR = 12
SKETCH = 48
"""Hashes kept per bin: bounds a saved brand at some 150 kB in its worst two days; exact up to 48."""
NEGATIVE = 0.5
"""P(negative) above which one mention counts as negative where people are counted, not weights."""
PLACES = 64
"""Cells over which sources are counted, by the hash of the name; two of five sources share one with 15 %."""
_REMEMBERED = 1_024
"""Sources whose cell is remembered."""
_GRID = float(1 << 20)
_HASHES = 1 << 32


def quantum(value: float) -> float:
    """Round to a multiple of 2^-20, whose sums are exact in any order."""
    return round(value * _GRID) / _GRID


def short_hash(text: str) -> int:
    """Return 32 uniform bits of `text`."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest())


@lru_cache(_REMEMBERED)
def cell(source: str) -> int:
    """Return the cell of a source."""
    return short_hash(source) % PLACES


def tally(counts: dict[int, int], key: int) -> None:
    """Count `key`, keeping the `SKETCH` smallest keys; the result does not depend on the order."""
    counts[key] = counts.get(key, 0) + 1
    if len(counts) > SKETCH:
        del counts[max(counts)]


def take_back(counts: dict[int, int], key: int) -> None:
    """Count `key` once less."""
    left = counts.pop(key, 0) - 1
    if left > 0:
        counts[key] = left


def untally(counts: dict[int, int], key: int) -> None:
    """Undo one `tally`.

    A full sketch keeps the key with 0: of what lies above its largest key nothing is known, so the border
    must stay where it is.
    """
    if len(counts) < SKETCH:
        take_back(counts, key)
    elif counts.get(key):
        counts[key] -= 1


def present(counts: Mapping[int, int]) -> set[int]:
    """Return the keys of a sketch that still count for something."""
    return {key for key, count in counts.items() if count}


@dataclass(slots=True)
class Bin:
    """Sums over one bin. Fields with a fraction are multiples of 2^-20."""

    mentions: float = 0.0
    negative: float = 0.0
    independent: float = 0.0
    independent_negative: float = 0.0
    negatives: float = 0.0
    """Mentions with P(negative) above one half."""
    named: float = 0.0
    """Those of them whose author is known."""
    foreign: float = 0.0
    """Mentions in a language of which nobody knows how well it is read (`models.languages`)."""
    sources: dict[int, int] = field(default_factory=dict)
    """Number of a source to negatives from there."""
    authors: dict[int, int] = field(default_factory=dict)
    """Hash of an author to negatives written."""
    copies: dict[int, int] = field(default_factory=dict)
    """Hash of a cluster to mentions that are not its first."""
    negative_copies: dict[int, int] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    """Cell of a source to negatives from there, copies left out."""

    def sums(self) -> tuple[float, ...]:
        """Return the scalar fields in order."""
        return (
            self.mentions,
            self.negative,
            self.independent,
            self.independent_negative,
            self.negatives,
            self.named,
            self.foreign,
        )


@dataclass(frozen=True, slots=True)
class Hour:
    """Who and what stands behind the last hour."""

    mentions: float = 0.0
    negative: float = 0.0
    independent: float = 0.0
    independent_negative: float = 0.0
    negatives: float = 0.0
    """Mentions that read as negative."""
    peak_bin: float = 0.0
    """Independent mentions of its fullest bin."""
    peak_bin_negative: float = 0.0
    authors: int | None = None
    new_authors: int | None = None
    """How many of them were not seen before; None while that cannot be told."""
    sources: int = 0
    top_cluster: float = 0.0
    """Share of the negatives that the largest copy cluster gives."""
    top_cluster_all: float = 0.0
    """The same among all mentions."""
    top_authors: float = 0.0
    places: Mapping[int, int] = field(default_factory=dict)
    foreign: float = 0.0
    """Mentions in a language of which nobody knows how well it is read."""


CountNew = Callable[[Iterable[int]], int]
"""Says how many of these authors are new."""


def summarise(bins: Sequence[Bin], count_new: CountNew | None = None) -> Hour:
    """Add up the bins of an hour; without `count_new` nobody knows who is new."""
    if not bins:
        return Hour()
    mentions = sum(content.mentions for content in bins)
    negatives = sum(content.negatives for content in bins)
    authors = _distinct_authors(bins)
    return Hour(
        mentions,
        sum(content.negative for content in bins),
        sum(content.independent for content in bins),
        sum(content.independent_negative for content in bins),
        negatives,
        max(content.independent for content in bins),
        max(content.independent_negative for content in bins),
        authors,
        None if authors is None or count_new is None else _new_authors(bins, authors, count_new),
        len(set().union(*(content.sources for content in bins))),
        _top_share((content.negative_copies for content in bins), negatives, 1, 1),
        _top_share((content.copies for content in bins), mentions, 1, 1),
        _top_share((content.authors for content in bins), negatives, 3, 0),
        sum((Counter(content.places) for content in bins), Counter()),
        sum(content.foreign for content in bins),
    )


def _distinct_authors(bins: Sequence[Bin]) -> int | None:
    if not any(content.named for content in bins):
        return None
    return distinct([content.authors for content in bins])


def _new_authors(bins: Sequence[Bin], authors: int, count_new: CountNew) -> int:
    """Return how many authors are new: exact for up to `SKETCH`, else estimated from the smallest hashes."""
    sample = heapq.nsmallest(SKETCH, set().union(*(present(content.authors) for content in bins)))
    return round(authors * count_new(sample) / len(sample)) if sample else 0


def distinct(sketches: Sequence[dict[int, int]]) -> int:
    """Return how many different keys stand behind the sketches, exact while none is full."""
    keys = set().union(*map(present, sketches))
    full = [max(sketch) for sketch in sketches if len(sketch) >= SKETCH]
    if not full:
        return len(keys)
    limit = min(full)
    return round(sum(key <= limit for key in keys) * _HASHES / (limit + 1))


def _top_share(counts: Iterable[dict[int, int]], total: float, top: int, extra: int) -> float:
    """Share of the `top` largest keys; `extra` is added to each for what the sketch leaves out."""
    merged: Counter[int] = Counter()
    for each in counts:
        merged.update(each)
    largest = heapq.nlargest(top, filter(None, merged.values()))
    return min(1.0, sum(value + extra for value in largest) / total) if total else 0.0
