"""Weighs copies: the n-th near-duplicate of a text counts for less and less of one voice.

The weight and the limit per author are those of `docs/design/detection.md`, section 5.1.
"""

import hashlib
import json
import struct
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from operator import attrgetter
from typing import NamedTuple

from models.signature import BYTES, HASHES, NEAR

MEMORY_SECONDS = 48 * 3600
"""A text that was used last longer ago than this is a new one."""

MAX_ONCE = 1_200
"""Texts that came once; then the one that came longest ago is forgotten. At 1,500 distinct texts an hour each
has 48 minutes to be copied. These bounds hold a brand's state small: `docs/design/detection.md`, "Cost"."""

MAX_COPIED = 600
"""Texts that were copied; then the one used longest ago is forgotten. What came once can't push them out."""

MAX_AUTHOR_HOURS = 3_000
"""Then the entry used longest ago is forgotten, and its author may bring `AUTHOR_LIMIT` once more."""

AUTHOR_LIMIT = 3.0
"""Weight that one author may bring in one clock hour."""

_BYTES = HASHES
"""Kept of a signature: 8 of each value's 16 bits, so that of 64 unequal values 0.25 look equal by chance."""
_ROWS = 3
_BANDS = HASHES // _ROWS
"""21 bands of 3: a text of similarity 0.5 is met with probability 0.94, of 0.7 with 0.9998."""

_HEADER = struct.Struct("<4sIIq")
_MAGIC = b"CPY3"
_CLUSTER = struct.Struct(f"<{_BYTES}sIqI")
"""Signature, members, event time of the newest, and a bit for each band that leads to it."""
_AUTHOR = struct.Struct("<qQd")
"""Hour, author, weight spent."""
_KEYS = struct.Struct(f"<{_BANDS}I")
_NUMBERED = bytearray(_KEYS.pack(*(band << 8 * _ROWS for band in range(_BANDS))))
"""The keys without their values."""
_LEAST_EQUAL = ceil(NEAR * HASHES)


class Placed(NamedTuple):
    """Where a mention stands among the copies of its text."""

    cluster: str
    """Id of the cluster's first mention."""
    copy_number: int
    """1 for the first of its text."""
    weight: float
    """Share of one independent voice, 0..1."""


@dataclass(slots=True, eq=False)
class _Cluster:
    id: str
    signature: int
    """What is kept of it, as one number."""
    keys: tuple[int, ...]
    """One per band."""
    members: int
    last: int
    used: int = 0
    """Number of its last use among all uses."""


