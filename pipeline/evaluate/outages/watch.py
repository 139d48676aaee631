"""One run: the product's poll loops, coverage and detection over simulated sources, on a clock of its own.

The steps are those of `pipeline.flow`: what a poll brings is scored, counted and committed at once, then the
source's state is stored; every look takes the newest states first. Only the score of a text is looked up
instead of computed. The real flow cannot be used: its ticks follow the machine's time, not the clock's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path

from core.clock import ManualClock
from core.ports import Store
from core.records import (
    BIN_SECONDS,
    Entry,
    Fetched,
    Mention,
    Probabilities,
    Reason,
    Score,
    SourceState,
    Stage,
)
from monitors.base import PollLoop
from pipeline.coverage import Coverage
from pipeline.detection import Detection
from pipeline.evaluate.outages.feed import Feed
from pipeline.evaluate.outages.scenario import SOURCES, Scenario
from pipeline.evaluate.outages.traffic import BRAND, Traffic
from pipeline.scoring import BATCH, score_fresh
from pipeline.watch import open_watch
from storage import open_store

BUDGET = 0.5
"""Needless pages a brand-week: the product's default."""
LOOK = timedelta(minutes=1)
"""The product looks every second; a minute keeps a run short and only makes it later. So does writing down
what was found at the end of each bin instead of after each look, and states of sources in memory."""
WATCHED = timedelta(minutes=30)
"""How long after a failure every look also renews what is shown of a quiet brand; else each fifth does."""
_ALL = 1_000
_PAGES = frozenset({Reason.SPREADING, Reason.FIRESTORM})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run led to."""

    pages: tuple[datetime, ...]
    unknown_after: float | None
    """Minutes from the beginning of blindness to the last look that did not say UNKNOWN before its end; None
    where the run was never blind."""


class KnownScores:
    """Implements `core.ports.Scorer` by looking up what was drawn with each text."""

    version = "simulated"

    def __init__(self, traffic: Traffic) -> None:
        self._scores = {each.mention.text: each.score for each in traffic.live}

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return the stored scores, in order."""
        return [self._scores[mention.text] for mention in mentions]

    def towards(self, mentions: Sequence[Mention]) -> list[dict[str, Probabilities]]:
        """Return nothing: no text names several brands."""
        return [{} for _ in mentions]


class Desk:
    """Watches one brand through its sources."""

    def __init__(self, scenario: Scenario, traffic: Traffic, folder: Path, fails: bool) -> None:
        """Open a store in `folder`, an empty one; `fails` says whether the scenario's outage happens."""
        self._scenario = scenario
        self._clock = ManualClock(scenario.watched_from)
        self._store: Store = open_store(f"sqlite:///{folder}/firetower.db")
        self._scorer = KnownScores(traffic)
        self._coverage = Coverage()
        self._caught = False
        """True once the storm has paged: what follows tells nothing more."""
        self._sources: dict[str, SourceState] = {}
        self._cursors = dict.fromkeys(_names(), str(int(self._clock.now().timestamp())))
        self._unknown_after: float | None = 0.0 if fails and scenario.blind else None
        self._remember(traffic)
        self._detection = Detection(
            self._store, lambda brand, now: open_watch(brand, self._store, BUDGET, now), self._coverage.seen
        )
        self._detection.watch(BRAND, self._clock.now())
        self._loops = [self._loop(name, traffic, scenario if fails else None) for name in range(len(SOURCES))]

    def _remember(self, traffic: Traffic) -> None:
        """Put the past where a running product has it: in the store, and in the usual mix of sources."""
        self._store.import_rollups(traffic.history, ())
        self._coverage.recall(traffic.history, self._clock.now())

    def _loop(self, number: int, traffic: Traffic, fails: Scenario | None) -> PollLoop:
        source = SOURCES[number]
        mentions = [each.mention for each in traffic.live if each.mention.source == source.name]
        feed = Feed(source, mentions, self._clock, fails)

        async def cursor() -> str:
            return self._cursors[source.name]

        async def report(state: SourceState) -> None:
            self._sources[state.name] = state

        return PollLoop(feed, self._arrive, report, cursor, self._clock, seed=self._scenario.seed)

    async def run(self) -> Outcome:
        """Poll and look until the storm has paged or is over."""
        due = [(self._clock.now(), number) for number in range(len(self._loops))]
        heapify(due)
        look = self._clock.now() + LOOK
        while look < self._scenario.storm.end and not self._caught:
            while due[0][0] <= look:
                at, number = heappop(due)
                self._clock.set(at)
                wait = await self._loops[number].poll_once()
                heappush(due, (at + timedelta(seconds=wait), number))
            self._clock.set(look)
            self._look(look)
            look += LOOK
        return Outcome(self._pages(), self._unknown_after)

    async def _arrive(self, source: str, fetched: Fetched) -> None:
        """Score, count and commit what a poll brought."""
        now = self._clock.now()
        entries = [Entry(mention, (BRAND,)) for mention in fetched.mentions]
        for start in range(0, len(entries), BATCH):
            batch = score_fresh(entries[start : start + BATCH], self._store, self._scorer)
            self._detection.advance(now)
            uncounted = self._detection.uncounted(batch)
            self._detection.expect(uncounted)
            for fresh in uncounted:
                self._detection.count(fresh, now)
                self._coverage.note(BRAND, source, 1.0, now)
            self._commit(now)
        self._cursors[source] = fetched.cursor

    def _look(self, now: datetime) -> None:
        self._coverage.update(self._sources.values())
        bin_ends = int(now.timestamp()) % BIN_SECONDS == 0
        if bin_ends or self._scenario.begins <= now < self._scenario.begins + WATCHED:
            self._detection.refresh(now)
        else:
            self._detection.tick(now)
        if bin_ends:
            self._commit(now)
        self._note_blindness(now)

    def _commit(self, now: datetime) -> None:
        if self._detection.commit() and now >= self._scenario.storm.onset:
            self._caught = True

    def _note_blindness(self, now: datetime) -> None:
        scenario = self._scenario
        if self._unknown_after is None or not scenario.begins <= now < scenario.ends:
            return
        shown = self._detection.watch(BRAND, now).signal
        if shown is None or shown.stage is not Stage.UNKNOWN:
            self._unknown_after = (now - scenario.begins + LOOK) / timedelta(minutes=1)

    def _pages(self) -> tuple[datetime, ...]:
        pages = self._store.notifications(_ALL)
        return tuple(page.created_at for page in reversed(pages) if page.reason in _PAGES)

    def close(self) -> None:
        """Release the store."""
        self._store.close()


def _names() -> list[str]:
    return [source.name for source in SOURCES]
