"""Collect, score, detect: nothing lost, nothing counted twice, however often it is stopped."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.errors import StorageFull
from core.records import Fetched, Flag, Mention, Step
from pipeline import flow

if TYPE_CHECKING:
    from tests.unit.pipeline.conftest import Product

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)


def _mentions(first: int, last: int, brand: str = "Acme") -> tuple[Mention, ...]:
    return tuple(
        Mention("feed", str(n), f"{brand} order {n} arrived", NOW - timedelta(seconds=last - n), NOW)
        for n in range(first, last)
    )


async def test_only_what_matches_is_kept_and_each_counts_once(product: "Product") -> None:
    unrelated = Mention("feed", "x", "nothing about anybody", NOW, NOW)
    both = Mention("feed", "both", "Acme sues Zenith", NOW, NOW)
    await product.flow.collect("feed", Fetched((*_mentions(0, 100), unrelated, both), "c1"))
    await product.flow.collect("feed", Fetched(_mentions(50, 150), "c2"))
    await product.run_until_empty()
    assert product.store.count_mentions() == 151
    assert {total.brand: total.mentions for total in product.store.totals()} == {"Acme": 151, "Zenith": 1}
    assert product.log.cursor("feed") == "c2"


async def test_stopped_in_the_middle_it_goes_on_without_loss_or_repetition(product: "Product") -> None:
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


async def test_a_commit_that_fails_loses_nothing(product: "Product", monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_what_a_source_held_before_it_was_watched_is_history(product: "Product") -> None:
    old = Mention("feed", "old", "Acme in spring", NOW - timedelta(days=2), NOW)
    new = Mention("feed", "new", "Acme today", NOW, NOW)
    await product.flow.collect("feed", Fetched((old, new), "c1"))
    later = Mention("feed", "late", "Acme yesterday", NOW - timedelta(days=1), NOW)
    await product.flow.collect("feed", Fetched((later,), "c2"))
    await product.run_until_empty()
    flags = {row.mention.native_id: row.mention.flags for row in product.store.mentions(10)}
    assert flags == {"old": Flag.BACKFILL, "new": Flag.NONE, "late": Flag.NONE}


async def test_a_source_that_brings_nothing_for_us_costs_hardly_a_transaction(
    product: "Product", monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firehose delivers four times a second; what its cursor lags is read again after a crash."""
    noise = tuple(Mention("feed", f"x{n}", "nothing about anybody", NOW, NOW) for n in range(10))
    monkeypatch.setattr(flow, "CURSOR_SECONDS", 0.2)
    await product.flow.collect("feed", Fetched(noise, "1"))
    assert product.log.cursor("feed") == "1", "the first is written at once: what follows is no history"
    await product.flow.collect("feed", Fetched(noise, "2"))
    assert product.log.cursor("feed") == "1"
    await product.flow.collect("feed", Fetched((*noise, *_mentions(0, 1)), "3"))
    assert product.log.cursor("feed") == "3", "rows never come without their cursor"
    await product.flow.collect("feed", Fetched(noise, "4"))
    assert product.log.cursor("feed") == "3"
    await asyncio.sleep(0.25)
    await product.flow.collect("feed", Fetched(cursor="5"))
    assert product.log.cursor("feed") == "5"
    assert product.log.depth() == 1


async def test_a_quiet_source_with_a_lagging_cursor_is_not_taken_for_a_new_one(product: "Product") -> None:
    for cursor in ("1", "2"):
        await product.flow.collect("feed", Fetched(cursor=cursor))
    late = Mention("feed", "late", "Acme yesterday", NOW - timedelta(days=1), NOW)
    await product.flow.collect("feed", Fetched((late,), "3"))
    assert [entry.mention.flags for _, entry in product.log.read(5)] == [Flag.NONE]
