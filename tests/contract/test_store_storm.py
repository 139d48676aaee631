"""What every store promises of storm mode: a sample with its chances, and readings that come late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.ports import Store
from core.records import Entry, Flag, Score, Scored, Selection, Sentiment, Skimmed, Step, Tone
from storage import integrity
from tests.contract.filling import NEGATIVE, POSITIVE, T0, match, mention, put

SKIMMED = replace(NEGATIVE, negative=0.5, neutral=0.25, positive=0.25, version="v1+skimmed", embedding=b"")
UNREAD = replace(SKIMMED, inclusion=0.25)
DRAWN = replace(NEGATIVE, inclusion=0.25, skimmed=0.5)
FULL = replace(POSITIVE, tone=Tone(0.75, 0.0, 0.5), language="en")


@pytest.fixture
def filled(store: Store) -> Store:
    """One of the sample, two unread ones (the second for two brands), and one that was always read."""
    put(store, [mention(0)], DRAWN, narrative="n1")
    put(store, [mention(1)], UNREAD)
    put(store, [mention(2)], UNREAD)
    put(store, [mention(2)], UNREAD, brand="Globex")
    put(store, [mention(3)])
    return store


def numbers(store: Store, **which: object) -> list[str]:
    return [row.mention.native_id for row in store.mentions(9, Selection(**which))]  # type: ignore[arg-type]  # the test names real fields


def test_what_the_fast_path_said_is_kept_apart(filled: Store) -> None:
    assert filled.known([mention(0).id, mention(1).id]) == {mention(0).id: DRAWN, mention(1).id: UNREAD}
    assert [row.score.unread for row in filled.matches_since("Acme", 0, 9)] == [False, True, True, False]
    assert filled.unread(9) == [Entry(mention(2), ("Acme", "Globex")), Entry(mention(1), ("Acme",))]
    assert filled.unread(1) == [Entry(mention(2), ("Acme", "Globex"))]


def test_the_sample_corrects_the_sums(filled: Store) -> None:
    """One of four was drawn: what was wrong with it by 0.25 was wrong with three others, too."""
    assert filled.skimmed(T0) == Skimmed(2, 1, 0.75, 0.75)
    assert filled.skimmed(T0, "Globex") == Skimmed(2, 0, 0.0, 0.0)
    assert filled.skimmed(T0 + timedelta(seconds=1)) == Skimmed(2, 0, 0.0, 0.0)


def test_two_brands_of_one_mention_err_together(store: Store) -> None:
    put(store, [mention(0)], DRAWN)
    put(store, [mention(0)], DRAWN, brand="Globex")
    assert store.skimmed(T0) == Skimmed(0, 1, 1.5, 3.0)


def test_words_are_found_once_they_have_been_read(filled: Store, store_url: str) -> None:
    assert numbers(filled, search="late") == ["n3", "n0"]
    assert _whole(store_url)
    filled.revise([replace(mention(1), text="late no more")])
    filled.forget([mention(2).id])
    assert numbers(filled, search="late") == ["n3", "n0"]
    filled.read_late([Scored(mention(1), FULL)], {})
    assert numbers(filled, search="late more") == ["n1"]
    filled.forget([mention(1).id])
    assert numbers(filled, search="late") == ["n3", "n0"]
    assert _whole(store_url)


def _whole(url: str) -> bool:
    """Tell whether a file's tables agree; what is in memory has no index that could disagree."""
    return url.startswith("memory:") or not integrity(url)