class Copies:
    """Near-duplicate clusters and authors of one brand, for 48 hours of event time.

    The same input in the same order gives the same output, also over `dump` and `load` at any
    point: clusters are kept in the order of their last use. Each band of a signature leads to the
    cluster used last, and to none once that one is forgotten. A cluster forgotten for want of room
    starts again at copy 1 when its text returns; the order of arrival decides which one is
    forgotten, and within the bounds nothing else depends on it.
    """

    def __init__(self) -> None:
        self._once: OrderedDict[_Cluster, None] = OrderedDict()
        self._copied: OrderedDict[_Cluster, None] = OrderedDict()
        self._index: dict[int, _Cluster] = {}
        self._spent: OrderedDict[tuple[int, int], float] = OrderedDict()
        """Weight that each author has brought in each hour."""
        self._newest = 0
        self._uses = 0

    def add(self, mention_id: str, text_signature: bytes, author: str, at: int) -> Placed:
        """Place a mention of event time `at` (seconds since the epoch); call it once per mention.

        An unknown author ("") is not limited. A signature of another length, that of a damaged row, is a
        copy of nothing: one row never stops its brand.
        """
        self._advance(at)
        if len(text_signature) != BYTES:
            return Placed(mention_id, 1, self._limited(author, at, 1.0))
        kept = text_signature[::2]
        keys, value = _band_keys(kept), int.from_bytes(kept)
        cluster = self._find(keys, value, at) or _Cluster(mention_id, value, keys, 0, at)
        weight = self._limited(author, at, 1.0 / (1.0 + cluster.members / 3.0))
        cluster.members += 1
        cluster.last = max(cluster.last, at)
        self._touch(cluster, cluster.keys)
        return Placed(cluster.id, cluster.members, weight)

    def dump(self) -> bytes:
        """Return the whole state: about 100 bytes a cluster and 24 an author-hour."""
        ordered = sorted((*self._once, *self._copied), key=attrgetter("used"))
        clusters = [
            _CLUSTER.pack(c.signature.to_bytes(_BYTES), c.members, c.last, self._bands_of(c)) for c in ordered
        ]
        authors = [_AUTHOR.pack(hour, author, spent) for (hour, author), spent in self._spent.items()]
        ids = json.dumps([cluster.id for cluster in ordered], separators=(",", ":")).encode()
        header = _HEADER.pack(_MAGIC, len(clusters), len(authors), self._newest)
        return b"".join((header, *clusters, *authors, ids))

    def load(self, state: bytes) -> None:
        """Replace everything by what `dump` gave; raises `ValueError` on anything else."""
        newest, clusters, authors = _parse(state)
        for held in (self._once, self._copied, self._index):
            held.clear()
        self._newest = newest
        for cluster, bands in clusters:
            self._touch(cluster, [key for band, key in enumerate(cluster.keys) if bands >> band & 1])
        self._spent = authors

    def _bands_of(self, cluster: _Cluster) -> int:
        """Return a number with a bit for each band that leads to a cluster."""
        return sum(1 << band for band, key in enumerate(cluster.keys) if self._index.get(key) is cluster)

    def _find(self, keys: tuple[int, ...], wanted: int, at: int) -> _Cluster | None:
        """Return the most similar cluster that is near enough in text and in time."""
        best, most = None, _LEAST_EQUAL - 1
        for cluster in dict.fromkeys(map(self._index.get, keys)):
            if cluster is not None and abs(at - cluster.last) <= MEMORY_SECONDS:
                equal = (cluster.signature ^ wanted).to_bytes(_BYTES).count(0)
                if equal > most:
                    best, most = cluster, equal
        return best

    def _limited(self, author: str, at: int, weight: float) -> float:
        """Return what the author's hour leaves of `weight`, and book it."""
        if not author:
            return weight
        digest = hashlib.blake2b(author.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        key = (at // 3600, int.from_bytes(digest, "little"))
        spent = self._spent.get(key, 0.0)
        granted = min(weight, AUTHOR_LIMIT - spent)
        self._spent[key] = spent + granted
        self._spent.move_to_end(key)
        if len(self._spent) > MAX_AUTHOR_HOURS:
            self._spent.popitem(last=False)
        return granted

    def _touch(self, cluster: _Cluster, keys: Iterable[int]) -> None:
        """Make `cluster` the one used last, in the order and behind these `keys` of its bands."""
        self._uses += 1
        cluster.used = self._uses
        index = self._index
        for key in keys:
            index[key] = cluster
        self._once.pop(cluster, None)
        held, most = (self._copied, MAX_COPIED) if cluster.members > 1 else (self._once, MAX_ONCE)
        held[cluster] = None
        held.move_to_end(cluster)
        if len(held) > most:
            self._drop_oldest(held)

    def _advance(self, at: int) -> None:
        """Forget what lies more than `MEMORY_SECONDS` before the newest event time."""
        if at <= self._newest:
            return
        new_hour = at // 3600 > self._newest // 3600
        self._newest = at
        horizon = at - MEMORY_SECONDS
        for held in (self._once, self._copied):
            while held and next(iter(held)).last < horizon:
                self._drop_oldest(held)
        if new_hour:
            recent = ((key, spent) for key, spent in self._spent.items() if key[0] >= horizon // 3600)
            self._spent = OrderedDict(recent)

    def _drop_oldest(self, held: OrderedDict[_Cluster, None]) -> None:
        """Forget the cluster used longest ago; no other cluster waits behind a band that it still holds."""
        cluster, _ = held.popitem(last=False)
        index = self._index
        for key in cluster.keys:
            if index.get(key) is cluster:
                del index[key]


def _band_keys(kept: bytes) -> tuple[int, ...]:
    """Return one key per band, a number: its three values, and its own number as the highest byte."""
    values = _NUMBERED[:]
    for row in range(_ROWS):
        values[row::4] = kept[row : _BANDS * _ROWS : _ROWS]
    return _KEYS.unpack(values)


def _parse(state: bytes) -> tuple[int, list[tuple[_Cluster, int]], OrderedDict[tuple[int, int], float]]:
    """Return newest time, clusters with their bands, and author-hours of a dump."""
    if len(state) < _HEADER.size or state[:4] != _MAGIC:
        raise ValueError("this is not a state of copies of the present schema; rebuild it")
    _, cluster_count, author_count, newest = _HEADER.unpack_from(state)
    authors_at = _HEADER.size + cluster_count * _CLUSTER.size
    ids_at = authors_at + author_count * _AUTHOR.size
    clusters = _CLUSTER.iter_unpack(state[_HEADER.size : authors_at])
    authors = _AUTHOR.iter_unpack(state[authors_at:ids_at])
    restored = [
        (_Cluster(mention_id, int.from_bytes(kept), _band_keys(kept), members, last), bands)
        for mention_id, (kept, members, last, bands) in zip(json.loads(state[ids_at:]), clusters, strict=True)
    ]
    return newest, restored, OrderedDict(((hour, author), spent) for hour, author, spent in authors)
