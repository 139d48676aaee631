"""The detector of one brand: mentions into windows, windows into signals.

Event time decides. A mention that comes late changes its bin, and everything
after it is scored again from the hourly checkpoint before it, so that the state
at the end does not depend on the order of arrival. (Weights of copies do: the first to arrive is the first.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import datetime

from core.clock import from_seconds
from core.records import (
    BIN_SECONDS,
    Flag,
    Match,
    MentionRow,
    Merge,
    Narrative,
    Neighbours,
    Score,
    Scored,
    Signal,
    Window,
)
from models import narrative_state
from models.ahead import glance_until
from models.bar import SHIPPED_BUDGET, threshold
from models.checkpoints import Checkpoints
from models.compared import Compared
from models.control import NO_NEIGHBOURS
from models.copies import Copies, Placed
from models.evidence import Evidence
from models.narrative import Narratives
from models.packing import pack, pack_states, unpack, unpack_states
from models.priors import Priors
from models.sensitivity import Noticed
from models.signals import calmed, signal, worth_keeping
from models.windows import HOUR_BINS, KEPT_BINS, RING_BINS, Windows, bin_start

SCHEMA = 9
_RING = RING_BINS * BIN_SECONDS
_HOUR = HOUR_BINS * BIN_SECONDS
_BACKFILL = int(Flag.BACKFILL)
"""As a plain number: `&` of two flags takes a microsecond, for every mention."""


class BrandDetector:
    """Implements `core.ports.Detector`."""

    def __init__(
        self,
        brand: str,
        priors: Priors,
        needless_pages_per_week: float = SHIPPED_BUDGET,
        neighbours: Neighbours = NO_NEIGHBOURS,
    ) -> None:
        self.brand = brand
        self._copies = Copies()
        self._windows = Windows()
        self._evidence = Evidence(priors, threshold(priors, needless_pages_per_week), neighbours)
        self._compared = Compared()
        self._narratives = Narratives(brand, self._evidence)
        self._edge: int | None = None
        self._touched: int | None = None
        self._checkpoints = Checkpoints()
        self._newborn = True
        self._live = False
        self._noticed = Noticed()

    def page_at(self, bar: float) -> None:
        """Page at the evidence `bar` from now on, instead of where the budget puts it."""
        self._evidence.threshold = bar

    def expect(self, scored: Sequence[Scored]) -> None:
        """Prepare for the mentions that come next; see `core.ports.Detector`."""
        self._narratives.clusters.expect([each.score.embedding for each in scored])

    def count(self, scored: Scored) -> Match:
        """Weigh a mention and add it to its window; see `core.ports.Detector`."""
        mention = scored.mention
        at = int(mention.event_at.timestamp())
        mention_id = mention.id
        placed = self._copies.add(mention_id, scored.score.signature, mention.author, at)
        counted = (placed.weight, placed.cluster, placed.copy_number)
        start = bin_start(at)
        inside = not int(mention.flags) & _BACKFILL and self._takes(start)
        if inside:
            self._windows.add(scored, start, *counted)
        else:
            self._windows.meet(scored, at)
        narrative = self._narratives.count(scored, placed, start if inside else None)
        return Match(mention_id, self.brand, mention.event_at, *counted, narrative)

    def reread(self, row: MentionRow, score: Score) -> str:
        """Put a late reading in the place of a counted mention's score; see `core.ports.Detector`."""
        start = bin_start(row.mention.event_at.timestamp())
        inside = not row.mention.flags & Flag.BACKFILL and self._takes(start)
        scored = Scored(row.mention, score)
        if inside:
            told = (start, row.weight, row.cluster, row.copy_number)
            self._windows.reread(scored, row.felt, *told)
        if row.narrative:
            return row.narrative
        placed = Placed(row.cluster, row.copy_number, row.weight)
        return self._narratives.count(scored, placed, start if inside else None)

    def compare(self, brand: str, event_at: datetime, weight: float, negative: float) -> None:
        """Count what was said of a neighbour alone; see `core.ports.Detector`."""
        start = bin_start(event_at.timestamp())
        if self._edge is not None and start < self._edge - _RING:
            return
        self._windows.beside.add(brand, start, weight, negative)
        if self._edge is not None and start < self._edge:
            judged = self._compared.since(start)
            if judged is not None:
                self._touch(judged)

    def _takes(self, start: int) -> bool:
        """True when a mention may enter this bin; a closed one is marked to be scored again."""
        if self._edge is None or start >= self._edge:
            return True
        first = self._edge - _RING if self._newborn else max(self._edge - _RING, self._checkpoints.oldest)
        if start < first:
            return False
        self._touch(start)
        return True

    def _touch(self, start: int) -> None:
        self._touched = start if self._touched is None else min(self._touched, start)

    def advance(self, now: datetime, exposure: float, observable: int, planned: float = 1.0) -> list[Signal]:
        """Close every bin that ended at or before `now`; return the signals worth keeping.

        Worth keeping are bins with mentions, bins that are not calm, full hours, bins of which more or less
        could be seen or was planned than of the one before, and all bins that late mentions made score again.
        """
        end = bin_start(now.timestamp())
        self._live = True
        edge = self._begin(end, exposure, observable, planned) if self._edge is None else self._edge
        signals = self._again(edge)
        for start in range(edge, end, BIN_SECONDS):
            self._windows.observe(start, exposure, observable, planned)
            signals += self._close(start, keep=False)
        self._narratives.catch_up()
        return signals

    @property
    def closed_until(self) -> datetime | None:
        """End of the last closed bin; None before the first one."""
        return None if self._edge is None else from_seconds(self._edge)

    def _begin(self, end: int, exposure: float, observable: int, planned: float) -> int:
        """Start at the first mention counted, at most 48 hours back."""
        self._windows.drop(end - _RING)
        for each in range(end - _RING, end, BIN_SECONDS):
            self._windows.observe(each, exposure, observable, planned)
        self._edge = min([end, *self._windows.bins])
        self._checkpoints.begin(self._edge, self._evidence.state())
        return self._edge

    def _again(self, edge: int) -> list[Signal]:
        """Score again up to `edge`, from the oldest bin that late mentions touched."""
        touched, self._touched = self._touched, None
        if touched is None:
            return []
        signals = []
        for start in range(self._rewind(touched), edge, BIN_SECONDS):
            signals += self._close(start, keep=start >= touched)
        return signals

    def _rewind(self, touched: int) -> int:
        """Go back to the checkpoint at or before `touched`; a newborn has none before its birth."""
        start, state = self._checkpoints.back_to(touched)
        self._evidence.restore(state)
        self._compared.forget_from(start)
        self._noticed.forget()
        return start

    def _close(self, start: int, keep: bool) -> list[Signal]:
        """Close the next bin."""
        if start % _HOUR == 0:
            self._checkpoint(start)
        self._evidence.close(start, self._windows)
        if self._evidence.verdict.control is not None:
            self._compared.note(start)
        self._narratives.close(start)
        self._edge = start + BIN_SECONDS
        if keep or worth_keeping(self._evidence, self._windows, start):
            at = from_seconds(self._edge)
            return [signal(self.brand, at, self._evidence, self._windows, start)]
        return []

    def _checkpoint(self, start: int) -> None:
        oldest = start - _RING
        self._newborn = not self._checkpoints.add(start, self._evidence.state(), oldest) and self._newborn
        self._windows.drop(start - KEPT_BINS * BIN_SECONDS)
        self._compared.drop(oldest)

    def peek(self, now: datetime, exposure: float, observable: int, planned: float = 1.0) -> Signal:
        """Look into the open bin as if it ended now; the state stays as it is.

        Bins that have passed but wait for the watermark are looked at as well, at most an hour.
        """
        smallest = self._noticed.at(self._edge, self._evidence, self._windows)
        before = self._evidence.state()
        try:
            last = glance_until(
                self._evidence, self._windows, self._edge, now.timestamp(), exposure, observable, planned
            )
            return signal(self.brand, now, self._evidence, self._windows, last, smallest)
        finally:
            self._evidence.restore(before)

    def learn(self, windows: Iterable[Window]) -> list[Signal]:
        """Learn history in order; missing bins between two windows are taken as empty.

        A stretch that could not be seen must be given as windows with exposure 0. Raises
        `ValueError` once live bins have been closed or when a window comes out of order.
        """
        if self._live:
            raise ValueError("history must be learned before the first live bin closes")
        signals: list[Signal] = []
        for window in windows:
            signals += self._learn_one(window)
        self._evidence.rest()
        self._newborn = False
        if self._edge is not None:
            self._checkpoints.begin(self._edge, self._evidence.state())
            self._compared.drop(self._edge)
        return signals

    def _learn_one(self, window: Window) -> list[Signal]:
        first = window.start if self._edge is None else self._edge
        if window.start < first:
            raise ValueError(f"a window of {from_seconds(window.start)} comes after {from_seconds(first)}")
        self._windows.import_window(window)
        signals: list[Signal] = []
        for start in range(first, window.start + 1, BIN_SECONDS):
            self._windows.observe(start, window.exposure, window.sources_observable)
            signals += self._close(start, keep=False)
        return [calmed(each) for each in signals]

    def narratives(self) -> tuple[list[Narrative], list[Merge]]:
        """Return the narratives that changed and the merges since the last call."""
        return self._narratives.changes()

    def drop_narratives(self) -> None:
        """Know of no narrative any more."""
        self._narratives = Narratives(self.brand, self._evidence)

    def window(self, start: int) -> Window:
        """Return a window of the last 48 hours."""
        return self._windows.window(start)

    def dump(self) -> bytes:
        """Return the whole state, some tens of kilobytes, and half a kilobyte for each narrative."""
        held, now = self._checkpoints.held, self._evidence.state()
        told, arrays = narrative_state.dump(self._narratives)
        neighbours, beside = self._windows.beside.dump()
        blobs = {
            **arrays,
            "beside": beside,
            "compared": self._compared.dump(),
            "copies": self._copies.dump(),
            "states": pack_states([now, *(state for _, state in held)]),
            "tails": self._evidence.calibration.dump((held[0][1] if held else now)[Evidence.CALIBRATION]),
            **self._windows.dump(),
        }
        header = {
            "narratives": told,
            "edge": self._edge,
            "touched": self._touched,
            "newborn": self._newborn,
            "live": self._live,
            "names": self._windows.names,
            "neighbours": neighbours,
            "groups": astuple(self._evidence.neighbours),
            "checkpoints": [start for start, _ in held],
        }
        return pack(SCHEMA, header, blobs)

    def load(self, state: bytes) -> None:
        """Restore what `dump` gave; raises `ValueError` on another schema or damage."""
        header, blobs = unpack(SCHEMA, state)
        present, *held = unpack_states(blobs["states"], self._evidence.state())
        self._evidence.reload(present, blobs["tails"])
        self._checkpoints.held = list(zip(header["checkpoints"], held, strict=True))
        self._copies.load(blobs["copies"])
        self._windows.load(header["names"], blobs)
        self._windows.beside.load(header["neighbours"], blobs["beside"])
        self._compared.load(blobs["compared"])
        narrative_state.load(self._narratives, header["narratives"], blobs)
        self._noticed.forget()
        told = (header[name] for name in ("edge", "touched", "newborn", "live"))
        self._edge, self._touched, self._newborn, self._live = told
