"""From the search box to FTS5."""

import sqlite3
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.search import MAX_PARTS, found, fts5_query, parts


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", []),
        ("late again", ["late", "again"]),
        ('"lost bag" late', ["lost bag", "late"]),
        ('late"lost bag"', ["late", "lost bag"]),
        ('"never closed', ["never closed"]),
        ('"" " " * ( 😡', []),
        ("NEAR(a OR b*", ["NEAR(a", "OR", "b*"]),
        ("nul\x00byte", ["nul�byte"]),
    ],
)
def test_parts(search: str, expected: list[str]) -> None:
    assert parts(search) == expected


def test_a_pasted_text_is_cut() -> None:
    assert len(parts("a " * 400)) == MAX_PARTS
    assert len(parts("x" * 100_000)[0]) == 1000


@pytest.fixture(scope="module")
def table() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='unicode61 remove_diacritics 2')")
    return made


def in_fts5(table: sqlite3.Connection, search: str, text: str) -> bool:
    query = fts5_query(search)
    table.execute("DELETE FROM t")
    table.execute("INSERT INTO t VALUES (?)", (text,))
    return bool(query) and table.execute("SELECT 1 FROM t WHERE t MATCH ?", (query,)).fetchone() is not None


@settings(deadline=None)
@given(search=st.text(max_size=60))
def test_fts5_accepts_every_search(table: sqlite3.Connection, search: str) -> None:
    in_fts5(table, search, "late again")


LETTERS = st.text(string.ascii_letters + string.digits + " .-_'\"éÜñ*(", max_size=12)


@settings(deadline=None, max_examples=300)
@given(search=LETTERS, text=st.text(string.ascii_lowercase[:3] + " .'éÜñ", max_size=30))
def test_memory_finds_what_fts5_finds(table: sqlite3.Connection, search: str, text: str) -> None:
    assert found(search, (text,)) == in_fts5(table, search, text)


@settings(deadline=None)
@given(words=st.lists(st.text("abcÉ", min_size=1, max_size=3), min_size=1, max_size=4))
def test_both_find_each_word_and_the_phrase(table: sqlite3.Connection, words: list[str]) -> None:
    text = f"x {' '.join(words)} y"
    for search in (*words, " ".join(reversed(words)), f'"{" ".join(words)}"'):
        assert found(search, (text,))
        assert in_fts5(table, search, text)
