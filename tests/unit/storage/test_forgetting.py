"""What is forgotten is gone from the file too, not only from the answers."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from core.records import Entry, Selection, Step
from storage import open_log, open_store, purge
from tests.contract.filling import NEGATIVE, incident, mention, page, put

SECRET = b"zzyzxword"


@pytest.fixture
def filled(url: str) -> str:
    """Return a database in which one author's words stand in every place that has words."""
    store, log = open_store(url), open_log(url)
    mine = [
        replace(mention(number, author="zzyzxauthor"), text=f"zzyzxword{number} again")
        for number in range(0, 400, 2)
    ]
    put(store, mine, NEGATIVE)
    put(store, [mention(number) for number in range(1, 400, 2)])
    store.commit(Step(incidents=(incident("i1", *mine[:3]),), notifications=(page("n1", "i1", *mine[:3]),)))
    waiting = replace(mine[0], native_id="waits")
    log.append("rss/news", [Entry(waiting, ("Acme",))], "c")
    log.close()
    store.truncate_wal()
    store.close()
    return url


def everything(path: Path) -> bytes:
    return b"".join(found.read_bytes() for found in path.parent.glob(f"{path.name}*"))


def test_no_word_of_an_erased_author_is_left_in_the_file(filled: str, path: Path) -> None:
    before = everything(path)
    assert SECRET in before
    assert b"zzyzxauthor" in before
    store = open_store(filled)
    assert store.erase_author("zzyzxauthor") == 201
    store.close()
    purge(filled)
    after = everything(path)
    assert b"zzyzx" not in after
    assert b"again" in after
    store = open_store(filled)
    assert len(store.mentions(999)) == 400
    store.close()


def test_rewriting_the_words_keeps_the_others(filled: str) -> None:
    store = open_store(filled)
    before = store.mentions(999, Selection(search="late"))
    purge(filled)
    purge(filled)
    assert store.mentions(999, Selection(search="late")) == before
    assert len(before) == 200
    store.close()


def test_a_purge_goes_in_many_short_transactions(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that those who write meanwhile wait for a portion, never for all of it."""
    monkeypatch.setattr("storage.sql.dialect.MERGED_PAGES", 1)
    begun: list[int] = []

    def count(_connection: Connection) -> None:
        begun.append(1)

    event.listen(Engine, "begin", count)
    purge(filled)
    event.remove(Engine, "begin", count)
    assert len(begun) > 3
