"""Which mention belongs to which narrative: they are born, come together, split, and fade.

A mention joins the nearest narrative, if that is near enough, or starts one (leader clustering with
moving centres, as in sequential k-means; MacQueen 1967). Two whose centres meet become one; one whose
members have become two groups splits.
"""

import heapq
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from math import sqrt

from core.records import Scored, derive
from models.copies import Placed
from models.narrative_halves import LARGE, LEAST, Halves
from models.narrative_live import Live
from models.narrative_space import Space, Vector

JOIN = 0.35
"""Cosine, after the brand's mean is taken off, from which a mention belongs to a narrative."""
MERGE = 0.45
"""Cosine of two centres from which they are one. `training/narratives.py` chose both."""
SEEDS, STANDING = 128, 256
"""Live narratives of a brand with too few voices to be shown, and others; then the one that was silent
longest fades. Of ten days of complaints about an airline, one in six started something new."""
KNOWN_TEXTS = 2_048
"""Texts whose narrative is known, so that copies need no look-up; copies come soon or not at all."""
_WINDOW = 64.0
"""Voices behind a centre: it follows what is said now."""
_CHECK_PACE, _CHECK_MOST = 1.5, 64
"""A narrative looks for its like when it has grown by half, and at least every 64 texts."""
_FADING = 0.99
"""An example is soon replaced by one that lies nearer to where the centre is now."""


