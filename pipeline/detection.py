"""Detect: one owner per brand counts what is fresh, looks at every tick, and commits.

A look follows from event time and stored state alone, never from how arrivals
were batched; a step is committed as a whole, so a killed process loses nothing
and repeats nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter

from alerts.incidents import VERDICTS, Transition
from alerts.incidents import advance as advance_incident
from alerts.steady import told
from core.ports import Store
from core.records import (
    PAGE_STATE,
    Action,
    Answer,
    Explanation,
    Flag,
    Match,
    Mention,
    Notification,
    Scored,
    Signal,
    Stage,
    derive,
)
from core.relevance import stands_apart
from models.detect import SCHEMA
from models.explain import explain
from models.opening import statistics
from pipeline.counterfactual import counterfactual
from pipeline.coverage import BLIND, FULL, Seen
from pipeline.ledger import Ledger
from pipeline.narratives import shares
from pipeline.neighbours import elsewhere
from pipeline.outlooks import Outlooks
from pipeline.rise import around, first_negative, onset
from pipeline.scoring import Fresh, Late
from pipeline.topics import complaints
from pipeline.watch import Watch

REFRESH = timedelta(seconds=30)
"""How often the tile of a quiet brand is rewritten."""
RESTING = timedelta(seconds=5)
"""The same of one that burns, or of which something came lately, but nothing since the last look. At every
tick, the looks at 60 burning brands took a quarter of the writer's time."""
TURNS = 10
"""Part of the brands looked at so in one tick: all at once would hold up what changes, and the board."""

OpenWatch = Callable[[str, datetime], Watch]
See = Callable[[str, datetime], Seen]
Judge = Callable[[str, Scored], float | None]
"""Gives the probability that a mention is about a brand and no namesake, None where nothing was taught."""


def everything(brand: str, scored: Scored) -> None:
    """Tell no namesake apart: everything counts."""