def test_a_late_reading_is_stored_as_if_it_had_come_at_once(filled: Store, store_url: str) -> None:
    towards = {(mention(2).id, "Globex"): (0.75, 0.25, 0.0)}
    assert filled.read_late([Scored(mention(1), FULL), Scored(mention(2), FULL)], towards) == 2
    assert filled.known([mention(2).id]) == {mention(2).id: FULL}
    acme, globex = filled.mention(mention(2).id)
    assert (acme.felt.negative, globex.felt.negative) == (0.125, 0.75)
    sums = {(one.brand, one.minute): one.negative for one in filled.rollups(T0, T0 + timedelta(hours=1))}
    assert list(sums.values()) == [0.75, 0.125, 0.125, 0.75, 0.75]
    assert numbers(filled, sentiment=Sentiment.POSITIVE) == ["n2", "n1"]
    assert numbers(filled, sentiment=Sentiment.NEGATIVE, brand="Globex") == ["n2"]
    assert numbers(filled, angry=True, brand="Acme") == ["n2", "n1"]
    assert filled.unread(9) == []


def test_a_late_reading_counts_once_and_replaces_no_full_one(filled: Store) -> None:
    late = [Scored(mention(number), FULL) for number in (0, 1, 3, 7)]
    assert filled.read_late(late, {}) == 1
    before = filled.rollups(T0, T0 + timedelta(hours=1))
    assert filled.read_late(late, {}) == 0
    assert filled.rollups(T0, T0 + timedelta(hours=1)) == before
    assert filled.known([mention(0).id, mention(3).id]) == {mention(0).id: DRAWN, mention(3).id: NEGATIVE}


def test_the_sample_is_ordinary_when_nothing_is_left_to_stand_for(filled: Store) -> None:
    assert filled.settle(9) == 0
    filled.read_late([Scored(mention(1), FULL), Scored(mention(2), FULL)], {})
    assert (filled.settle(9), filled.settle(9)) == (1, 0)
    assert filled.known([mention(0).id]) == {mention(0).id: NEGATIVE}
    assert filled.skimmed(T0) == Skimmed()


def test_what_was_taken_back_is_not_waited_for(filled: Store) -> None:
    filled.forget([mention(1).id, mention(2).id])
    assert filled.unread(9) == []
    assert filled.settle(9) == 1
    assert [row.mention.flags for row in filled.mention(mention(1).id)] == [Flag.DELETED]


def test_a_brands_own_reading_survives_a_late_one_of_the_text(store: Store) -> None:
    praised = replace(match(mention(1)), towards=(0.0, 0.25, 0.75))
    store.commit(Step((Scored(mention(1), UNREAD),), (praised,)))
    store.read_late([Scored(mention(1), replace(NEGATIVE, embedding=b""))], {})
    (row,) = store.mention(mention(1).id)
    assert (row.score.negative, row.felt.negative) == (0.75, 0.0)
    assert sum(one.negative for one in store.rollups(T0, T0 + timedelta(hours=1))) == 0.0


def test_a_late_reading_gives_a_narrative_to_what_has_none(filled: Store) -> None:
    told = {(mention(number).id, "Acme"): "n2" for number in (0, 1, 2, 3)}
    assert filled.read_late([Scored(mention(number), FULL) for number in (0, 1, 2, 3)], {}, told) == 2
    kept = {row.mention.native_id: row.narrative for row in filled.mentions(9, Selection(brand="Acme"))}
    assert kept == {"n0": "n1", "n1": "n2", "n2": "n2", "n3": ""}
    assert numbers(filled, narrative="n2") == ["n2", "n1"]
    bins = filled.narrative_bins(["n1", "n2"], T0, T0 + timedelta(hours=1))
    assert sum(one.mentions for one in bins if one.narrative_id == "n2") == 2
    assert sum(one.negative for one in bins if one.narrative_id == "n2") == 0.125
    assert [row.narrative for row in filled.mention(mention(2).id)] == ["n2", ""]


def test_narratives_follow_a_late_reading(store: Store) -> None:
    put(store, [mention(0)], UNREAD, narrative="n1")
    store.read_late([Scored(mention(0), Score(1.0, 0.0, 0.0, version="v1"))], {})
    (found,) = store.narrative_bins(["n1"], T0, T0 + timedelta(hours=1))
    assert found.negative == 0.5
