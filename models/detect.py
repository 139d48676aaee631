"""The detector of one brand: mentions into windows, windows into signals.

Event time decides. A mention that comes late changes its bin, and everything
after it is scored again from the hourly checkpoint before it, so that the state
at the end does not depend on the order of arrival. (Weights of copies do depend on it:
the first copy that arrives is the first copy. Their sums hardly do.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from math import log10

from core.clock import from_seconds
from core.records import BIN_SECONDS, Flag, Match, Merge, Narrative, Scored, Signal, Stage, Window
from models import narrative_state
from models.ahead import glance_until
from models.copies import Copies
from models.evidence import Evidence
from models.narrative import Narratives
from models.packing import State, pack, pack_states, unpack, unpack_states
from models.priors import Priors, load_priors
from models.sensitivity import would_catch
from models.signals import signal, worth_keeping
from models.windows import HOUR_BINS, KEPT_BINS, RING_BINS, Windows, bin_start

SCHEMA = 4
_RING = RING_BINS * BIN_SECONDS
_HOUR = HOUR_BINS * BIN_SECONDS
_BUDGET = 0.5
_LOWEST, _HIGHEST = 2.5, 8.0


def threshold(priors: Priors, needless_pages_per_week: float) -> float:
    """Return the evidence at which a brand pages, for a budget of needless pages."""
    if needless_pages_per_week <= 0.0:
        raise ValueError("needless_pages_per_week must be above 0: a detector that never errs never speaks")
    moved = priors.threshold + log10(_BUDGET / needless_pages_per_week)
    return min(_HIGHEST, max(_LOWEST, moved))


def open_detector(brand: str, needless_pages_per_week: float = _BUDGET) -> "BrandDetector":
    """Return a detector for `brand` with the shipped priors."""
    return BrandDetector(brand, load_priors(), needless_pages_per_week)


def open_detector_at(brand: str, bar: float) -> "BrandDetector":
    """Return a detector for `brand` that pages at the evidence `bar`, to the last decimal."""
    detector = open_detector(brand)
    detector.page_at(bar)
    return detector


def statistics(state: bytes) -> bytes:
    """Return what `BrandDetector.dump` gave without its narratives.

    They hold words that people wrote, and raise no page: what is kept for long does not need them.
    """
    detector = open_detector("")
    detector.load(state)
    detector.drop_narratives()
    return detector.dump()


class BrandDetector:
    """Implements `core.ports.Detector`."""

    def __init__(self, brand: str, priors: Priors, needless_pages_per_week: float = _BUDGET) -> None:
        self.brand = brand
        self._copies = Copies()
        self._windows = Windows()
        self._evidence = Evidence(priors, threshold(priors, needless_pages_per_week))
        self._narratives = Narratives(brand, self._evidence)
        self._edge: int | None = None
        self._touched: int | None = None
        self._checkpoints: list[tuple[int, State]] = []
        self._newborn = True
        self._live = False
        self._smallest: tuple[int | None, float] | None = None

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
        placed = self._copies.add(mention.id, scored.score.signature, mention.author, at)
        start = bin_start(at)
        inside = not mention.flags & Flag.BACKFILL and self._takes(start)
        if inside:
            self._windows.add(scored, start, placed.weight, placed.cluster, placed.copy_number)
        else:
            self._windows.meet(scored)
        return Match(
            mention.id,
            self.brand,
            mention.event_at,
            placed.weight,
            placed.cluster,
            placed.copy_number,
            self._narratives.count(scored, placed, start if inside else None),
        )

    def _takes(self, start: int) -> bool:
        """True when a mention may enter this bin; a closed one is marked to be scored again."""
        if self._edge is None or start >= self._edge:
            return True
        first = self._edge - _RING if self._newborn else max(self._edge - _RING, self._checkpoints[0][0])
        if start < first:
            return False
        self._touched = start if self._touched is None else min(self._touched, start)
        return True

    def advance(self, now: datetime, exposure: float, observable: int) -> list[Signal]:
        """Close every bin that ended at or before `now`; return the signals worth keeping.

        Worth keeping are bins with mentions, bins that are not calm, full hours, bins of which more or less
        could be seen than of the one before, and all bins that late mentions made score again.
        """
        end = bin_start(now.timestamp())
        self._live = True
        edge = self._begin(end, exposure, observable) if self._edge is None else self._edge
        signals = self._again(edge)
        for start in range(edge, end, BIN_SECONDS):
            self._windows.observe(start, exposure, observable)
            signals += self._close(start, keep=False)
        self._narratives.catch_up()
        return signals

    @property
    def closed_until(self) -> datetime | None:
        """End of the last closed bin; None before the first one."""
        return None if self._edge is None else from_seconds(self._edge)

    def _begin(self, end: int, exposure: float, observable: int) -> int:
        """Start at the first mention counted, at most 48 hours back."""
        self._windows.drop(end - _RING)
        start = min(self._windows.bins, default=end)
        for each in range(end - _RING, end, BIN_SECONDS):
            self._windows.observe(each, exposure, observable)
        self._edge = min(start, end)
        self._checkpoints = [(self._edge, self._evidence.state())]
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
        while len(self._checkpoints) > 1 and self._checkpoints[-1][0] > touched:
            self._checkpoints.pop()
        start, state = self._checkpoints[-1]
        self._evidence.restore(state)
        self._smallest = None
        self._checkpoints[-1] = (min(start, touched), state)
        return min(start, touched)

    def _close(self, start: int, keep: bool) -> list[Signal]:
        """Close the next bin."""
        if start % _HOUR == 0:
            self._checkpoint(start)
        self._evidence.close(start, self._windows)
        self._narratives.close(start)
        self._edge = start + BIN_SECONDS
        if keep or worth_keeping(self._evidence, self._windows, start):
            at = from_seconds(self._edge)
            return [signal(self.brand, at, self._evidence, self._windows, start)]
        return []

    def _checkpoint(self, start: int) -> None:
        if self._checkpoints and self._checkpoints[-1][0] == start:
            return
        self._checkpoints.append((start, self._evidence.state()))
        oldest = start - _RING
        while len(self._checkpoints) > 1 and self._checkpoints[1][0] <= oldest:
            self._checkpoints.pop(0)
            self._newborn = False
        self._windows.drop(start - KEPT_BINS * BIN_SECONDS)

    def peek(self, now: datetime, exposure: float, observable: int) -> Signal:
        """Look into the open bin as if it ended now; the state stays as it is.

        Bins that have passed but wait for the watermark are looked at as well, at most an hour.
        """
        smallest = self._would_catch()
        before = self._evidence.state()
        try:
            last = glance_until(
                self._evidence, self._windows, self._edge, now.timestamp(), exposure, observable
            )
            return signal(self.brand, now, self._evidence, self._windows, last, smallest)
        finally:
            self._evidence.restore(before)

    def _would_catch(self) -> float:
        """Return the smallest storm that would be noticed; it follows from closed bins alone."""
        if self._smallest is None or self._smallest[0] != self._edge:
            if self._edge is not None:
                self._evidence.stand_after(self._edge - BIN_SECONDS, self._windows)
            self._smallest = (self._edge, would_catch(self._evidence))
        return self._smallest[1]

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
            self._checkpoints = [(self._edge, self._evidence.state())]
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
        return [_calmed(each) for each in signals]

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
        oldest = self._checkpoints[0][1] if self._checkpoints else self._evidence.state()
        told, arrays = narrative_state.dump(self._narratives)
        blobs = {
            **arrays,
            "copies": self._copies.dump(),
            "states": pack_states([self._evidence.state(), *(state for _, state in self._checkpoints)]),
            "tails": self._evidence.calibration.dump(oldest[Evidence.CALIBRATION]),
            **self._windows.dump(),
        }
        header = {
            "narratives": told,
            "edge": self._edge,
            "touched": self._touched,
            "newborn": self._newborn,
            "live": self._live,
            "names": self._windows.names,
            "checkpoints": [start for start, _ in self._checkpoints],
        }
        return pack(SCHEMA, header, blobs)

    def load(self, state: bytes) -> None:
        """Restore what `dump` gave; raises `ValueError` on another schema or damage."""
        header, blobs = unpack(SCHEMA, state)
        present, *held = unpack_states(blobs["states"], self._evidence.state())
        self._evidence.reload(present, blobs["tails"])
        self._checkpoints = list(zip(header["checkpoints"], held, strict=True))
        self._copies.load(blobs["copies"])
        self._windows.load(header["names"], blobs)
        narrative_state.load(self._narratives, header["narratives"], blobs)
        self._edge, self._touched, self._smallest = header["edge"], header["touched"], None
        self._newborn, self._live = header["newborn"], header["live"]


def _calmed(each: Signal) -> Signal:
    """History never alarms, whatever it would have been."""
    stage = Stage.UNKNOWN if each.stage is Stage.UNKNOWN else Stage.CALM
    return replace(each, stage=stage, conditions=(), capped="")
