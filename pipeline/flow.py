"""The product on one screen: collect, score, detect, alert.

Collect and the rest run side by side and meet in the log: an entry is forgotten
there only after everything that followed from it is committed.
"""

import asyncio
import gc
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ParamSpec, TypeVar

from core.ports import Clock, Log, Skimmer, Store
from core.query import Matcher
from core.records import Entry, Fetched, Flag, Mention
from pipeline.coverage import Coverage
from pipeline.detection import Detection
from pipeline.privacy import MASKED, Privacy
from pipeline.revisions import Revisions, is_edit
from pipeline.scoring import BATCH, Fresh, Late
from pipeline.storm.reading import Reader, past

TICK_SECONDS = 0.5
"""A key that changed is looked at after at most 2 s, `docs/design/pipeline.md`: this leaves the rest to work,
and to what is counted first. Nothing else is looked at as often."""
STORM_TICK_SECONDS = 1.0
"""In storm mode something comes for most brands between two looks, and looking takes time from counting."""
IDLE_SECONDS = 0.25
"""How long a look into an empty log may be old."""
NEWS = timedelta(hours=1)
"""What a source's first answer brings and is older than this is history."""
CURSOR_SECONDS = 5.0
"""How far the cursor of a source that brings nothing for us may lag: a killed process reads so much again."""
READ = 2 * BATCH
"""Entries that are read at once: a read waits until the writer is free, and the encoder with it."""
AHEAD = 1
"""Batches that wait scored while another is counted, beside one in the scorer's hand: that keeps it busy. In
a storm counting takes as long as skimming; each further one is a quarter of a second that a page waits."""
SKIM_BATCH = 512
"""Entries per round in storm mode: half of what a round of 256 costs is its own, not its mentions'."""
LATE = 32
"""Skimmed mentions that are read in full at a time, when nothing else waits: a tenth of a second."""
SETTLED = 1_000
"""Mentions of a sample that become ordinary ones in one transaction: measured, some 15 ms."""
HOLD_SECONDS = 1.0
"""How long a source is held back in a crowd: it reads on a little later, and misses nothing that it lists."""
SWITCH_SECONDS = 0.001
"""How long a thread may compute while another waits for its turn. With Python's own 5 ms each answer of a
mail server, and each hand-over between threads, waits that long while mentions are scored and counted."""

