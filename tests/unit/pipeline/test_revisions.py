"""Deletions and edits: honoured wherever the mention is, at least once, and never counted twice."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.errors import StorageFull
from core.records import Fetched, Flag, Mention, MentionRow, Selection

if TYPE_CHECKING:
    from tests.unit.pipeline.conftest import Product

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)


def mention(number: int, text: str = "Acme is down") -> Mention:
    at = NOW - timedelta(minutes=10)
    return Mention("feed", str(number), text, at, at, author="anna", url=f"https://a.example/{number}")


def edit(number: int, text: str) -> Mention:
    return replace(mention(number, text), event_at=NOW, seen_at=NOW, flags=Flag.EDITED)


def rows(product: "Product", text: str = "") -> dict[str, MentionRow]:
    """Return what is stored, by native id; with `text`, what is found under it."""
    which = Selection(search=text)
    return {row.mention.native_id: row for row in product.store.mentions(100, which)}


def counted(product: "Product") -> dict[str, int]:
    return {total.brand: total.mentions for total in product.store.totals()}


async def give(
    product: "Product", *mentions: Mention, deleted: tuple[str, ...] = (), closed: tuple[str, ...] = ()
) -> None:
    await product.flow.collect("feed", Fetched(mentions, "c", deleted=deleted, closed=closed))


# -- deletions -----------------------------------------------------------------------------------------


async def test_what_is_taken_back_loses_its_text_and_stays_counted(product: "Product") -> None:
    await give(product, mention(1), mention(2))
    await product.run_until_empty()
    await give(product, deleted=("1", "unknown"))
    gone, kept = rows(product)["1"].mention, rows(product)["2"].mention
    assert (gone.text, gone.author, gone.url) == ("", "", "")
    assert gone.flags & Flag.DELETED
    assert kept == mention(2)
    assert counted(product) == {"Acme": 2}


async def test_a_deletion_that_overtakes_its_mention_in_the_log_is_honoured(product: "Product") -> None:
    await give(product, mention(1))
    await give(product, deleted=("1",))
    await product.run_until_empty()
    assert rows(product)["1"].mention.text == ""
    assert rows(product)["1"].mention.flags & Flag.DELETED
    assert counted(product) == {"Acme": 1}


async def test_a_mention_that_comes_together_with_its_deletion_leaves_a_count(product: "Product") -> None:
    await give(product, mention(1), mention(2), deleted=("1",))
    await product.run_until_empty()
    assert [rows(product)[native_id].mention.text for native_id in "12"] == ["", "Acme is down"]
    assert counted(product) == {"Acme": 2}


async def test_what_was_taken_back_stays_so_when_it_is_read_again(product: "Product") -> None:
    """A source that resumes with overlap repeats the mention, then an edit of it."""
    await give(product, mention(1))
    await product.run_until_empty()
    await give(product, deleted=("1",))
    await give(product, mention(1), edit(1, "Acme is back"), deleted=("1",))
    await product.run_until_empty()
    assert rows(product)["1"].mention.text == ""
    assert counted(product) == {"Acme": 1}


async def test_deletions_of_what_was_never_kept_leave_no_mark(
    product: "Product", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a firehose nearly all deletions are of these."""
    forgotten: list[object] = []
    monkeypatch.setattr(product.store, "forget", forgotten.append)
    await give(product, mention(1), mention(2, "about nobody"), deleted=("2", "3", "4"))
    assert forgotten == []


