"""A sound database is called sound, and each kind of harm is named."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import Permanent
from core.records import Rollup, Score, Step
from storage import integrity, open_store
from tests.contract.filling import NEGATIVE, POSITIVE, mention, put

T0 = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def filled(url: str) -> str:
    store = open_store(url)
    put(store, [mention(number) for number in range(20)], narrative="a")
    put(store, [mention(number) for number in range(10)], brand="Globex")
    store.rescore({mention(3).id: POSITIVE, mention(4).id: Score(1 / 3, 1 / 3, 1 / 3)})
    store.forget([mention(5).id])
    store.truncate_wal()
    store.close()
    return url


def test_a_used_database_is_sound(filled: str) -> None:
    assert integrity(filled) == []


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("DELETE FROM match WHERE seq = 3", "mentions is 19 by the matches, 20 by the minutes"),
        ("DELETE FROM rollup WHERE brand = 'Globex'", "Globex on rss/news: mentions is 10 by the matches, 0"),
        ("UPDATE rollup SET negative = negative + 0.01 WHERE minute % 300 = 0", "negative is"),
        ("UPDATE counter SET value = 7", "20 mentions are stored, 7 are counted"),
        ("DELETE FROM narrative_bin", "20 matches belong to narratives, the narratives' sums say 0"),
        ("INSERT INTO embedding VALUES (999, x'00')", "1 embeddings belong to mentions that are not stored"),
        ("DELETE FROM mention WHERE seq = 1", "2 matches count for mentions that are not stored"),
        (
            "DELETE FROM mention_fts_docsize WHERE id = 4",
            "20 mentions have been read, 19 of them can be searched",
        ),
    ],
)
def test_harm_is_named(filled: str, path: Path, harm: str, says: str) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        assert file.execute(harm).rowcount > 0
    assert any(says in finding for finding in integrity(filled))


def test_imported_minutes_need_no_matches(url: str, steps: Callable[[int, int], Step]) -> None:
    store = open_store(url)
    past = [Rollup("Acme", "rss/news", int(T0.timestamp()) - 60 * at, 5, 2.5) for at in range(1, 50)]
    store.import_rollups(past, [])
    store.commit(steps(0, 50))
    assert integrity(url) == []
    store.import_rollups(past[10:], [])
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
        file.execute("DELETE FROM match WHERE seq = 7")
    assert len(integrity(url)) > 0
    store.close()


def test_broken_pages_are_named(filled: str, path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for at in range(20 * 4096, len(whole), 4096):
        whole[at : at + 16] = b"\xff" * 16
    path.write_bytes(whole)
    try:
        found = integrity(filled)
    except Permanent as error:
        found = [str(error)]
    assert found


def test_a_check_beside_a_writer_sees_one_moment(filled: str) -> None:
    store = open_store(filled)
    for start in range(20, 60, 10):
        put(store, [mention(number) for number in range(start, start + 10)], NEGATIVE, narrative="a")
        assert integrity(filled) == []
    assert store.rollups(T0, T0 + timedelta(days=1))
    store.close()