YOUNG = 20_000
"""New objects after which Python looks for cycles among them. A batch makes its own 700 many times over: a
storm spent a tenth of its time looking, and found next to nothing."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """Entries, what is new in them, scored, and the log positions to acknowledge once they are committed."""

    positions: tuple[int, ...]
    entries: tuple[Entry, ...]
    fresh: tuple[Fresh, ...]
    """Those of `entries` that are not counted yet."""


class Flow:
    """Carries mentions from the monitors to committed incidents."""

    def __init__(
        self,
        store: Store,
        log: Log,
        matcher: Matcher,
        scorer: Skimmer,
        clock: Clock,
        coverage: Coverage,
        new_detection: Callable[[], Detection],
        privacy: Privacy = MASKED,
    ) -> None:
        self._store, self._log, self._matcher = store, log, matcher
        self._clock, self._coverage = clock, coverage
        self._new_detection, self._privacy = new_detection, privacy
        self._revisions = Revisions(store, log)
        self.reader = Reader(store, scorer, clock.now)
        self.skims = False
        """True lets a backlog begin storm mode, for the one process that runs a workspace."""
        self._cursor_at: dict[str, float] = {}
        """When each source's cursor was last written, in the event loop's time."""
        self._arrived = asyncio.Event()
        self.paged = asyncio.Event()
        """Set when a page is in the outbox, so that nobody has to wait for the next look there."""
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._scoring = ThreadPoolExecutor(1, thread_name_prefix="scoring")

    async def collect(self, source: str, fetched: Fetched) -> None:
        """Keep what a brand's query asks for, as `privacy` lets it; rows and cursor are one transaction."""
        mentions = fetched.mentions if await self._read_before(source) else self._as_past(fetched)
        every = [Entry(mention, self._brands(mention, fetched.brand)) for mention in mentions]
        entries = [entry for entry in every if entry.brands or is_edit(entry)]
        if entries:
            entries = await asyncio.to_thread(self._privacy.entries, entries)
        if fetched.deleted or fetched.closed or any(map(is_edit, entries)):
            entries = await self.write(self._revise, source, fetched, entries)
        if entries:
            await self._room()
        if entries or self._cursor_is_due(source):
            await asyncio.to_thread(self._log.append, source, entries, fetched.cursor)
            self._cursor_at[source] = asyncio.get_running_loop().time()
        if entries:
            self._arrived.set()

    async def _room(self) -> None:
        """Wait while more is there than can be counted, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HOLD_SECONDS):
                await self.reader.room.wait()

    async def _read_before(self, source: str) -> bool:
        return source in self._cursor_at or bool(await self.write(self._log.cursor, source))

    def _cursor_is_due(self, source: str) -> bool:
        """Tell whether a cursor is worth a transaction of its own: of a firehose, hardly a batch matches."""
        at = self._cursor_at.get(source)
        return at is None or asyncio.get_running_loop().time() - at >= CURSOR_SECONDS

    def _revise(self, source: str, fetched: Fetched, entries: Sequence[Entry]) -> list[Entry]:
        self._revisions.close(source, self._privacy.authors(fetched.closed), entries)
        self._revisions.forget(source, self._privacy.native_ids(source, fetched.deleted), entries)
        return self._revisions.settle(entries)

    def _brands(self, mention: Mention, about: str) -> tuple[str, ...]:
        """Return the brand that the source says a mention is about, and those whose query it meets."""
        found = self._matcher.match(mention.body)
        return found if not about or about in found else (about, *found)

    def _as_past(self, fetched: Fetched) -> tuple[Mention, ...]:
        """Flag what a source already held when it was first read: nobody watched then, so it never alarms."""
        since = self._clock.now() - NEWS
        return tuple(
            replace(mention, flags=mention.flags | Flag.BACKFILL) if mention.event_at < since else mention
            for mention in fetched.mentions
        )

    async def run(self) -> None:
        """Score and detect until something fails; a new start continues from what is committed."""
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.set_threshold(YOUNG)
        await self.write(lambda: None)  # what a former run still writes comes first
        detection = await asyncio.to_thread(self._new_detection)
        scored: asyncio.Queue[ScoredBatch] = asyncio.Queue(AHEAD)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._score(detection, scored))
            group.create_task(self._detect(detection, scored))

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on the one thread that writes."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, lambda: function(*args, **kwargs))

    async def _score(self, detection: Detection, scored: asyncio.Queue[ScoredBatch]) -> None:
        """Take what waits in the log, in order, and hand it on scored."""
        last = 0
        while True:
            limit = READ if self.reader.since is None else 2 * SKIM_BATCH
            waiting = await asyncio.to_thread(self._log.read, limit, last)
            if not waiting:
                await self._observe((), last)
                if not await self._read_late(detection):
                    await self._idle()
            batch = SKIM_BATCH if self.reader.since else BATCH
            for start in range(0, len(waiting), batch):
                positions, entries = zip(*waiting[start : start + batch], strict=True)
                await self._observe(entries, last)
                last = positions[-1]
                await scored.put(ScoredBatch(positions, entries, tuple(await self._compute(entries))))

    async def _observe(self, new: Sequence[Entry], last: int) -> None:
        """Look at the backlog behind position `last`, which may begin or end storm mode.

        History waits for nobody.
        """
        if self.skims:
            waiting = 0 if past(new) else await asyncio.to_thread(self._log.depth, last)
            self.reader.observe(waiting, len(new), asyncio.get_running_loop().time())

    async def _read_late(self, detection: Detection) -> bool:
        """Read some of what was skimmed, now that nothing waits; return whether there was anything to do."""
        if not self.skims or self.reader.since is not None:
            return False
        entries = await asyncio.to_thread(self._store.unread, LATE)
        if not entries:
            return await self.write(self._store.settle, SETTLED) > 0
        await self.write(self._reread, detection, await self._in_scoring(self.reader.late, entries))
        return True

    def _reread(self, detection: Detection, late: Late) -> None:
        self._store.read_late(late.scored, late.towards, detection.reread(late))
        detection.commit()

    async def _compute(self, entries: Sequence[Entry]) -> list[Fresh]:
        return await self._in_scoring(self.reader.compute, entries)

    async def _in_scoring(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on the one thread that scores."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._scoring, lambda: function(*args, **kwargs))

    async def _idle(self) -> None:
        await signalled(self._arrived, IDLE_SECONDS)

    async def _detect(self, detection: Detection, scored: asyncio.Queue[ScoredBatch]) -> None:
        """Count each batch when it comes, look at every tick."""
        await self._first_answer()
        loop = asyncio.get_running_loop()
        next_tick = loop.time()
        while True:
            batch = await _next(scored, next_tick)
            if batch is not None:
                paged = await self.write(self._count, detection, batch)
            else:
                paged = await self.write(self._look, detection)
                next_tick = loop.time() + (TICK_SECONDS if self.reader.since is None else STORM_TICK_SECONDS)
            if paged:
                self.paged.set()

    async def _first_answer(self) -> None:
        """Wait until a source has answered or failed: before that a brand is neither seen nor blind."""
        while not self._coverage.answered:
            await asyncio.sleep(IDLE_SECONDS)
            self._coverage.update(await asyncio.to_thread(self._store.sources))

    def _count(self, detection: Detection, batch: ScoredBatch) -> bool:
        now = self._clock.now()
        uncounted = detection.uncounted(batch.fresh)
        detection.advance(now, {brand for fresh in uncounted for brand in fresh.brands})
        detection.expect(uncounted)
        for fresh in uncounted:
            detection.count(fresh, now)
            for brand in fresh.brands:
                self._coverage.note(brand, fresh.scored.mention.source, 1.0, now)
        paged = detection.commit()
        self._revisions.apply(batch.entries)
        self._log.ack(batch.positions)
        return paged

    def _look(self, detection: Detection) -> bool:
        self._coverage.update(self._store.sources())
        detection.refresh(self._clock.now())
        return detection.commit()

    def close(self) -> None:
        """Stop the worker threads."""
        self._scoring.shutdown(cancel_futures=True)
        self.reader.close()
        self._writer.shutdown(cancel_futures=True)


async def _next(scored: asyncio.Queue[ScoredBatch], until: float) -> ScoredBatch | None:
    """Return the next batch, or None when `until`, a time of the event loop, comes first."""
    if asyncio.get_running_loop().time() >= until:
        return None  # a tick is due even while batches keep coming
    try:
        async with asyncio.timeout_at(until):
            return await scored.get()
    except TimeoutError:
        return None


async def signalled(event: asyncio.Event, seconds: float) -> None:
    """Wait for `event`, at most so long, and make it ready for the next time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # `wait_for` of Python 3.11 can swallow a cancellation
            await event.wait()
    event.clear()
