"""A flow over a real database and the real models, for every test of the pipeline."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.ports import Log, Skimmer, Store
from core.query import Matcher, parse
from core.records import SourceState, SourceStatus
from models.score import TextScorer, open_scorer
from pipeline.coverage import Coverage
from pipeline.detection import Detection
from pipeline.flow import Flow
from pipeline.privacy import MASKED, Privacy
from pipeline.scoring import BrandScorer
from pipeline.watch import open_watch
from storage import open_log, open_store

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
BRANDS = {"Acme": parse("acme"), "Zenith": parse("zenith")}


@pytest.fixture(scope="module")
def text_scorer() -> TextScorer:
    return open_scorer()


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Open stores, each in a real file of its own."""
    stores: list[Store] = []

    def make() -> Store:
        stores.append(open_store(f"sqlite:///{tmp_path}/{len(stores)}.db"))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture(scope="module")
def scorer(text_scorer: TextScorer) -> Skimmer:
    return BrandScorer(text_scorer, ())


class Product:
    """A flow over a real database, with the parts a test wants to see."""

    def __init__(self, folder: Path, scorer: Skimmer, privacy: Privacy = MASKED) -> None:
        url = f"sqlite:///{folder}/firetower.db"
        self.store: Store = open_store(url)
        self.log: Log = open_log(url)
        self.clock = ManualClock(NOW)
        coverage = Coverage()
        matcher = Matcher(BRANDS)
        self.flow = Flow(
            self.store, self.log, matcher, scorer, self.clock, coverage, self._detection, privacy
        )
        self.store.save_source(SourceState("feed", "rss", SourceStatus.OK, NOW, interval_seconds=3_600))
        self._coverage = coverage

    def _detection(self) -> Detection:
        self.detection = Detection(
            self.store, lambda brand, now: open_watch(brand, self.store, 0.5, now), self._coverage.seen
        )
        return self.detection

    async def run_until_empty(self) -> None:
        """Run until nothing waits, as long as it takes."""
        running = asyncio.create_task(self.flow.run())
        async with asyncio.timeout(60):
            while self.log.depth() and not running.done():
                await asyncio.sleep(0.02)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    def close(self) -> None:
        self.flow.close()
        self.log.close()
        self.store.close()


@pytest.fixture
def privacy() -> Privacy:
    """Return what a workspace does by default; a test of another setting replaces it."""
    return MASKED


@pytest.fixture
def product(tmp_path: Path, scorer: Skimmer, privacy: Privacy) -> Iterator[Product]:
    product = Product(tmp_path, scorer, privacy)
    yield product
    product.close()
