"""What every store's full text search promises."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ports import Store
from core.records import Match, Mention, Score, Scored, Selection, Step
from storage import open_store

T0 = datetime(2026, 3, 1, tzinfo=UTC)

TEXTS = {
    "bag": ("Lost again", "My bag was lost in Genève, refund please", "ann"),
    "quote": ("", 'He said "never again" about the flight', "Bob Smith"),
    "tag": ("", "#boycott @acme don't fly", "carol"),
    "storm": ("Refund storm", "again and again they lost it", "dave"),
}


def put(store: Store) -> None:
    mentions = [
        Mention("rss", name, text, T0 + timedelta(minutes=at), T0, title=title, author=author)
        for at, (name, (title, text, author)) in enumerate(TEXTS.items())
    ]
    store.commit(
        Step(
            scored=tuple(Scored(mention, Score(0.5, 0.3, 0.2)) for mention in mentions),
            matches=tuple(Match(mention.id, "Acme", mention.event_at) for mention in mentions),
        )
    )


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("refund", ["storm", "bag"]),
        ("REFUND lost", ["storm", "bag"]),
        ("refund please", ["bag"]),
        ('"lost again"', ["bag"]),
        ('"again lost"', []),
        ('again "they lost"', ["storm"]),
        ("geneve", ["bag"]),
        ("smith", ["quote"]),
        ("#boycott", ["tag"]),
        ("boycott", ["tag"]),
        ("don't", ["tag"]),
        ("fly OR refund", []),
        ("NOT refund", []),
        ("ref*", []),
        ('"never again', ["quote"]),
        ("title:refund", []),
        ("   ", ["storm", "tag", "quote", "bag"]),
    ],
)
def test_words_are_anded_and_quotes_make_a_phrase(store: Store, search: str, found: list[str]) -> None:
    put(store)
    assert [row.mention.native_id for row in store.mentions(10, Selection(search=search))] == found


@pytest.mark.parametrize(
    "search",
    ['"', '""', "*", "NEAR(", "NEAR(a b, 2)", "'; drop table mention", "a AND", "^x", "{title}: x", "-", "()",
     "\x00", "a\x00b", "\ud83d", "😡", "+ +", "mention_fts MATCH", "%", "_", "\\", '"' * 999, "a " * 5000,
     "x" * 100_000, '" "', "AND OR NOT", "col : x", ";--"],
)  # fmt: skip
def test_hostile_searches_are_literal(store: Store, search: str) -> None:
    put(store)
    assert store.mentions(10, Selection(search=search)) == []
    assert len(store.mentions(10)) == len(TEXTS)


def test_search_with_filters_and_order(store: Store) -> None:
    put(store)
    late = T0 + timedelta(minutes=1)
    assert [row.mention.native_id for row in store.mentions(10, Selection(search="refund", since=late))] == [
        "storm"
    ]
    assert [row.mention.native_id for row in store.mentions(10, Selection(search="refund", until=late))] == [
        "bag"
    ]
    oldest = store.mentions(1, Selection(search="refund"), oldest_first=True)
    assert [row.mention.native_id for row in oldest] == ["bag"]
    assert store.mentions(10, Selection(search="refund", brand="Globex")) == []
    assert store.mentions(10, Selection(search="refund", min_negative=0.6)) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(search=st.text(max_size=40))
def test_no_search_is_an_error(store_url: str, search: str) -> None:
    store = open_store(store_url)
    put(store)
    store.mentions(5, Selection(search=search))
    store.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.lists(st.text(string.ascii_letters, min_size=1, max_size=6), min_size=1, max_size=5))
def test_a_text_is_found_by_its_words_and_as_a_phrase(store_url: str, words: list[str]) -> None:
    store = open_store(store_url)
    mention = Mention("rss", " ".join(words), ", ".join(words), T0, T0)
    matched = Match(mention.id, "Acme", T0)
    store.commit(Step(scored=(Scored(mention, Score(0.5, 0.3, 0.2)),), matches=(matched,)))
    for search in (" ".join(reversed(words)), f'"{" ".join(words)}"'):
        found = {row.mention.native_id for row in store.mentions(10_000, Selection(search=search))}
        assert mention.native_id in found
    store.close()
