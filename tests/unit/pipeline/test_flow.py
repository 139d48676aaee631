"""Collect, score, detect: nothing lost, nothing counted twice, however often it is stopped."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.errors import StorageFull
from core.ports import Log, Scorer, Store
from core.query import Matcher, parse
from core.records import Fetched, Flag, Mention, SourceState, SourceStatus, Step
from models.score import open_scorer
from pipeline.coverage import Coverage
from pipeline.detection import Detection
from pipeline.flow import Flow
from pipeline.watch import open_watch
from storage import open_log, open_store

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
BRANDS = {"Acme": parse("acme"), "Zenith": parse("zenith")}


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return open_scorer()


class Product:
    """A flow over a real database, with the parts a test wants to see."""

    def __init__(self, folder: Path, scorer: Scorer) -> None:
        url = f"sqlite:///{folder}/firetower.db"
        self.store: Store = open_store(url)
        self.log: Log = open_log(url)
        self.clock = ManualClock(NOW)
        coverage = Coverage()
        matcher = Matcher(BRANDS)
        self.flow = Flow(self.store, self.log, matcher, scorer, self.clock, coverage, self._detection)
        self.store.save_source(SourceState("feed", "rss", SourceStatus.OK, NOW, interval_seconds=3_600))
        self._coverage = coverage

    def _detection(self) -> Detection:
        return Detection(
            self.store, lambda brand, now: open_watch(brand, self.store, 0.5, now), self._coverage.seen
        )

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
def product(tmp_path: Path, scorer: Scorer) -> Iterator[Product]:
    product = Product(tmp_path, scorer)
    yield product
    product.close()


def _mentions(first: int, last: int, brand: str = "Acme") -> tuple[Mention, ...]:
    return tuple(
        Mention("feed", str(n), f"{brand} order {n} arrived", NOW - timedelta(seconds=last - n), NOW)
        for n in range(first, last)
    )


async def test_only_what_matches_is_kept_and_each_counts_once(product: Product) -> None:
    unrelated = Mention("feed", "x", "nothing about anybody", NOW, NOW)
    both = Mention("feed", "both", "Acme sues Zenith", NOW, NOW)
    await product.flow.collect("feed", Fetched((*_mentions(0, 100), unrelated, both), "c1"))
    await product.flow.collect("feed", Fetched(_mentions(50, 150), "c2"))
    await product.run_until_empty()
    assert product.store.count_mentions() == 151
    assert {total.brand: total.mentions for total in product.store.totals()} == {"Acme": 151, "Zenith": 1}
    assert product.log.cursor("feed") == "c2"


async def test_stopped_in_the_middle_it_goes_on_without_loss_or_repetition(product: Product) -> None:
    await product.flow.collect("feed", Fetched(_mentions(0, 600), "c1"))
    for _ in range(5):
        running = asyncio.create_task(product.flow.run())
        before = product.store.count_mentions()
        async with asyncio.timeout(60):
            while product.log.depth() and product.store.count_mentions() == before and not running.done():
                await asyncio.sleep(0.005)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    await product.run_until_empty()
    assert product.store.count_mentions() == 600
    assert [total.mentions for total in product.store.totals()] == [600]


async def test_a_commit_that_fails_loses_nothing(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    await product.flow.collect("feed", Fetched(_mentions(0, 40), "c1"))
    commit = product.store.commit

    def full(step: Step) -> None:
        raise StorageFull("no room")

    monkeypatch.setattr(product.store, "commit", full)
    with pytest.raises(ExceptionGroup):
        await product.flow.run()
    assert product.log.depth() == 40
    monkeypatch.setattr(product.store, "commit", commit)
    await product.run_until_empty()
    assert [total.mentions for total in product.store.totals()] == [40]


async def test_what_a_source_held_before_it_was_watched_is_history(product: Product) -> None:
    old = Mention("feed", "old", "Acme in spring", NOW - timedelta(days=2), NOW)
    new = Mention("feed", "new", "Acme today", NOW, NOW)
    await product.flow.collect("feed", Fetched((old, new), "c1"))
    later = Mention("feed", "late", "Acme yesterday", NOW - timedelta(days=1), NOW)
    await product.flow.collect("feed", Fetched((later,), "c2"))
    await product.run_until_empty()
    flags = {row.mention.native_id: row.mention.flags for row in product.store.mentions(10)}
    assert flags == {"old": Flag.BACKFILL, "new": Flag.NONE, "late": Flag.NONE}
