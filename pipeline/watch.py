"""One brand under watch: its detector, its open incident, its snapshots."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.ports import Detector, Store
from core.records import (
    BIN_SECONDS,
    EPOCH,
    Elsewhere,
    Incident,
    Match,
    MentionRow,
    Neighbours,
    Plan,
    Rollup,
    Score,
    Scored,
    Selection,
    Signal,
    Snapshot,
    Window,
)
from models.control import NO_NEIGHBOURS
from models.detect import SCHEMA, open_detector
from models.evidence import LEAST_NEGATIVES
from pipeline.coverage import FULL, Recorded, Seen
from pipeline.pace import TICK_SECONDS, next_tick

SNAPSHOT_MATCHES = 500
"""A restart repeats at most this many matches per brand, some 50 ms of work."""
SNAPSHOT_AGE = timedelta(days=7)
"""And at most so many bins: 2,016 of them cost about 60 ms."""
HISTORY = timedelta(days=28)
"""Rollups a detector is rebuilt from: its longest memory is the 14-day tail, doubled."""
PAGE = 1_000
RECENT = 1_000
"""Incidents of all brands among which a brand's newest one is looked for."""
FAR = datetime.max.replace(tzinfo=UTC)
ENOUGH = int(LEAST_NEGATIVES)
"""With fewer mentions in the last hour nothing can be called spreading."""
NOTHING_PLANNED = Plan()
BIN = timedelta(seconds=BIN_SECONDS)
HOUR = timedelta(hours=1)
"""The longest sum that detection looks at."""


Counted = tuple[int, datetime, MentionRow | Elsewhere]
"""What was counted, with its number and when it was seen."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A look in the past that is to be repeated."""

    at: datetime
    seen: Seen
    """What could be observed then; taken where nothing was recorded."""
    counted: int | None
    """Number of the last match, of all brands, that had been counted; None where it was not noted."""