async def test_a_deletion_that_cannot_be_stored_holds_the_cursor_back(
    product: "Product", monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(product, mention(1))
    await product.run_until_empty()

    def full(_: object) -> int:
        raise StorageFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(product.store, "forget", full)
        with pytest.raises(StorageFull):
            await product.flow.collect("feed", Fetched((mention(2),), "after", deleted=("1",)))
    assert (product.log.cursor("feed"), product.log.depth()) == ("c", 0)
    await product.flow.collect("feed", Fetched((mention(2),), "after", deleted=("1",)))
    assert product.log.cursor("feed") == "after"
    assert rows(product)["1"].mention.text == ""


async def test_one_sources_deletion_is_not_anothers(product: "Product") -> None:
    await give(product, mention(1))
    await product.run_until_empty()
    await product.flow.collect("other", Fetched(cursor="c", deleted=("1",)))
    assert rows(product)["1"].mention.text == "Acme is down"


async def test_a_closed_account_takes_all_back_wherever_it_is(product: "Product") -> None:
    await give(product, mention(1), replace(mention(2), author="bert"))
    await product.run_until_empty()
    await give(product, mention(3))
    await give(product, mention(4), replace(mention(5), author="bert"), closed=("anna", "unknown"))
    await product.run_until_empty()
    found = rows(product)
    assert {native_id: row.mention.text for native_id, row in found.items()} == {
        **dict.fromkeys("134", ""),
        **dict.fromkeys("25", "Acme is down"),
    }
    assert all(found[native_id].mention.flags & Flag.DELETED for native_id in "134")
    assert counted(product) == {"Acme": 5}


async def test_one_sources_closed_account_is_not_anothers(product: "Product") -> None:
    await give(product, mention(1))
    await product.run_until_empty()
    await product.flow.collect("other", Fetched(cursor="c", closed=("anna",)))
    assert rows(product)["1"].mention.text == "Acme is down"


# -- edits ---------------------------------------------------------------------------------------------


async def test_an_edit_replaces_the_text_and_is_found_under_it(product: "Product") -> None:
    await give(product, mention(1))
    await product.run_until_empty()
    before = rows(product)["1"]
    await give(product, edit(1, "Acme works again, sorry"))
    await product.run_until_empty()
    after = rows(product)["1"]
    assert after.mention.text == "Acme works again, sorry"
    assert after.mention.flags & Flag.EDITED
    assert after.mention.event_at == before.mention.event_at
    assert after.score.negative == before.score.negative, "a stored mention keeps its score"
    assert (list(rows(product, "sorry")), list(rows(product, "down"))) == (["1"], [])
    assert counted(product) == {"Acme": 1}


async def test_an_edit_that_names_a_further_brand_counts_for_it_at_the_first_time(
    product: "Product",
) -> None:
    await give(product, mention(1))
    await product.run_until_empty()
    await give(product, edit(1, "Acme is down, and Zenith too"))
    [(_, waiting)] = product.log.read(5)
    assert waiting.mention.event_at == mention(1).event_at, "the window that it enters follows from it"
    await product.run_until_empty()
    assert counted(product) == {"Acme": 1, "Zenith": 1}
    minutes = {rollup.minute for rollup in product.store.rollups(NOW - timedelta(days=1), NOW)}
    assert minutes == {int(mention(1).event_at.timestamp())}


async def test_an_edit_that_names_nobody_any_more_stays_counted(product: "Product") -> None:
    await give(product, mention(1))
    await product.run_until_empty()
    await give(product, edit(1, "never mind"))
    await product.run_until_empty()
    assert rows(product)["1"].mention.text == "never mind"
    assert counted(product) == {"Acme": 1}


async def test_edits_never_overtake_the_text_that_they_replace(product: "Product") -> None:
    """All wait in the log when the second edit comes: the newest text is what remains."""
    await give(product, mention(1))
    await give(product, edit(1, "Acme is slow"))
    await give(product, edit(1, "never mind"))
    assert product.log.depth() == 3
    await product.run_until_empty()
    assert rows(product)["1"].mention.text == "never mind"
    assert counted(product) == {"Acme": 1}


async def test_a_mention_and_its_edit_in_one_batch(product: "Product") -> None:
    await give(product, mention(1), edit(1, "never mind"))
    await product.run_until_empty()
    assert rows(product)["1"].mention.text == "never mind"
    assert counted(product) == {"Acme": 1}


async def test_an_edit_of_what_was_never_kept_counts_when_it_names_a_brand(product: "Product") -> None:
    await give(product, edit(1, "nothing"), edit(2, "it was Acme"))
    await product.run_until_empty()
    assert {native_id: row.mention.text for native_id, row in rows(product).items()} == {"2": "it was Acme"}
    assert counted(product) == {"Acme": 1}


async def test_a_text_that_is_read_again_undoes_no_edit(product: "Product") -> None:
    """A source that resumes with overlap repeats the first text without its edit."""
    await give(product, mention(1), edit(1, "Acme works"))
    await product.run_until_empty()
    await give(product, mention(1))
    await product.run_until_empty()
    assert rows(product)["1"].mention.text == "Acme works"


async def test_an_edit_survives_a_stop_between_its_two_transactions(
    product: "Product", monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(product, mention(1))
    await product.run_until_empty()
    await give(product, edit(1, "Acme works"))

    def full(_: object) -> int:
        raise StorageFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(product.store, "revise", full)
        with pytest.raises(ExceptionGroup):
            await product.flow.run()
    assert product.log.depth() == 1
    await product.run_until_empty()
    assert rows(product)["1"].mention.text == "Acme works"


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


async def test_while_it_runs_a_deletion_meets_the_mention_wherever_it_is(product: "Product") -> None:
    """Some are scored, some counted, some wait, when their deletions come."""
    running = asyncio.create_task(product.flow.run())
    for first in range(0, 300, 30):
        await give(product, *(mention(number, f"Acme order {number}") for number in range(first, first + 30)))
        await give(product, deleted=tuple(str(number) for number in range(first, first + 30, 3)))
    await until(lambda: product.log.depth() == 0 or running.done())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    found = {row.mention.native_id: row.mention for row in product.store.mentions(1_000)}
    assert len(found) == 300
    gone = {native_id for native_id, kept in found.items() if not kept.text}
    assert gone == {str(number) for number in range(0, 300, 3)}
    assert counted(product) == {"Acme": 300}
