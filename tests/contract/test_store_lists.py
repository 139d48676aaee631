"""What every store promises of lists, their filters, and sums over longer spans."""

from datetime import UTC, datetime, timedelta

import pytest

from core.ports import Store
from core.records import Correction, Match, Merge, Rollup, Selection, Sentiment, Step
from tests.contract.filling import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    T0,
    match,
    mention,
    put,
    step,
    without_embedding,
)


def numbers(store: Store, which: Selection, oldest_first: bool = False, limit: int = 99) -> list[int]:
    return [int(row.mention.native_id[1:]) for row in store.mentions(limit, which, oldest_first)]


def test_by_source(store: Store) -> None:
    put(store, [mention(1), mention(3)])
    put(store, [mention(2, source="app/store")])
    put(store, [mention(4, source="app/store")], brand="Globex")
    assert numbers(store, Selection(source="app/store")) == [4, 2]
    assert numbers(store, Selection(source="app/store", brand="Acme")) == [2]
    assert numbers(store, Selection(source="rss/news"), oldest_first=True) == [1, 3]
    assert numbers(store, Selection(source="rss")) == []


def test_by_sentiment(store: Store) -> None:
    for number, score in enumerate([NEGATIVE, NEUTRAL, POSITIVE, NEGATIVE]):
        put(store, [mention(number)], score)
    assert numbers(store, Selection(sentiment=Sentiment.NEGATIVE)) == [3, 0]
    assert numbers(store, Selection(sentiment=Sentiment.NEUTRAL)) == [1]
    assert numbers(store, Selection(sentiment=Sentiment.POSITIVE, brand="Acme")) == [2]
    assert numbers(store, Selection(sentiment=Sentiment.POSITIVE, brand="Globex")) == []


def correct(store: Store, number: int, label: Sentiment | None, minutes: int = 0) -> None:
    at = T0 + timedelta(minutes=minutes)
    store.add_correction(Correction(mention(number).id, label, "duty", at))


def test_what_a_person_said_counts_before_the_most_probable_class(store: Store) -> None:
    put(store, [mention(1), mention(2)])
    correct(store, 1, Sentiment.POSITIVE, 5)
    correct(store, 1, Sentiment.NEUTRAL, 9)
    correct(store, 1, Sentiment.NEGATIVE, 1)
    assert numbers(store, Selection(sentiment=Sentiment.NEUTRAL)) == [1]
    assert numbers(store, Selection(sentiment=Sentiment.NEGATIVE)) == [2]
    assert [row.label for row in store.mentions(9)] == [None, Sentiment.NEUTRAL]
    assert [row.label for row in store.mentions(9, Selection(search="late"))] == [None, Sentiment.NEUTRAL]
    assert store.mention(mention(1).id)[0].label is Sentiment.NEUTRAL
    assert store.matches_since("Acme", 0, 1)[0].label is Sentiment.NEUTRAL


def test_a_withdrawn_label_leaves_the_most_probable_class(store: Store) -> None:
    put(store, [mention(1)])
    correct(store, 1, Sentiment.POSITIVE, 1)
    correct(store, 1, None, 2)
    assert [row.label for row in store.mentions(9)] == [None]
    assert numbers(store, Selection(sentiment=Sentiment.NEGATIVE)) == [1]
    put(store, [mention(1)], brand="Globex")
    assert numbers(store, Selection(sentiment=Sentiment.NEGATIVE)) == [1, 1]
    correct(store, 1, Sentiment.POSITIVE, 3)
    assert numbers(store, Selection(sentiment=Sentiment.POSITIVE)) == [1, 1]


def test_the_last_of_two_corrections_at_one_moment_counts(store: Store) -> None:
    put(store, [mention(1)])
    correct(store, 1, Sentiment.POSITIVE)
    correct(store, 1, Sentiment.NEUTRAL)
    assert [row.label for row in store.mentions(9)] == [Sentiment.NEUTRAL]


def test_a_correction_holds_for_a_brand_that_comes_later_and_for_new_scores(store: Store) -> None:
    put(store, [mention(1)])
    correct(store, 1, Sentiment.POSITIVE)
    put(store, [mention(1)], brand="Globex")
    assert numbers(store, Selection(sentiment=Sentiment.POSITIVE)) == [1, 1]
    store.rescore({mention(1).id: NEUTRAL})
    assert numbers(store, Selection(sentiment=Sentiment.POSITIVE)) == [1, 1]