class Watch:
    """Counts mentions into one brand's detector and says when it is worth looking at."""

    def __init__(
        self,
        brand: str,
        detector: Detector,
        incident: Incident | None,
        neighbours: Neighbours = NO_NEIGHBOURS,
        plan: Plan = NOTHING_PLANNED,
    ) -> None:
        self.brand = brand
        self._plan = plan
        self.neighbours = neighbours
        self.detector = detector
        self.incident = incident
        self.signal: Signal | None = None
        self.counted = False
        """True when something was counted after the last look."""
        self._newest: list[datetime] = []
        """Event times of the newest `ENOUGH` mentions, oldest first."""
        self._revision = 0
        self._since_snapshot = 0
        self._snapshot_at: datetime | None = None

    @property
    def burning(self) -> bool:
        """True while the brand has an open incident."""
        return self.incident is not None and self.incident.open

    @property
    def key(self) -> str:
        """Key of this brand's snapshot."""
        return f"detector/{self.brand}"

    def count(self, scored: Scored) -> Match:
        """Count one mention."""
        self._newest = sorted([*self._newest, scored.mention.event_at])[-ENOUGH:]
        self._since_snapshot += 1
        self.counted = True
        return self.detector.count(scored)

    def reread(self, row: MentionRow, score: Score) -> str:
        """Put a late reading in the place of a mention's score; return its narrative."""
        self._since_snapshot += 1
        self.counted = True
        return self.detector.reread(row, score)

    def compare(self, row: Elsewhere) -> None:
        """Count what was said of a neighbour alone; imported history of it enters no window either."""
        if not row.backfill:
            self.detector.compare(row.brand, row.event_at, row.weight, row.negative)

    def advance(self, now: datetime, seen: Seen) -> list[Signal]:
        """Close the bins that have ended; return the signals worth keeping."""
        if seen.planned is not None:
            return self._advance(now, seen, seen.planned[0])
        closed = self.detector.closed_until
        since = now - BIN if closed is None else closed
        spans = self._plan.spans(since, now)
        return [signal for end, factor, _ in spans for signal in self._advance(end, seen, factor)]

    def _advance(self, end: datetime, seen: Seen, planned: float) -> list[Signal]:
        signals = self.detector.advance(end, seen.exposure, seen.observable, planned)
        return [_named(each, self._plan.at(each.at - BIN)[1]) for each in signals]

    def look(self, now: datetime, seen: Seen) -> Signal:
        """Look into the open bin."""
        self.counted = False
        planned, event = seen.planned or self._plan.at(now)
        found = self.detector.peek(now, seen.exposure, seen.observable, planned)
        self.signal = _named(found, event)
        return self.signal

    def active(self, now: datetime) -> bool:
        """Return whether a look at `now` could tell anything new.

        It follows from what is stored alone, so that a restarted process looks at
        the same moments as one that never stopped.
        """
        if self.burning:
            return True
        at_bin_end = int(now.timestamp()) % BIN_SECONDS == 0
        return self.awake(now) and (at_bin_end or (now - self._newest[-1]).total_seconds() <= BIN_SECONDS)

    def passed(self, now: datetime) -> bool:
        """Return whether a bin has ended since the last look, of a brand where that may matter."""
        if self.signal is None or not self.active(now):
            return False
        return now.timestamp() // BIN_SECONDS > self.signal.at.timestamp() // BIN_SECONDS

    def awake(self, now: datetime) -> bool:
        """Return whether `active` may become true again without a new mention."""
        if self.burning:
            return True
        return len(self._newest) == ENOUGH and now - self._newest[0] <= HOUR

    def snapshot(self) -> Snapshot | None:
        """Return a snapshot when one is due; the caller commits it."""
        if not self._since_snapshot:
            return None
        at = self._newest[-1]
        due = self._snapshot_at is None or at - self._snapshot_at >= SNAPSHOT_AGE
        if not due and self._since_snapshot < SNAPSHOT_MATCHES:
            return None
        snapshot = Snapshot(self.key, self._revision, SCHEMA, 0, self.detector.dump())
        self._revision += 1
        self._since_snapshot = 0
        self._snapshot_at = at
        return snapshot

    def restore(self, store: Store, now: datetime) -> None:
        """Bring the detector to where it last looked: the last snapshot, and all counted and closed after it.

        Without a snapshot that this version can read, it learns from the rollups instead.
        """
        snapshot = store.snapshot(self.key)
        position = 0
        if snapshot is not None:
            self._revision, position = snapshot.revision, snapshot.position
        if snapshot is not None and snapshot.schema == SCHEMA:
            self.detector.load(snapshot.state)
        else:
            self._learn(store, position, now)
        recorded = self._repeat(store, position)
        if self.detector.closed_until is not None:
            looked_at = max((each.at for each in store.states() if each.brand == self.brand), default=EPOCH)
            self._close(recorded, recorded.end(looked_at))
        self._newest = sorted(
            row.mention.event_at for row in store.mentions(ENOUGH, Selection(brand=self.brand))
        )

    def relive(self, store: Store, moment: Moment) -> None:
        """Bring a new detector to where it stood at a moment, from up to `HISTORY` of what is stored now."""
        self._repeat_until(store, self._begin(store, moment.at), moment)

    def resume(self, store: Store, saved: Snapshot, moment: Moment) -> None:
        """Bring a new detector to where it stood at a moment, from a state that was saved before it.

        It is what a process that was started again would have seen: the same, bit for bit.
        """
        self.detector.load(saved.state)
        self._repeat_until(store, saved.position, moment)

    def _repeat_until(self, store: Store, position: int, moment: Moment) -> None:
        recorded = self._recorded(store, position, moment.seen)
        self._recount(self._counted(store, position, moment.at, moment.counted), recorded, moment.at)
        self._close(recorded, moment.at)

    def again(self, store: Store, since: datetime, until: datetime) -> Iterator[tuple[datetime, Seen]]:
        """Count what is stored once more into a new detector, from up to `HISTORY` before `since` on.

        Yields each minute between `since` and `until` at which a look may tell something new, and what could
        be seen then. What is stored counts as counted when it arrived.
        """
        position = self._begin(store, since)
        recorded, now = self._recorded(store, position, FULL), since
        for _, seen_at, row in self._counted(store, position, until):
            yield from self._ticks(recorded, now, seen_at)
            now = max(now, seen_at)
            self._close(recorded, seen_at)
            if isinstance(row, Elsewhere):
                self.compare(row)
            else:
                self.count(Scored(row.mention, replace(row.felt, embedding=b"")))  # narratives page nobody
        yield from self._ticks(recorded, now, until)

    def _ticks(self, recorded: Recorded, after: datetime, until: datetime) -> Iterator[tuple[datetime, Seen]]:
        """Close bins up to each minute that is worth a look; while the brand sleeps, time jumps."""
        tick = next_tick(after)
        while tick <= until and self.awake(tick):
            if self.active(tick):
                yield tick, self._close(recorded, tick)
            tick += timedelta(seconds=TICK_SECONDS)

    def _begin(self, store: Store, at: datetime) -> int:
        """Learn what is older than `HISTORY` at `at` from its sums; return the position before the rest."""
        recent = Selection(brand=self.brand, since=at - HISTORY)
        first = store.mentions(1, recent, oldest_first=True)
        older = store.mentions(1, Selection(brand=self.brand, until=recent.since))
        position = first[0].seq - 1 if first and older else 0
        self._learn(store, position, at)
        return position

    def _learn(self, store: Store, position: int, now: datetime) -> None:
        """Learn the sums of what came before the first match after `position`."""
        after = store.matches_since(self.brand, position, 1)
        past = windows(store, self.brand, after[0].mention.event_at if after else now)
        if past:
            self.detector.learn(past)

    def _repeat(self, store: Store, position: int) -> Recorded:
        """Count again what was counted after `position`; nothing is committed twice."""
        recorded = self._recorded(store, position, FULL)
        self._recount(self._counted(store, position, FAR), recorded, FAR)
        return recorded

    def _recount(self, rows: Iterable[Counted], recorded: Recorded, until: datetime) -> None:
        for _, seen_at, row in rows:
            self._close(recorded, min(seen_at, until))  # late ones came after their bin had closed
            if isinstance(row, Elsewhere):
                self.compare(row)
                continue
            self.detector.count(Scored(row.mention, row.felt))
            self._since_snapshot += 1

    def _counted(
        self, store: Store, position: int, until: datetime, last: int | None = None
    ) -> Iterator[Counted]:
        """Yield what was counted for the brand and for its neighbours alone, in that order."""
        rows = _counted(store, self.brand, position, until, last)
        own = ((row.seq, row.mention.seen_at, row) for row in rows)
        beside = (
            _elsewhere(store, self.brand, name, position, until, last) for name in self.neighbours.names
        )
        return heapq.merge(own, *beside, key=lambda counted: counted[0])

    def _recorded(self, store: Store, position: int, seen: Seen) -> Recorded:
        """Return what could be seen since the last closed bin, or since a new detector's first mention."""
        since = self.detector.closed_until
        if since is not None:
            return Recorded(store.signals(self.brand, since - HOUR, FAR), seen)  # each full hour has a point
        first = store.matches_since(self.brand, position, 1)
        return Recorded(store.signals(self.brand, first[0].mention.event_at, FAR) if first else (), seen)

    def _close(self, recorded: Recorded, until: datetime) -> Seen:
        """Close bins up to `until`, each with what was seen when it first closed; return the last of that."""
        last = FULL
        for end, last in recorded.until(until):
            self.advance(end, last)
        return last