class Clusters:
    """The live narratives of one brand. They follow from the order of the mentions alone."""

    def __init__(
        self,
        brand: str,
        seeds: int = SEEDS,
        standing: int = STANDING,
        join: float = JOIN,
        merge: float = MERGE,
    ) -> None:
        self.brand = brand
        self._join, self._merge = join, merge
        self._most_seeds, self._most_standing = seeds, standing
        self.space = Space(seeds + standing + 2)
        self.seeds: OrderedDict[int, Live] = OrderedDict()
        self.standing: OrderedDict[int, Live] = OrderedDict()
        """By serial number, the one that was silent longest first."""
        self.texts: OrderedDict[int, int] = OrderedDict()
        """First 64 bits of a copy cluster's id to the serial number of its narrative."""
        self.born = 0
        self.used = 0
        """Slots that were ever used; those in `free` are empty again."""
        self.free: list[int] = []
        self._by_slot: dict[int, Live] = {}

    def __iter__(self) -> Iterator[Live]:
        """Yield all live narratives, those that wait to be shown first."""
        yield from self.seeds.values()
        yield from self.standing.values()

    def __len__(self) -> int:
        return len(self._by_slot)

    def expect(self, embeddings: Sequence[bytes]) -> None:
        """Prepare for the mentions that come next, some dozens at best; they are placed as without it."""
        self.space.expect(embeddings)

    def place(self, scored: Scored, placed: Placed, at: int) -> Live | None:
        """Return the narrative of a mention of event time `at`; None without a usable embedding.

        A copy goes where its first copy went, and moves nothing.
        """
        if placed.copy_number == 1 and not scored.score.embedding:
            return None
        key = int(placed.cluster[:16], 16)
        live = self._known(key) if placed.copy_number > 1 else None
        if live is None:
            live = self._nearest(scored, placed.weight, at)
        if live is not None:
            self._remember(key, live)
        return live

    def _known(self, key: int) -> Live | None:
        serial = self.texts.get(key, -1)
        return self.seeds.get(serial) or self.standing.get(serial)

    def _remember(self, key: int, live: Live) -> None:
        self.texts[key] = live.serial
        self.texts.move_to_end(key)
        if len(self.texts) > KNOWN_TEXTS:
            self.texts.popitem(last=False)

    def _nearest(self, scored: Scored, weight: float, at: int) -> Live | None:
        """Find or start the narrative of an embedding, and move its centre."""
        projected = self.space.project(scored.score.embedding)
        if projected is None:
            return None
        vector = projected.vector
        slot, cosine = self.space.nearest(projected, self.used) if self.used else (0, -1.0)
        if cosine < self._join:
            live, cosine = self._start(scored.mention.id, vector, at), 1.0
        else:
            live = self._by_slot[slot]
            live.voices += weight
            self.space.move(slot, vector, weight / min(max(live.voices, 1.0), _WINDOW))
            if live.originals >= LARGE:
                live.halves = live.halves or Halves.empty(self.space.dimensions)
                live.halves.add(projected)
        live.closeness *= _FADING
        if cosine >= live.closeness:
            live.example, live.closeness = scored.mention.id, cosine
        # A narrative counts in the mean like the root of its size: a storm must not become what is usual.
        self.space.learn(projected, weight / sqrt(live.originals + 1.0))
        return live

    def _start(self, mention_id: str, vector: Vector, at: int) -> Live:
        slot = heapq.heappop(self.free) if self.free else self.used
        self.used = max(self.used, slot + 1)
        live = Live(derive("narrative", self.brand, mention_id), self.born, slot, born_at=at, last_at=at)
        live.voices = 1.0
        self.born += 1
        self.seeds[live.serial] = self._by_slot[slot] = live
        self.space.put(slot, vector)
        return live

    def split(self, live: Live, scored: Scored, placed: Placed, at: int) -> Live | None:
        """Return the narrative that a mention just placed in `live` begins, when that has become two.

        The older one keeps its id and what it counted, and goes on with the larger half.
        """
        if live.halves is None or not live.halves.over:
            return None
        halves, live.halves = live.halves, None
        ours, others = halves.counts[halves.newest], halves.counts[1 - halves.newest]
        if not LEAST <= ours <= others:
            return None
        vector, rest = halves.means
        if self.space.likeness(vector, rest) >= self._join:
            return None
        part = self._start(scored.mention.id, vector, at)
        part.voices = live.voices * ours / (ours + others)
        live.voices -= part.voices
        self.space.put(live.slot, rest)
        live.part_with(part)
        self._remember(int(placed.cluster[:16], 16), part)
        return part

    def touch(self, live: Live) -> list[Live]:
        """Make a narrative the one that spoke last; return those that fade because of it."""
        if live.serial in self.seeds and live.shown:
            self.standing[live.serial] = self.seeds.pop(live.serial)
        held, most = (
            (self.seeds, self._most_seeds)
            if live.serial in self.seeds
            else (self.standing, self._most_standing)
        )
        held.move_to_end(live.serial)
        if len(held) <= most:
            return []
        return [self.remove(next(iter(held.values()))) for _ in range(len(held) - most)]

    def remove(self, live: Live) -> Live:
        """Take a narrative out."""
        (self.seeds if live.serial in self.seeds else self.standing).pop(live.serial)
        del self._by_slot[live.slot]
        self.space.clear(live.slot)
        heapq.heappush(self.free, live.slot)
        return live

    def twins(self, live: Live) -> tuple[Live, Live] | None:
        """Return a narrative and the one that means the same, older first, when it is time to look."""
        if live.originals < live.next_check or len(self) < 2:
            return None
        pace = min(int(_CHECK_PACE * live.originals), live.originals + _CHECK_MOST)
        live.next_check = max(live.originals + 1, pace)
        slot, cosine = self.space.neighbour(live.slot, self.used)
        if cosine < self._merge:
            return None
        older, younger = sorted((live, self._by_slot[slot]), key=lambda each: (each.born_at, each.serial))
        return older, younger

    def unite(self, into: Live, other: Live) -> None:
        """Move one centre towards the other, and take that out; its texts lead to the first now."""
        both = into.voices + other.voices
        self.space.join(into.slot, other.slot, other.voices / both if both else 0.0)
        self.remove(other)
        for key in [key for key, serial in self.texts.items() if serial == other.serial]:
            self.texts[key] = into.serial

    def adopt(self, seeds: list[Live], standing: list[Live]) -> None:
        """Take in restored narratives, in their order."""
        self.seeds = OrderedDict((live.serial, live) for live in seeds)
        self.standing = OrderedDict((live.serial, live) for live in standing)
        self._by_slot = {live.slot: live for live in self}
        self.free = sorted(set(range(self.used)) - set(self._by_slot))