def test_a_new_score_is_found_under_its_class(store: Store) -> None:
    put(store, [mention(1), mention(2)])
    store.rescore({mention(1).id: POSITIVE})
    assert numbers(store, Selection(sentiment=Sentiment.POSITIVE)) == [1]
    assert numbers(store, Selection(sentiment=Sentiment.NEGATIVE)) == [2]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_by_narrative_with_all_that_was_merged_into_it(store: Store, oldest_first: bool) -> None:
    for number, narrative in enumerate(["a", "b", "c", "x", "a", "b", "", "c"]):
        put(store, [mention(number)], narrative=narrative)
    store.commit(Step(merges=(Merge("b", "a", "Acme", T0), Merge("c", "b", "Acme", T0))))
    expected = [0, 1, 2, 4, 5, 7]
    of_a = Selection(narrative="a")
    assert numbers(store, of_a, oldest_first) == (expected if oldest_first else expected[::-1])
    assert numbers(store, of_a, oldest_first, limit=2) == ([0, 1] if oldest_first else [7, 5])
    assert numbers(store, Selection(narrative="b"), oldest_first=True) == [1, 2, 5, 7]
    assert numbers(store, Selection(narrative="a", search="late 5")) == [5]
    assert numbers(store, Selection(narrative="nothing")) == []


def test_all_filters_together(store: Store) -> None:
    put(store, [mention(1), mention(2), mention(3)], narrative="a")
    put(store, [mention(4, source="app/store")], narrative="a")
    put(store, [mention(5)], POSITIVE, narrative="a")
    which = Selection(
        brand="Acme",
        search="late",
        since=mention(2).event_at,
        until=mention(5).event_at,
        min_negative=0.5,
        source="rss/news",
        narrative="a",
        sentiment=Sentiment.NEGATIVE,
    )
    assert numbers(store, which) == [3, 2]


def test_lists_leave_embeddings_out_and_name_the_narrative(store: Store) -> None:
    put(store, [mention(1)], narrative="a")
    for rows in (store.mentions(9), store.mentions(9, Selection(search="late", narrative="a"))):
        assert [(row.score, row.narrative) for row in rows] == [(without_embedding(NEGATIVE), "a")]


def test_embeddings_where_they_are_asked_for(store: Store) -> None:
    one, two = mention(1), mention(2)
    put(store, [one], narrative="a")
    put(store, [two], without_embedding(NEUTRAL))
    assert store.known([one.id, two.id]) == {one.id: NEGATIVE, two.id: without_embedding(NEUTRAL)}
    assert [row.score for row in store.matches_since("Acme", 0, 9)] == [NEGATIVE, without_embedding(NEUTRAL)]
    assert [(row.score, row.narrative) for row in store.mention(one.id)] == [(NEGATIVE, "a")]
    assert store.embeddings([one.id, two.id, "nobody"]) == {one.id: NEGATIVE.embedding}


def test_an_embedding_that_comes_later_is_kept_and_the_first_one_counts(store: Store) -> None:
    one = mention(1)
    put(store, [one], without_embedding(NEGATIVE))
    put(store, [one], NEGATIVE)
    put(store, [one], POSITIVE)
    assert store.embeddings([one.id]) == {one.id: NEGATIVE.embedding}


# -- longer spans ---------------------------------------------------------------


def test_sums_over_hours(store: Store) -> None:
    put(store, [mention(0), mention(59), mention(60), mention(61, source="app/store")])
    put(store, [mention(2)], brand="Globex")
    hour = int(T0.timestamp())
    spans = store.rollups(T0, T0 + timedelta(hours=2), seconds=3600)
    assert spans == [
        Rollup("Acme", "rss/news", hour, 2, 1.5, 0.25, 0.25, 1.0, 0.75),
        Rollup("Globex", "rss/news", hour, 1, 0.75, 0.125, 0.125, 0.5, 0.375),
        Rollup("Acme", "app/store", hour + 3600, 1, 0.75, 0.125, 0.125, 0.5, 0.375),
        Rollup("Acme", "rss/news", hour + 3600, 1, 0.75, 0.125, 0.125, 0.5, 0.375),
    ]
    assert store.rollups(T0, T0 + timedelta(hours=2), "Globex", seconds=3600) == [spans[1]]


def test_a_span_holds_only_the_minutes_that_were_asked_for(store: Store) -> None:
    put(store, [mention(number) for number in range(60)])
    (span,) = store.rollups(T0 + timedelta(minutes=10), T0 + timedelta(minutes=30), seconds=3600)
    assert (span.minute, span.mentions) == (int(T0.timestamp()), 20)


@pytest.mark.parametrize("seconds", [60, 300, 3600, 86_400])
def test_spans_before_1970_begin_before_their_minutes(store: Store, seconds: int) -> None:
    at = datetime(1969, 7, 20, 20, 17, tzinfo=UTC)
    put(store, [mention(1)])
    store.commit(Step(matches=(Match(mention(1).id, "Moon", at),)))
    (span,) = store.rollups(at - timedelta(days=1), at + timedelta(days=1), "Moon", seconds=seconds)
    second = int(at.timestamp())
    assert span.minute % seconds == 0
    assert span.minute <= second < span.minute + seconds


def test_matches_are_found_by_the_source_of_a_mention_that_came_before(store: Store) -> None:
    store.commit(Step(scored=step([mention(1, source="app/store")]).scored))
    store.commit(Step(matches=(match(mention(1, source="app/store")),)))
    assert numbers(store, Selection(source="app/store")) == [1]
