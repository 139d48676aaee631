"""What every store promises of a match with a reading of its own towards its brand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.ports import Store
from core.records import Correction, Score, Scored, Selection, Sentiment, Step
from storage.integrity import integrity
from tests.contract.filling import NEGATIVE, NEUTRAL, POSITIVE, T0, match, mention

PRAISE = (0.125, 0.25, 0.625)
NEW = Score(0.5, 0.25, 0.25, version="v2")


@pytest.fixture
def filled(store: Store) -> Store:
    """One negative text for two brands: for Acme as it is, for Zenith with praise."""
    one = mention(0)
    praised = replace(match(one, "Zenith", "n1"), towards=PRAISE)
    store.commit(Step(scored=(Scored(one, NEGATIVE),), matches=(match(one, "Acme", "n0"), praised)))
    return store


def sums(store: Store, brand: str) -> tuple[float, ...]:
    (minute,) = store.rollups(T0, T0 + timedelta(hours=1), brand)
    return minute.negative, minute.neutral, minute.positive, minute.independent_negative


def brands(store: Store, which: Selection) -> list[str]:
    return sorted(row.brand for row in store.mentions(9, which))


def test_each_brand_counts_what_is_said_of_it(filled: Store) -> None:
    assert sums(filled, "Acme") == (0.75, 0.125, 0.125, 0.375)
    assert sums(filled, "Zenith") == (*PRAISE, 0.0625)
    found = filled.narrative_bins(["n0", "n1"], T0 - timedelta(hours=1), T0 + timedelta(hours=1))
    assert {one.narrative_id: one.negative for one in found} == {"n0": 0.375, "n1": 0.0625}


def test_rows_give_both_the_text_s_score_and_the_brand_s(filled: Store) -> None:
    acme, zenith = filled.mention(mention(0).id)
    assert (acme.towards, acme.felt) == (None, NEGATIVE)
    assert (zenith.score, zenith.towards) == (NEGATIVE, PRAISE)
    assert zenith.felt == replace(NEGATIVE, negative=0.125, neutral=0.25, positive=0.625)
    (again,) = filled.matches_since("Zenith", 0, 9)
    assert again.felt == zenith.felt


def test_lists_find_it_by_what_is_said_of_the_brand(filled: Store) -> None:
    assert brands(filled, Selection(sentiment=Sentiment.POSITIVE)) == ["Zenith"]
    assert brands(filled, Selection(sentiment=Sentiment.NEGATIVE)) == ["Acme"]
    assert brands(filled, Selection(min_negative=0.5)) == ["Acme"]
    assert brands(filled, Selection(min_negative=0.125)) == ["Acme", "Zenith"]


def test_another_score_of_the_text_leaves_it_alone(filled: Store) -> None:
    filled.rescore({mention(0).id: NEW})
    assert sums(filled, "Acme") == (0.5, 0.25, 0.25, 0.25)
    assert sums(filled, "Zenith") == (*PRAISE, 0.0625)
    assert brands(filled, Selection(sentiment=Sentiment.POSITIVE)) == ["Zenith"]
    assert filled.mention(mention(0).id)[1].felt.negative == 0.125


def test_a_label_goes_for_every_brand_and_withdrawn_for_none(filled: Store) -> None:
    said = Correction(mention(0).id, Sentiment.NEUTRAL, "duty", T0)
    filled.add_correction(said)
    assert brands(filled, Selection(sentiment=Sentiment.NEUTRAL)) == ["Acme", "Zenith"]
    filled.add_correction(replace(said, label=None, at=T0 + timedelta(minutes=1)))
    assert brands(filled, Selection(sentiment=Sentiment.POSITIVE)) == ["Zenith"]
    assert brands(filled, Selection(sentiment=Sentiment.NEGATIVE)) == ["Acme"]


def test_sums_agree_with_rows(filled: Store, store_url: str) -> None:
    other = mention(1)
    filled.commit(Step(scored=(Scored(other, POSITIVE),), matches=(match(other, "Zenith"),)))
    filled.rescore({mention(0).id: NEUTRAL})
    if store_url.startswith("sqlite"):
        assert integrity(store_url) == []