class Detection:
    """Counts, looks and commits for all brands of one workspace.

    `told_at` gives the time at which people are told what a look found: a drill looks at hours in minutes,
    but pages now. `judge` tells namesakes apart; without it everything counts.
    """

    def __init__(
        self,
        store: Store,
        open_watch: OpenWatch,
        see: See,
        told_at: Callable[[], datetime] | None = None,
        judge: Judge = everything,
    ) -> None:
        self._store = store
        self._open_watch = open_watch
        self._see = see
        self._told_at = told_at
        self._judge = judge
        self._watches: dict[str, Watch] = {}
        self._beside: dict[str, list[Watch]] = defaultdict(list)
        """Brand to the watches that compare theirs with it."""
        self._ledger = Ledger()
        self._outlooks = Outlooks(store)
        self._paged = False
        """True once pages have been written since the last `commit`."""

    def watch(self, brand: str, now: datetime) -> Watch:
        """Return the brand's watch, restored from the store the first time."""
        if brand not in self._watches:
            self._write()  # what neighbours counted is read from there
            watch = self._watches[brand] = self._open_watch(brand, now)
            for name in watch.neighbours.names:
                self._beside[name].append(watch)
        return self._watches[brand]

    def count(self, fresh: Fresh, now: datetime) -> None:
        """Count one mention for each of its brands; `advance` first, so that their windows are open.

        What is about a namesake is kept, and enters no window and no narrative.
        """
        mention = fresh.scored.mention
        self._ledger.scored[mention.id] = fresh.scored
        for brand in fresh.brands:
            ours, row = self._judge(brand, fresh.scored), fresh.towards.get(brand)
            if stands_apart(ours, None):
                counted = Match(mention.id, brand, mention.event_at, not_us=True)
            else:
                felt = fresh.felt_by(brand)
                counted = self.watch(brand, now).count(felt)
                self._compare(fresh.brands, felt, counted)
            plain = row is None and ours is None
            self._ledger.matches.append(counted if plain else replace(counted, towards=row, ours=ours))

    def reread(self, late: Late) -> dict[tuple[str, str], str]:
        """Let the open watches take late readings in the place of the fast path's, before they are stored.

        Return the narratives of the matches. What was taken back meanwhile or is about a namesake stays out.
        """
        found: dict[tuple[str, str], str] = {}
        for scored in late.scored:
            for row in self._store.mention(scored.mention.id):
                watch = self._watches.get(row.brand)
                if watch and row.score.unread and not (row.not_us or row.mention.flags & Flag.DELETED):
                    key = (row.mention.id, row.brand)
                    felt = scored.score.towards(row.towards or late.towards.get(key))
                    found[key] = watch.reread(row, felt)
        return found

    def _compare(self, brands: Sequence[str], felt: Scored, counted: Match) -> None:
        """Tell those that watch a neighbour of `counted.brand`, but for what names their own brand too."""
        for watch in self._beside.get(counted.brand, ()):
            if watch.brand not in brands:
                watch.compare(elsewhere(felt, counted))

    def expect(self, batch: Sequence[Fresh]) -> None:
        """Tell the open watches what comes next; a batch of mentions is compared with narratives at once."""
        coming: dict[str, list[Scored]] = defaultdict(list)
        for fresh in batch:
            for brand in fresh.brands:
                coming[brand].append(fresh.scored)
        for brand, watch in self._watches.items():
            watch.detector.expect(coming[brand])

    def advance(self, now: datetime, brands: Iterable[str] | None = None) -> None:
        """Close what has ended by `now`, for some brands or for all; late mentions are scored again once."""
        for brand in list(self._watches) if brands is None else brands:
            self._advance(self.watch(brand, now), now, self._see(brand, now))

    def sleep(self, since: datetime, until: datetime) -> None:
        """Close what passed while nothing ran as unseen: nobody can say that it was calm."""
        for watch in self._watches.values():
            self._advance(watch, since, FULL)
            self._advance(watch, until, BLIND)

    def _advance(self, watch: Watch, now: datetime, seen: Seen) -> None:
        signals = watch.advance(now, seen)
        self._ledger.signals += signals
        self._outlooks.close(watch.brand, signals, watch.burning)

    def tick(self, now: datetime) -> None:
        """Close what has ended and look at every brand where something may have changed."""
        self._look([watch for watch in self._watches.values() if watch.active(now)], now)

    def refresh(self, now: datetime) -> None:
        """Look where something came or a bin has ended, and at the others in turn, some at each tick.

        Those are rewritten so that the board shows that somebody looked.
        """
        due: list[Watch] = []
        overdue: list[tuple[float, Watch]] = []
        for watch in self._watches.values():
            if watch.signal is None or watch.counted or watch.passed(now):
                due.append(watch)
            elif (times := (now - watch.signal.at) / (RESTING if watch.active(now) else REFRESH)) >= 1.0:
                overdue.append((times, watch))
        overdue.sort(key=itemgetter(0), reverse=True)
        late = [watch for _, watch in overdue[: max(1, len(self._watches) // TURNS)]]
        self._look([*due, *late], now)

    def commit(self) -> bool:
        """Write everything found since the last commit, in one transaction; return whether it pages."""
        for watch in self._watches.values():
            self._ledger.tell(*watch.detector.narratives())
            if (snapshot := watch.snapshot()) is not None:
                self._ledger.snapshots.append(snapshot)
        self._write()
        paged, self._paged = self._paged, False
        return paged

    def _write(self) -> None:
        """Write what was found so far; whoever is killed right after it goes on from there."""
        if not self._ledger.empty:
            self._ledger.snapshots += self._outlooks.snapshots()
            step = self._ledger.take()
            self._store.commit(step)
            self._paged = self._paged or bool(step.notifications)

    def awake(self, now: datetime) -> bool:
        """Return whether any brand may still be worth a look; otherwise time can jump."""
        return any(watch.awake(now) for watch in self._watches.values())

    def uncounted(self, batch: Sequence[Fresh]) -> list[Fresh]:
        """Return what the store does not count yet: a batch scored ahead may repeat an earlier one."""
        pairs = [(fresh.scored.mention.id, brand) for fresh in batch for brand in fresh.brands]
        missing = self._store.unmatched(pairs)
        if len(missing) == len(pairs):
            return list(batch)
        left = [
            replace(fresh, brands=tuple(b for b in fresh.brands if (fresh.scored.mention.id, b) in missing))
            for fresh in batch
        ]
        return [fresh for fresh in left if fresh.brands]

    def _look(self, watches: Sequence[Watch], now: datetime) -> None:
        """Look at some brands at one moment.

        Nothing of this moment is kept before all of them have been looked at: what is written for an
        explanation meanwhile ends with the moment before, where a process that was killed goes on.
        """
        answers = self._store.answered(watch.incident.id for watch in watches if watch.incident)
        found = [self._moved(watch, now, answers) for watch in watches]
        for watch, signal, moved in found:
            self._keep(watch, moved)
            shown = told(signal, moved.incident)
            self._ledger.states[watch.brand] = self._outlooks.look(shown) if watch.burning else shown

    def _moved(
        self, watch: Watch, now: datetime, answered: Mapping[str, Mapping[Action, Answer]]
    ) -> tuple[Watch, Signal, Transition]:
        """Look at a brand; a verdict in what was `answered` to its newest incident ends that."""
        answers = answered.get(watch.incident.id, {}) if watch.incident else {}
        seen = self._see(watch.brand, now)
        self._advance(watch, now, seen)
        signal = watch.look(now, seen)
        first = self._first_mention(watch, signal)
        moved = advance_incident(
            watch.incident,
            signal,
            self._told_at() if self._told_at else now,
            lambda signal: self._explain(signal, seen),
            first.id if first else derive(watch.brand, str(signal.onset)),
            simulated=bool(first and first.flags & Flag.SIMULATED),
            verdict=next((answers[action] for action in VERDICTS if action in answers), None),
            drill=bool(first and first.flags & Flag.DRILL),
        )
        return watch, signal, moved

    def _keep(self, watch: Watch, moved: Transition) -> None:
        incident = moved.incident
        if incident is not None and incident is not watch.incident:
            self._ledger.incidents[incident.id] = incident
            watch.incident = incident
        self._ledger.events += moved.events
        self._ledger.notifications += moved.notifications
        for page in moved.notifications:
            self._keep_state(watch, page)

    def _keep_state(self, watch: Watch, page: Notification) -> None:
        """Keep the last saved state with a page: from there `explain` repeats what led to it, bit for bit.

        A drill's mentions are removed after it. A page that comes a second time keeps what it has.
        """
        saved, key = self._store.snapshot(watch.key), f"{PAGE_STATE}{page.id}"
        if saved is not None and saved.schema == SCHEMA and not page.drill and not self._store.snapshot(key):
            state = replace(saved, key=key, revision=0, state=statistics(saved.state))
            self._ledger.snapshots.append(state)

    def _first_mention(self, watch: Watch, signal: Signal) -> Mention | None:
        """Return the earliest negative mention of a rise that is about to open an incident."""
        if watch.burning or signal.stage.severity < Stage.SMOULDERING.severity:
            return None
        self._write()  # so that what was counted can be read
        return first_negative(self._store, signal)

    def _explain(self, signal: Signal, seen: Seen) -> Explanation:
        """Explain from the rise's first and newest mentions, its narratives, and what came before it."""
        watch = self._watches[signal.brand]
        self._ledger.tell(*watch.detector.narratives())
        self._write()
        rows = around(self._store, signal)
        found = counterfactual(watch, signal, seen.observable, self._store)
        about = complaints(self._store, signal)
        explained = explain(signal, rows, signal.brand, seen.blind, found, about)
        return replace(
            explained,
            narratives=shares(self._store, rows, onset(signal), signal.at),
            counted=self._store.last_match(),
        )
