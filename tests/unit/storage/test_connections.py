"""How transactions behave: short, in turn, durable where promised, and none left open by a reader."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, Engine, event

from core.errors import Temporary
from core.ports import Store
from core.records import Action, Answer, Delivery, DeliveryStatus, Outcome, Selection, Silence, Step
from storage import open_store
from storage.sql import engine

T0 = datetime(2026, 3, 1, tzinfo=UTC)
NORMAL, FULL = 1, 2
"""Values of PRAGMA synchronous, https://sqlite.org/pragma.html#pragma_synchronous."""

Steps = Callable[[int, int], Step]


@pytest.fixture
def commits() -> Iterator[list[int]]:
    """The value of PRAGMA synchronous at each commit from now on."""
    seen: list[int] = []

    def commit(connection: Connection) -> None:
        seen.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    event.listen(Engine, "commit", commit)
    yield seen
    event.remove(Engine, "commit", commit)


def test_what_people_rely_on_waits_for_the_disk(url: str, steps: Steps, commits: list[int]) -> None:
    store = open_store(url)
    commits.clear()
    store.commit(steps(0, 1))
    store.set_meta("purpose", "live")
    assert commits == [NORMAL, NORMAL]
    commits.clear()
    store.answer(Answer("i1", Action.ACKNOWLEDGE, "ann", T0))
    store.save_delivery(Delivery("n1", "e-mail", DeliveryStatus.RESERVED))
    store.add_silence(Silence("s1", "Acme", "", "", "ann", T0, T0))
    store.finish("n1", Outcome.SENT, "", T0)
    assert commits == [FULL] * 4
    store.close()


def test_the_file_uses_a_write_ahead_log(path: Path, url: str) -> None:
    open_store(url).close()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def read_everything(store: Store) -> None:
    store.mentions(3)
    store.mentions(3, Selection(search="late"))
    store.rollups(T0, T0 + timedelta(days=1))
    store.signals("Acme", T0, T0 + timedelta(days=1))
    store.states()
    store.incidents()
    store.outbox()
    store.matches_since("Acme", 0, 1)
    store.take_job()
    store.take_hooks("/hooks/a", 5)


def test_a_reader_leaves_no_transaction_behind(path: Path, url: str, steps: Steps) -> None:
    board, store = open_store(url), open_store(url)
    store.commit(steps(0, 50))
    read_everything(board)
    store.commit(steps(50, 50))
    wal = path.with_name("firetower.db-wal")
    assert wal.stat().st_size > 0
    store.truncate_wal()
    assert wal.stat().st_size == 0
    read_everything(board)
    assert len(board.mentions(999)) == 100
    board.close()
    store.close()


def test_truncating_beside_a_reader_is_no_error(path: Path, url: str, steps: Steps) -> None:
    store = open_store(url)
    store.commit(steps(0, 5))
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM mention").fetchone()
        store.commit(steps(5, 5))
        store.truncate_wal()
        assert reader.execute("SELECT count(*) FROM mention").fetchone() == (5,)
    store.truncate_wal()
    assert path.with_name("firetower.db-wal").stat().st_size == 0
    assert store.count_mentions() == 10
    store.close()


def test_a_writer_that_waits_too_long_is_told_to_try_again(
    path: Path, url: str, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(url).close()
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 50)
    store = open_store(url)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Temporary, match="in use by another process"):
            store.commit(steps(0, 5))
        assert store.mentions(5) == []
    store.commit(steps(0, 5))
    assert store.count_mentions() == 5
    store.close()


def test_threads_write_in_turn(url: str, steps: Steps) -> None:
    store = open_store(url)

    def ingest(number: int) -> None:
        for batch in range(10):
            store.commit(steps(number * 100 + batch * 10, 10))
            store.answer(Answer(f"i{number}.{batch}", Action.ACKNOWLEDGE, "ann", T0))
            store.mentions(5)

    threads = [Thread(target=ingest, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count_mentions() == 500
    assert sum(total.mentions for total in store.totals()) == 500
    assert all(store.answers(f"i{number}.9") for number in range(5))
    store.close()
