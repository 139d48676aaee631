"""What every store promises of narratives."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.ports import Store
from core.records import Growth, Merge, Narrative, NarrativeBin, Stage, Step
from tests.contract.filling import NEGATIVE, POSITIVE, T0, match, mention, put

BIN = int(T0.timestamp())


def narrative(name: str, minutes: int = 0, brand: str = "Acme") -> Narrative:
    at = T0 + timedelta(minutes=minutes)
    growth = Growth(0.5, 0.1, 0.9)
    told = Narrative(
        name, brand, "late bags \x00", T0, at, 3, 2.5, 1.5, "m1", Stage.SMOULDERING, 7.0, 1.5, growth
    )
    return replace(told, learning_since=T0, split_from="whole", split_off=("part", "other"))


def kept(one: Narrative) -> Narrative:
    return replace(one, label="late bags �")


def test_narratives_are_replaced_and_listed_newest_mention_first(store: Store) -> None:
    a, b, c = narrative("a", 1), narrative("b", 5), narrative("c", 3, "Globex")
    store.commit(Step(narratives=(replace(a, mentions=1), b, c)))
    store.commit(Step(narratives=(a,)))
    assert store.narratives() == [kept(b), kept(c), kept(a)]
    assert store.narratives("Acme") == [kept(b), kept(a)]
    assert store.narratives(since=c.last_at) == [kept(b), kept(c)]
    assert store.narratives(limit=1) == [kept(b)]
    assert store.narrative("a") == kept(a)
    assert store.narrative("nobody") is None


def test_a_merged_narrative_is_known_but_not_listed(store: Store) -> None:
    a, b = narrative("a"), narrative("b")
    store.commit(Step(narratives=(a, b)))
    merge = Merge("b", "a", "Acme", T0)
    store.commit(Step(narratives=(replace(b, merged_into="a"),), merges=(merge,)))
    assert store.narratives() == [kept(a)]
    assert store.narrative("b") == kept(replace(b, merged_into="a"))


def test_what_narratives_are_part_of_now(store: Store) -> None:
    a, b = narrative("a"), replace(narrative("b"), merged_into="a")
    c, stray = replace(narrative("c"), merged_into="b"), replace(narrative("s"), merged_into="nobody")
    circle = (replace(narrative("x"), merged_into="y"), replace(narrative("y"), merged_into="x"))
    store.commit(Step(narratives=(a, b, c, stray, *circle)))
    asked = ["a", "b", "c", "s", "x", "unknown", "a", *(f"n{number}" for number in range(3_000))]
    assert store.narrative_roots(asked) == dict.fromkeys("abc", kept(a))
    assert store.narrative_roots([]) == {}


def test_merges_are_written_once_and_listed_oldest_first(store: Store) -> None:
    late, early = Merge("c", "a", "Acme", T0 + timedelta(hours=1)), Merge("b", "a", "Acme", T0)
    store.commit(Step(merges=(late, early)))
    store.commit(Step(merges=(replace(early, at=T0 + timedelta(days=1)), Merge("x", "b", "Acme", T0))))
    assert store.merges("a") == [early, late]
    assert store.merges("c") == []


def bins(store: Store, *names: str) -> list[NarrativeBin]:
    return store.narrative_bins(names, T0, T0 + timedelta(hours=1))


def test_new_matches_add_to_the_bins_of_their_narrative(store: Store) -> None:
    put(store, [mention(0), mention(4), mention(5)], narrative="a")
    put(store, [mention(0), mention(4)], narrative="a")
    put(store, [mention(1)], POSITIVE)
    assert bins(store, "a") == [
        NarrativeBin("a", BIN, 2, 1.0, 0.75),
        NarrativeBin("a", BIN + 300, 1, 0.5, 0.375),
    ]
    put(store, [mention(2)], POSITIVE, narrative="a")
    assert bins(store, "a")[0] == NarrativeBin("a", BIN, 3, 1.5, 0.8125)
    assert bins(store, "nobody") == []


def test_bins_of_an_interval(store: Store) -> None:
    put(store, [mention(number) for number in range(20)], narrative="a")
    found = store.narrative_bins(["a"], T0 + timedelta(minutes=5), T0 + timedelta(minutes=15))
    assert [one.start - BIN for one in found] == [300, 600]


def test_what_was_merged_counts_for_both(store: Store) -> None:
    for number, name in enumerate(["a", "b", "c", "x"]):
        put(store, [mention(number)], narrative=name)
    store.commit(Step(merges=(Merge("c", "b", "Acme", T0), Merge("b", "a", "Acme", T0))))
    assert bins(store, "a", "b", "x", "a") == [
        NarrativeBin("a", BIN, 3, 1.5, 1.125),
        NarrativeBin("b", BIN, 2, 1.0, 0.75),
        NarrativeBin("x", BIN, 1, 0.5, 0.375),
    ]


def test_merges_in_a_circle_end(store: Store) -> None:
    put(store, [mention(1)], narrative="a")
    store.commit(Step(merges=(Merge("a", "b", "Acme", T0), Merge("b", "a", "Acme", T0))))
    assert bins(store, "b") == [NarrativeBin("b", BIN, 1, 0.5, 0.375)]


def test_a_step_that_fails_leaves_no_bins(store: Store) -> None:
    put(store, [mention(0)], narrative="a")
    stranger = match(mention(9), narrative="a")
    counted = match(mention(0), "Globex", "a")
    with pytest.raises(ValueError, match="no stored mention"):
        store.commit(Step(matches=(counted, stranger), narratives=(narrative("a"),)))
    assert (bins(store, "a")[0].mentions, store.narratives()) == (1, [])


def test_a_new_score_moves_minutes_and_bins_by_the_difference(store: Store) -> None:
    put(store, [mention(0), mention(1)], narrative="a")
    put(store, [mention(0)], brand="Globex")
    store.rescore({mention(0).id: replace(POSITIVE, version="v2", signature=b"other"), "nobody": POSITIVE})
    assert bins(store, "a") == [NarrativeBin("a", BIN, 2, 1.0, 0.4375)]
    minutes = store.rollups(T0, T0 + timedelta(minutes=1))
    assert [(row.brand, row.mentions, row.negative, row.positive) for row in minutes] == [
        ("Acme", 1, 0.125, 0.75),
        ("Globex", 1, 0.125, 0.75),
    ]
    assert [(row.independent, row.independent_negative) for row in minutes] == [(0.5, 0.0625)] * 2
    (score,) = store.known([mention(0).id]).values()
    assert score == replace(NEGATIVE, negative=0.125, positive=0.75, version="v2")


def test_a_new_score_counts_for_a_brand_that_comes_later(store: Store) -> None:
    put(store, [mention(0)])
    store.rescore({mention(0).id: POSITIVE})
    put(store, [mention(0)], NEGATIVE, brand="Globex")
    assert {row.negative for row in store.rollups(T0, T0 + timedelta(minutes=1))} == {0.125}


def test_many_new_scores(store: Store) -> None:
    mentions = [mention(number) for number in range(700)]
    put(store, mentions, narrative="a")
    store.rescore({one.id: POSITIVE for one in mentions})
    day = store.rollups(T0, T0 + timedelta(days=1), seconds=86_400)
    assert sum(row.negative for row in day) == 700 * 0.125
    assert store.mentions(1)[0].score.version == "v1"
