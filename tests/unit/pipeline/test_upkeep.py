"""Retention on a clock moved by hand, on a real database."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.clock import ManualClock
from core.ports import Store
from core.records import Match, Mention, Score, Scored, Step
from pipeline.upkeep import PORTION, Upkeep
from storage import open_store

T0 = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def fill(store: Store, ages: list[timedelta]) -> None:
    mentions = [
        Mention("rss", f"n{at}", "late again", T0 - age, T0, author="ann") for at, age in enumerate(ages)
    ]
    store.commit(
        Step(
            tuple(Scored(one, Score(0.5, 0.3, 0.2)) for one in mentions),
            tuple(Match(one.id, "Acme", one.event_at) for one in mentions),
        )
    )


class Writer:
    """Runs each write at once and remembers which there were."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def __call__(self, function: Callable[..., Any], *args: Any) -> Any:
        self.calls.append(function.__name__)
        return function(*args)


def texts(store: Store) -> list[str]:
    return [row.mention.text for row in store.mentions(1000, oldest_first=True)]


async def test_only_what_is_too_old_loses_its_words(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/firetower.db")
    fill(store, [31 * DAY, 30 * DAY + timedelta(seconds=1), 30 * DAY, DAY])
    assert await Upkeep(store, Writer(), ManualClock(T0), 30).prune() == 2
    assert texts(store) == ["", "", "late again", "late again"]
    assert store.totals()[0].mentions == 4
    store.close()


async def test_it_goes_in_portions_and_shortens_the_log_once(tmp_path: Path) -> None:
    store, writer = open_store(f"sqlite:///{tmp_path}/firetower.db"), Writer()
    fill(store, [40 * DAY] * (2 * PORTION + 5))
    upkeep = Upkeep(store, writer, ManualClock(T0), 30)
    assert await upkeep.prune() == 2 * PORTION + 5
    assert writer.calls == ["prune"] * 4 + ["truncate_wal"]
    assert await upkeep.prune() == 0
    assert writer.calls[5:] == ["prune"]
    store.close()


async def test_it_prunes_at_once_and_every_hour(tmp_path: Path) -> None:
    store, clock = open_store(f"sqlite:///{tmp_path}/firetower.db"), ManualClock(T0)
    fill(store, [31 * DAY, 30 * DAY - timedelta(minutes=30)])
    role = asyncio.create_task(Upkeep(store, Writer(), clock, 30).run())
    await asyncio.sleep(0)
    assert texts(store) == ["", "late again"]
    clock.move(timedelta(minutes=59))
    await asyncio.sleep(0)
    assert texts(store) == ["", "late again"]
    clock.move(timedelta(minutes=1))
    for _ in range(5):
        await asyncio.sleep(0)
    assert texts(store) == ["", ""]
    role.cancel()
    store.close()
