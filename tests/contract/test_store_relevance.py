"""What every store promises of matches that are about a namesake."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.ports import Store
from core.records import Match, RelevanceLabel, Scored, Selection, Step
from storage.integrity import integrity
from tests.contract.filling import NEGATIVE, NEUTRAL, POSITIVE, T0, match, mention

PRAISE = (0.125, 0.25, 0.625)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def filled(store: Store) -> Store:
    """Mention 0 counts for Acme, 1 is about a namesake of Acme and praises Zenith, 2 was never judged."""
    first, second, third = mention(0), mention(1), mention(2)
    store.commit(
        Step(
            scored=(Scored(first, NEGATIVE), Scored(second, NEGATIVE), Scored(third, POSITIVE)),
            matches=(
                replace(match(first, narrative="n0"), ours=0.875),
                replace(match(second, narrative="n0"), ours=0.125, not_us=True),
                replace(match(second, "Zenith", "n1"), towards=PRAISE),
                match(third, narrative="n0"),
            ),
        )
    )
    return store


def say(store: Store, number: int, ours: bool | None, minutes: int = 0, brand: str = "Acme") -> None:
    store.add_relevance(RelevanceLabel(mention(number).id, brand, ours, "duty", T0 + minutes * MINUTE))


def sums(store: Store, brand: str = "Acme") -> tuple[float, ...]:
    rows = store.rollups(T0, T0 + timedelta(hours=1), brand)
    names = ("mentions", "negative", "independent", "independent_negative")
    return tuple(sum(getattr(row, name) for row in rows) for name in names)


def narrative(store: Store, name: str = "n0") -> tuple[float, ...]:
    rows = store.narrative_bins([name], T0 - timedelta(hours=1), T0 + timedelta(hours=1))
    parts = ("mentions", "independent", "negative")
    return tuple(sum(getattr(row, part) for row in rows) for part in parts)


def listed(store: Store, which: Selection) -> list[tuple[str, str]]:
    return sorted((row.mention.native_id, row.brand) for row in store.mentions(9, which))


def test_what_is_about_a_namesake_counts_for_nothing(filled: Store) -> None:
    assert sums(filled) == (2, 0.875, 1.0, 0.4375)
    assert narrative(filled) == (2, 1.0, 0.4375)
    assert sums(filled, "Zenith") == (1, 0.125, 0.5, 0.0625)
    assert [row.mention.native_id for row in filled.matches_since("Acme", 0, 9)] == ["n0", "n2"]
    assert filled.unmatched([(mention(1).id, "Acme")]) == set()
    assert filled.count_mentions() == 3


def test_it_is_kept_and_found_apart(filled: Store) -> None:
    assert listed(filled, Selection(brand="Acme")) == [("n0", "Acme"), ("n2", "Acme")]
    assert listed(filled, Selection(not_us=True)) == [("n1", "Acme")]
    assert listed(filled, Selection(not_us=True, brand="Acme", search="late")) == [("n1", "Acme")]
    assert listed(filled, Selection(not_us=True, brand="Zenith")) == []
    assert len(filled.mentions(9, Selection(not_us=None))) == 4
    (acme, zenith) = filled.mention(mention(1).id)
    assert (acme.ours, acme.not_us, acme.said_ours) == (0.125, True, None)
    assert (zenith.ours, zenith.not_us, zenith.said_ours) == (None, False, None)


def test_a_person_puts_it_back_and_takes_that_back(filled: Store) -> None:
    say(filled, 1, True)
    assert sums(filled) == (3, 1.625, 1.5, 0.8125)
    assert narrative(filled) == (3, 1.5, 0.8125)
    assert listed(filled, Selection(not_us=True)) == []
    assert filled.mention(mention(1).id)[0].said_ours is True
    say(filled, 1, None, minutes=1)
    assert sums(filled) == (2, 0.875, 1.0, 0.4375)
    assert filled.mention(mention(1).id)[0].said_ours is None
    assert listed(filled, Selection(not_us=True)) == [("n1", "Acme")]


def test_a_person_sets_one_brand_s_match_apart(filled: Store) -> None:
    say(filled, 1, False, brand="Zenith")
    assert sums(filled, "Zenith") == (0, 0.0, 0.0, 0.0)
    assert narrative(filled, "n1") == (0, 0.0, 0.0)
    assert sums(filled) == (2, 0.875, 1.0, 0.4375)
    say(filled, 1, None, minutes=1, brand="Zenith")
    assert sums(filled, "Zenith") == (1, 0.125, 0.5, 0.0625)


def test_another_judgement_moves_sums_unless_a_person_said_so(filled: Store) -> None:
    say(filled, 2, True)
    acme = {(mention(number).id, "Acme"): 0.0625 for number in (0, 2)}
    assert filled.judge(acme | {(mention(1).id, "Acme"): None, ("nobody", "Acme"): 0.0}) == 2
    assert listed(filled, Selection(brand="Acme")) == [("n1", "Acme"), ("n2", "Acme")]
    assert sums(filled) == (2, 0.875, 1.0, 0.4375)
    assert [row.ours for row in filled.mention(mention(2).id)] == [0.0625]
    assert filled.judge({}) == 0


def test_answers_are_read_in_their_order_and_once(filled: Store) -> None:
    say(filled, 0, False)
    say(filled, 0, False)
    say(filled, 1, True, minutes=1)
    (first, one), (second, other) = filled.relevance_labels()
    assert one == RelevanceLabel(mention(0).id, "Acme", False, "duty", T0)
    assert other.ours is True
    assert filled.relevance_labels(first) == [(second, other)]
    assert filled.relevance_labels(limit=1) == [(first, one)]


def test_a_new_score_of_the_text_leaves_sums_alone(filled: Store) -> None:
    filled.rescore({mention(1).id: NEUTRAL})
    assert sums(filled) == (2, 0.875, 1.0, 0.4375)
    say(filled, 1, True)
    assert sums(filled) == (3, 1.125, 1.5, 0.5625)


def test_sums_agree_with_rows_and_a_brand_that_goes_takes_its_answers_along(
    filled: Store, store_url: str
) -> None:
    say(filled, 0, False)
    filled.judge({(mention(2).id, "Acme"): 0.0})
    filled.commit(Step(matches=(Match(mention(2).id, "Zenith", T0, ours=0.25, not_us=True),)))
    if store_url.startswith("sqlite"):
        assert integrity(store_url) == []
    filled.drop_brand("Acme")
    assert filled.relevance_labels() == []