def _named(signal: Signal, event: str) -> Signal:
    """Return a signal with the name of what is planned."""
    return replace(signal, event=event) if event and signal.planned != 1.0 else signal


def _counted(
    store: Store, brand: str, position: int, until: datetime, last: int | None
) -> Iterator[MentionRow]:
    """Yield what was counted after `position`, up to the match numbered `last`.

    Where nobody noted the last one, what had happened and arrived before `until`.
    """
    while rows := store.matches_since(brand, position, PAGE):
        if last is None:
            before = [row for row in rows if max(row.mention.event_at, row.mention.seen_at) < until]
        else:
            before = [row for row in rows if row.seq <= last]
        if not before:
            return
        yield from before
        position = rows[-1].seq


def _elsewhere(
    store: Store, brand: str, neighbour: str, position: int, until: datetime, last: int | None
) -> Iterator[Counted]:
    """Yield what was counted for a neighbour alone after `position`, as `_counted` does."""
    while rows := store.elsewhere_since(brand, neighbour, position, PAGE):
        if last is None:
            before = [row for row in rows if max(row.event_at, row.seen_at) < until]
        else:
            before = [row for row in rows if row.seq <= last]
        if not before:
            return
        yield from ((row.seq, row.seen_at, row) for row in before)
        position = rows[-1].seq


def windows(store: Store, brand: str, until: datetime) -> list[Window]:
    """Return the brand's history before `until` as 5-minute windows without a gap, oldest first."""
    bins: dict[int, list[Rollup]] = {}
    for rollup in store.rollups(until - HISTORY, until, brand):
        bins.setdefault(rollup.minute // BIN_SECONDS * BIN_SECONDS, []).append(rollup)
    if not bins:
        return []
    return [_history(start, bins.get(start, [])) for start in range(min(bins), max(bins) + 1, BIN_SECONDS)]


def _history(start: int, rollups: list[Rollup]) -> Window:
    return Window(
        start,
        mentions=sum(rollup.mentions for rollup in rollups),
        negative=sum(rollup.negative for rollup in rollups),
        independent=sum(rollup.independent for rollup in rollups),
        independent_negative=sum(rollup.independent_negative for rollup in rollups),
        backfill=True,
    )


def open_watch(
    brand: str,
    store: Store,
    needless_pages_per_week: float,
    now: datetime,
    neighbours: Neighbours = NO_NEIGHBOURS,
    plan: Plan = NOTHING_PLANNED,
) -> Watch:
    """Return a brand's watch, restored from the store."""
    mine = [incident for incident in store.incidents(limit=RECENT) if incident.brand == brand]
    detector = open_detector(brand, needless_pages_per_week, neighbours)
    watch = Watch(brand, detector, mine[0] if mine else None, neighbours, plan)
    watch.restore(store, now)
    return watch
