"""Replay: an archive through the same chain, on the archive's own clock.

Rows are staged and sorted by event time, scored in batches, and counted one by
one; between two rows every tick that lies between their times is run. Pages are
recorded and never leave the machine.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from core.clock import ManualClock
from core.ports import Scorer, Store
from core.records import BIN_SECONDS, EPOCH, Entry, Incident, StageChange
from pipeline.detection import Detection
from pipeline.pace import TICK_SECONDS, next_tick
from pipeline.scoring import BATCH, Fresh, score_fresh

AHEAD = 2
"""Batches scored while another is counted."""
ALL = 1_000_000
"""No workspace holds so many incidents or pages."""

Page = Callable[[datetime], None]
"""Works off the outbox, at a virtual time."""


@dataclass(frozen=True, slots=True)
class BrandSummary:
    """A brand in the result of a replay."""

    mentions: int
    negative_share: float | None


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """An incident in the result of a replay; all times are the archive's."""

    id: str
    brand: str
    label: str
    started_at: datetime
    opened_at: datetime
    peak_stage: str
    stages: tuple[StageChange, ...]
    paged_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay did. `mentions` are rows read; `brands` and `incidents` are the workspace's."""

    mentions: int
    new: int
    duplicates: int
    rejected: int
    matches: int
    brands: Mapping[str, BrandSummary]
    incidents: tuple[IncidentSummary, ...]
    pages: int
    seconds: float


class Replay:
    """Feeds sorted entries through scoring and detection on a virtual clock."""

    def __init__(
        self,
        store: Store,
        scorer: Scorer,
        detection: Detection,
        clock: ManualClock,
        page: Page,
        edges: Sequence[datetime] = (),
    ) -> None:
        self._store = store
        self._scorer = scorer
        self._detection = detection
        self._clock = clock
        self._page = page
        self._edges = deque(edges)
        self.matches = 0

    def run(self, entries: Iterable[Entry]) -> None:
        """Feed `entries`, oldest first, then look until the last bin has closed."""
        with ThreadPoolExecutor(1, thread_name_prefix="scoring") as pool:
            for batch in _ahead(pool, self._score, _batches(entries)):
                self._count(self._detection.uncounted(batch))
                self._commit()
        self._tick_until(self._clock.now() + timedelta(seconds=2 * BIN_SECONDS))
        self._commit()

    def _score(self, entries: Sequence[Entry]) -> list[Fresh]:
        return score_fresh(entries, self._store, self._scorer)

    def _count(self, batch: Sequence[Fresh]) -> None:
        self._detection.expect(batch)
        for fresh in batch:
            self._tick_until(fresh.scored.mention.event_at)
            self._detection.advance(self._clock.now(), fresh.brands)
            self._detection.count(fresh, self._clock.now())
            self.matches += len(fresh.brands)

    def _tick_until(self, at: datetime) -> None:
        """Run the ticks before `at`, and stop wherever coverage changes."""
        while self._edges and self._edges[0] <= at:
            edge = self._edges.popleft()
            self._tick_through(edge)
            self._detection.advance(edge)
        self._tick_through(at)

    def _tick_through(self, at: datetime) -> None:
        """Run the ticks before `at`; while every brand sleeps, time jumps."""
        tick = next_tick(self._clock.now())
        while tick <= at and self._detection.awake(tick):
            self._clock.set(tick)
            self._detection.tick(tick)
            tick += timedelta(seconds=TICK_SECONDS)
        self._clock.set(at)

    def _commit(self) -> None:
        self._detection.commit()
        self._page(self._clock.now())


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    entries = iter(entries)
    while batch := list(islice(entries, BATCH)):
        yield batch


def _ahead(
    pool: ThreadPoolExecutor,
    score: Callable[[Sequence[Entry]], list[Fresh]],
    batches: Iterable[Sequence[Entry]],
) -> Iterator[list[Fresh]]:
    """Yield scored batches in order while the next ones are being scored."""
    waiting: deque[Future[list[Fresh]]] = deque()
    for batch in batches:
        waiting.append(pool.submit(score, batch))
        if len(waiting) > AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def resume_at(store: Store) -> datetime:
    """Return the virtual time up to which a former replay has been looked at."""
    newest = [row.mention.event_at for row in store.mentions(1)]
    looked = [signal.at for signal in store.states()]
    return max(newest + looked, default=EPOCH)


def summary(store: Store) -> tuple[dict[str, BrandSummary], tuple[IncidentSummary, ...]]:
    """Return the workspace's brands and incidents, the oldest incident first."""
    brands = {total.brand: BrandSummary(total.mentions, total.negative_share) for total in store.totals()}
    incidents = sorted(store.incidents(limit=ALL), key=lambda incident: (incident.opened_at, incident.id))
    return brands, tuple(_summarise(incident) for incident in incidents)


def _summarise(incident: Incident) -> IncidentSummary:
    return IncidentSummary(
        incident.id,
        incident.brand,
        incident.label,
        incident.started_at,
        incident.opened_at,
        incident.peak_stage,
        incident.stages,
        incident.paged_at,
        incident.closed_at,
    )
