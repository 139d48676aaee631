"""Narratives on their way through the real product: counted, committed, restored, part of an explanation."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from core.records import Fetched, Mention
from pipeline.narratives import shares

if TYPE_CHECKING:
    from tests.unit.pipeline.conftest import Product

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
REFUNDS = (
    "acme refuses to refund my cancelled flight",
    "still no refund from acme for a cancelled flight",
    "acme cancelled my flight and keeps the money, no refund",
    "where is the refund for my cancelled flight, acme?",
)
APP = (
    "the acme app crashes when I log in",
    "acme app crashes on every login",
    "cannot log in, the acme app just crashes",
    "acme app crashed again at login",
)


def _mentions(first: int, last: int) -> tuple[Mention, ...]:
    texts = [
        f"{(REFUNDS, APP)[n % 2][n // 2 % 4]} {'abcdefghijklmnop'[n % 16] * 5}" for n in range(first, last)
    ]
    return tuple(
        Mention("feed", str(number), text, NOW - timedelta(seconds=300 - number), NOW)
        for number, text in enumerate(texts, first)
    )


async def test_what_people_say_is_told_apart_and_survives_a_restart(product: "Product") -> None:
    await product.flow.collect("feed", Fetched((), "0"))
    await product.flow.collect("feed", Fetched(_mentions(0, 32), "a"))
    await product.run_until_empty()
    before = {one.id: one for one in product.store.narratives("Acme")}
    labels = " | ".join(one.label for one in before.values())
    assert "refund" in labels
    assert "app" in labels
    rows = product.store.mentions(100)
    assert all(row.narrative for row in rows)

    await product.flow.collect("feed", Fetched(_mentions(32, 64), "b"))
    await product.run_until_empty()
    rows = product.store.mentions(100)
    assert len(rows) == 64
    known = {row.narrative for row in rows[:32]}
    assert known & set(before), "after a restart mentions join the narratives that were there"


async def test_an_explanation_names_the_narratives_of_the_rise(product: "Product") -> None:
    await product.flow.collect("feed", Fetched((), "0"))
    await product.flow.collect("feed", Fetched(_mentions(0, 64), "a"))
    await product.run_until_empty()
    rows = product.store.mentions(100)
    found = shares(product.store, rows, NOW - timedelta(hours=1), NOW + timedelta(minutes=5))
    assert 2 <= len(found) <= 5
    assert [share.negative for share in found] == sorted((share.negative for share in found), reverse=True)
    assert sum(share.mentions for share in found) <= 64
    told = {one.id: one.label for one in product.store.narratives("Acme")}
    assert {share.narrative_id: share.label for share in found}.items() <= told.items()
    assert shares(product.store, rows, NOW + timedelta(hours=1), NOW + timedelta(hours=2)) == ()
