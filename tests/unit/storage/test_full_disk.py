"""A full disk costs the write that met it and nothing else."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Pool, event

from core.errors import StorageFull
from core.records import Action, Answer, Entry, Rollup, Step
from storage import open_log, open_store

T0 = datetime(2026, 3, 1, tzinfo=UTC)


class Limit:
    """Caps the size of every SQLite file in use: SQLite then says that the disk is full."""

    pages = 2_000_000

    def set(self, pages: int) -> None:
        self.pages = pages

    def checkout(self, raw: Any, _record: object, _proxy: object) -> None:
        raw.execute(f"PRAGMA max_page_count={self.pages}")


@pytest.fixture
def limit() -> Iterator[Limit]:
    made = Limit()
    event.listen(Pool, "checkout", made.checkout)
    yield made
    event.remove(Pool, "checkout", made.checkout)


def test_nothing_is_kept_of_a_step_that_does_not_fit(
    url: str, limit: Limit, steps: Callable[[int, int], Step]
) -> None:
    store = open_store(url)
    store.commit(steps(0, 50))
    before = (store.mentions(999), store.totals(), store.count_mentions())
    limit.set(1)  # SQLite takes the present size when the limit lies below it
    with pytest.raises(StorageFull, match=r"is full.*This write was undone.*free some space"):
        store.commit(steps(50, 3000))
    assert (store.mentions(999), store.totals(), store.count_mentions()) == before
    limit.set(2_000_000)
    store.commit(steps(50, 3000))
    assert store.count_mentions() == 3050
    store.close()


def test_a_full_disk_moves_no_cursor(url: str, limit: Limit, steps: Callable[[int, int], Step]) -> None:
    log = open_log(url)
    entries = [Entry(scored.mention, ("Acme",)) for scored in steps(0, 3000).scored]
    log.append("rss/news", entries[:2], "c1")
    limit.set(1)
    with pytest.raises(StorageFull):
        log.append("rss/news", entries[2:], "c2")
    assert (log.cursor("rss/news"), log.depth()) == ("c1", 2)
    log.ack([position for position, _ in log.read(2)])
    limit.set(2_000_000)
    assert log.append("rss/news", entries[2:], "c2") == 2998
    log.close()


def test_an_answer_that_does_not_fit_is_not_told_as_recorded(url: str, limit: Limit) -> None:
    store = open_store(url)
    store.answer(Answer("i0", Action.SNOOZE, "ann", T0))
    limit.set(1)
    with pytest.raises(StorageFull):
        store.answer(Answer("i1", Action.ACKNOWLEDGE, "x" * 1_000_000, T0))
    assert store.answers("i1") == {}
    limit.set(2_000_000)
    assert store.answer(Answer("i1", Action.ACKNOWLEDGE, "ann", T0)).who == "ann"
    store.close()


def test_an_import_keeps_what_fitted_and_can_be_repeated(url: str, limit: Limit) -> None:
    store = open_store(url)
    rollups = [Rollup("Acme", "rss/news", minute * 60, mentions=1) for minute in range(30_000)]
    limit.set(300)
    with pytest.raises(StorageFull):
        store.import_rollups(rollups, [])
    limit.set(2_000_000)
    store.import_rollups(rollups, [])
    assert [total.mentions for total in store.totals()] == [30_000]
    store.close()


LIMITED = """
import resource, signal, sys
from datetime import datetime, timedelta, UTC
from core.errors import StorageFull
from core.records import Match, Mention, Score, Scored, Step
from storage import open_store

T0 = datetime(2026, 3, 1, tzinfo=UTC)

def step(start):
    found = [Mention("rss", f"n{n}", "late again " * 20, T0, T0) for n in range(start, start + 200)]
    scored = tuple(Scored(mention, Score(0.5, 0.3, 0.2)) for mention in found)
    return Step(scored, tuple(Match(mention.id, "Acme", T0) for mention in found))

store = open_store(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
done = 0
try:
    while True:
        store.commit(step(done))
        done += 200
except StorageFull:
    pass
assert store.count_mentions() == done == store.totals()[0].mentions, (store.count_mentions(), done)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.commit(step(done))
assert store.count_mentions() == done + 200 == store.totals()[0].mentions
print(done)
"""


def test_the_operating_system_refuses_to_write(url: str) -> None:
    """A limit on file sizes makes the kernel refuse the write, as a full disk does."""
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, url], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    store = open_store(url)
    assert store.count_mentions() == int(ran.stdout) + 200
    store.close()
