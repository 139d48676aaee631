"""One brand under watch: its detector, its open incident, its snapshots."""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

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
    Score,
    Scored,
    Selection,
    Signal,
    Snapshot,
)
from models.control import NO_NEIGHBOURS
from models.detect import SCHEMA
from models.evidence import LEAST_NEGATIVES
from models.opening import open_detector
from pipeline.coverage import FULL, Recorded, Seen
from pipeline.history import FAR, HISTORY, Counted, Moment, Stretch, counted, heard_from, windows
from pipeline.pace import TICK_SECONDS, next_tick

SNAPSHOT_MATCHES = 2_000
"""A restart repeats at most this many matches per brand, some 0.2 s of work."""
SNAPSHOT_AGE = timedelta(days=7)
"""And at most so many bins: 2,016 of them cost about 60 ms."""
RECENT = 1_000
"""Incidents of all brands among which a brand's newest one is looked for."""
ENOUGH = int(LEAST_NEGATIVES)
"""With fewer mentions in the last hour nothing can be called spreading."""
NOTHING_PLANNED = Plan()
BIN = timedelta(seconds=BIN_SECONDS)
HOUR = timedelta(hours=1)
"""The longest sum that detection looks at."""


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
        insort(self._newest, scored.mention.event_at)
        del self._newest[:-ENOUGH]
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
        if snapshot is not None:
            self._revision, position = snapshot.revision, snapshot.position
        elif store.matches_since(self.brand, 0, 1):
            position = 0
        else:
            position = heard_from(store, self.neighbours.names, now)
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
        stretch = Stretch(position, moment.at, moment.counted)
        self._recount(self._counted(store, stretch), recorded, moment.at)
        self._close(recorded, moment.at)

    def again(self, store: Store, since: datetime, until: datetime) -> Iterator[tuple[datetime, Seen]]:
        """Count what is stored once more into a new detector, from up to `HISTORY` before `since` on.

        Yields each minute between `since` and `until` at which a look may tell something new, and what could
        be seen then. What is stored counts as counted when it arrived.
        """
        position = self._begin(store, since)
        recorded, now = self._recorded(store, position, FULL), since
        for match in self._counted(store, Stretch(position, until)):
            yield from self._ticks(recorded, now, match.seen_at)
            now = max(now, match.seen_at)
            self._close(recorded, match.seen_at)
            if isinstance(match.row, Elsewhere):
                self.compare(match.row)
            else:
                bare = replace(match.row.felt, embedding=b"")  # narratives page nobody
                self.count(Scored(match.row.mention, bare))
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
        self._recount(self._counted(store, Stretch(position)), recorded, FAR)
        return recorded

    def _recount(self, rows: Iterable[Counted], recorded: Recorded, until: datetime) -> None:
        for match in rows:
            self._close(recorded, min(match.seen_at, until))  # late ones came after their bin had closed
            if isinstance(match.row, Elsewhere):
                self.compare(match.row)
            else:
                self.detector.count(Scored(match.row.mention, match.row.felt))
                self._since_snapshot += 1

    def _counted(self, store: Store, stretch: Stretch) -> Iterator[Counted]:
        return counted(store, self.brand, self.neighbours.names, stretch)

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
