"""Event-time windows: what was seen in each 5-minute bin of the last 48 hours.

Arrival order never matters: counts are multiples of 2^-20, so that their sums
are exact in a double, and distinct authors are counted in a sketch that keeps
the smallest hashes (k minimum values, Beyer et al., SIGMOD 2007).
"""

import hashlib
import heapq
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.records import BIN_SECONDS, Scored, Window

HOUR_BINS = 12
RING_BINS = 576
"""48 hours: how long a late mention may still change a closed bin."""
KEPT_BINS = RING_BINS + 2 * HOUR_BINS
"""The ring, the hour back to its checkpoint, and the hour that the checkpoint's sums reach back."""
NEGATIVE = 0.5
"""P(negative) above which one mention counts as negative where people are counted, not weights."""
SKETCH = 48
"""Hashes kept per bin: bounds a saved brand at some 150 kB in its worst two days; exact up to 48."""
MAX_SOURCES = 60
"""Bits in a bin's source mask; sources beyond share the last one."""
_GRID = float(1 << 20)
_HASHES = 1 << 32


def quantum(value: float) -> float:
    """Round to a multiple of 2^-20, whose sums are exact in any order."""
    return round(value * _GRID) / _GRID


def bin_start(seconds: float) -> int:
    """Return the start of the bin that holds this time (seconds since the epoch)."""
    return int(seconds // BIN_SECONDS) * BIN_SECONDS


def short_hash(text: str) -> int:
    """Return 32 uniform bits of `text`."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest())


def tally(counts: dict[int, int], key: int) -> None:
    """Count `key`, keeping the `SKETCH` smallest keys; the result does not depend on the order."""
    counts[key] = counts.get(key, 0) + 1
    if len(counts) > SKETCH:
        del counts[max(counts)]


@dataclass(slots=True)
class Seen:
    """One bin as the estimators see it; each fills in what the next ones read."""

    start: int = 0
    exposure: float = 1.0
    mentions: float = 0.0
    """Independent mentions of the bin."""
    negative: float = 0.0
    """Independent negatives of the bin: sum of weight * P(negative)."""
    speed: float = 1.0
    """How fast baselines learn: 0.1 during a storm."""
    expected: float = 0.0
    """Expected independent mentions, exposure included."""
    expected_negative: float = 0.0
    dispersion: float = 0.1
    dispersion_negative: float = 0.1
    """kappa of the negative binomial: variance = mu + kappa mu^2."""
    hour_mentions: float = 0.0
    hour_negative: float = 0.0
    growth: float = 0.0
    """CUSUM of negatives."""
    share: float = 0.0
    """CUSUM of the negative share."""
    fused: float = 0.0
    """z of all evidence together."""


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
    sources: int = 0
    """Bit mask of sources with negatives."""
    authors: dict[int, int] = field(default_factory=dict)
    """Hash of an author to negatives written."""
    copies: dict[int, int] = field(default_factory=dict)
    """Hash of a cluster to mentions that are not its first."""
    negative_copies: dict[int, int] = field(default_factory=dict)

    def sums(self) -> tuple[float, ...]:
        """Return the scalar fields in order."""
        return (
            self.mentions,
            self.negative,
            self.independent,
            self.independent_negative,
            self.negatives,
            self.named,
        )


@dataclass(frozen=True, slots=True)
class Hour:
    """Who and what stands behind the last hour."""

    mentions: float = 0.0
    negative: float = 0.0
    independent: float = 0.0
    independent_negative: float = 0.0
    peak_bin: float = 0.0
    """Independent mentions of its fullest bin."""
    peak_bin_negative: float = 0.0
    authors: int | None = None
    sources: int = 0
    top_cluster: float = 0.0
    """Share of the negatives that the largest copy cluster gives."""
    top_cluster_all: float = 0.0
    """The same among all mentions."""
    top_authors: float = 0.0


class Windows:
    """The bins of the last 48 hours of one brand, and how much of each was observable."""

    def __init__(self) -> None:
        self.bins: dict[int, Bin] = {}
        self.names: list[str] = []
        self._exposures = array("d", [1.0]) * KEPT_BINS
        self._observable = array("d", [1.0]) * KEPT_BINS

    def add(self, scored: Scored, start: int, weight: float, cluster: str, copy_number: int) -> None:
        """Count one mention in the bin that starts at `start`."""
        content = self.bins.setdefault(start, Bin())
        negative = scored.score.negative
        content.mentions += 1.0
        content.negative += quantum(negative)
        content.independent += quantum(weight)
        content.independent_negative += quantum(weight * negative)
        if copy_number > 1:
            tally(content.copies, short_hash(cluster))
        if negative > NEGATIVE:
            self._add_negative(content, scored, cluster if copy_number > 1 else "")

    def _add_negative(self, content: Bin, scored: Scored, copied: str) -> None:
        mention = scored.mention
        content.negatives += 1.0
        content.sources |= 1 << self._source(mention.source)
        if mention.author:
            content.named += 1.0
            tally(content.authors, short_hash(f"{mention.source}\x1f{mention.author}"))
        if copied:
            tally(content.negative_copies, short_hash(copied))

    def _source(self, name: str) -> int:
        if name not in self.names:
            if len(self.names) >= MAX_SOURCES - 1:
                return MAX_SOURCES - 1
            self.names.append(name)
        return self.names.index(name)

    def import_window(self, window: Window) -> None:
        """Take in a window of history, of which only the sums are known."""
        if window.mentions > 0.0:
            self.bins[window.start] = Bin(
                quantum(window.mentions),
                quantum(window.negative),
                quantum(window.independent),
                quantum(window.independent_negative),
            )

    def observe(self, start: int, exposure: float, observable: int) -> None:
        """Record how much of a bin could be seen, as known when it closed."""
        slot = start // BIN_SECONDS % KEPT_BINS
        self._exposures[slot] = exposure
        self._observable[slot] = observable

    def exposure(self, start: int) -> float:
        """Return the exposure recorded for a closed bin."""
        return self._exposures[start // BIN_SECONDS % KEPT_BINS]

    def observable(self, start: int) -> int:
        """Return the number of observable sources recorded for a closed bin."""
        return int(self._observable[start // BIN_SECONDS % KEPT_BINS])

    def drop(self, before: int) -> None:
        """Forget bins that started before `before`."""
        for start in [start for start in self.bins if start < before]:
            del self.bins[start]

    def hour(self, start: int) -> Hour:
        """Return the hour that ends with the bin that starts at `start`."""
        return summarise([content for _, content in self._hour_bins(start)])

    def _hour_bins(self, start: int) -> Iterator[tuple[int, Bin]]:
        for each in range(start - (HOUR_BINS - 1) * BIN_SECONDS, start + 1, BIN_SECONDS):
            if each in self.bins:
                yield each, self.bins[each]

    def window(self, start: int) -> Window:
        """Return one bin as a record."""
        content, hour = self.bins.get(start, Bin()), self.hour(start)
        return Window(
            start,
            self.exposure(start),
            content.mentions,
            content.negative,
            content.independent,
            content.independent_negative,
            hour.authors,
            hour.sources,
            self.observable(start),
            hour.top_cluster,
            hour.top_authors,
        )

    def dump(self) -> dict[str, bytes]:
        """Return the whole state as named arrays, bins in order of time."""
        order = sorted(self.bins)
        contents = [self.bins[start] for start in order]
        blobs: dict[str, array[int] | array[float]] = {
            "starts": array("q", order),
            "sums": array("d", [value for content in contents for value in content.sums()]),
            "masks": array("Q", [content.sources for content in contents]),
            "exposures": self._exposures,
            "observable": self._observable,
        }
        for name in _SKETCHES:
            blobs |= _pack_sketches(name, [getattr(content, name) for content in contents])
        return {name: blob.tobytes() for name, blob in blobs.items()}

    def load(self, names: list[str], blobs: dict[str, bytes]) -> None:
        """Restore what `dump` gave."""
        sums, masks = array("d", blobs["sums"]), array("Q", blobs["masks"])
        width = len(Bin().sums())
        sketches = [_unpack_sketches(name, blobs) for name in _SKETCHES]
        self.names = list(names)
        self._exposures = array("d", blobs["exposures"])
        self._observable = array("d", blobs["observable"])
        self.bins = {}
        for index, start in enumerate(array("q", blobs["starts"])):
            a, b, c, d, negatives, named = sums[index * width : (index + 1) * width]
            held = [next(each) for each in sketches]
            self.bins[start] = Bin(a, b, c, d, negatives, named, masks[index], *held)


_SKETCHES = ("authors", "copies", "negative_copies")


def _pack_sketches(name: str, sketches: Sequence[dict[int, int]]) -> dict[str, "array[int] | array[float]"]:
    ordered = [sorted(sketch.items()) for sketch in sketches]
    return {
        f"{name}.sizes": array("B", [len(sketch) for sketch in sketches]),
        f"{name}.keys": array("L", [key for sketch in ordered for key, _ in sketch]),
        f"{name}.counts": array("L", [count for sketch in ordered for _, count in sketch]),
    }


def _unpack_sketches(name: str, blobs: dict[str, bytes]) -> Iterator[dict[int, int]]:
    keys, counts = array("L", blobs[f"{name}.keys"]), array("L", blobs[f"{name}.counts"])
    at = 0
    for size in array("B", blobs[f"{name}.sizes"]):
        yield dict(zip(keys[at : at + size], counts[at : at + size], strict=True))
        at += size


def summarise(bins: Sequence[Bin]) -> Hour:
    """Add up the bins of an hour."""
    if not bins:
        return Hour()
    mentions = sum(content.mentions for content in bins)
    negatives = sum(content.negatives for content in bins)
    mask = 0
    for content in bins:
        mask |= content.sources
    return Hour(
        mentions,
        sum(content.negative for content in bins),
        sum(content.independent for content in bins),
        sum(content.independent_negative for content in bins),
        max(content.independent for content in bins),
        max(content.independent_negative for content in bins),
        distinct([content.authors for content in bins]) if any(c.named for c in bins) else None,
        mask.bit_count(),
        _top_share((content.negative_copies for content in bins), negatives, 1, 1),
        _top_share((content.copies for content in bins), mentions, 1, 1),
        _top_share((content.authors for content in bins), negatives, 3, 0),
    )


def distinct(sketches: Sequence[dict[int, int]]) -> int:
    """Return how many different keys stand behind the sketches, exact while none is full."""
    keys = set().union(*sketches)
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
    largest = heapq.nlargest(top, merged.values())
    return min(1.0, sum(value + extra for value in largest) / total) if total else 0.0
