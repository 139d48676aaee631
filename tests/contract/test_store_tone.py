"""What every store promises of tone, language, and of what the model is unsure of."""

from dataclasses import replace

import pytest

from core.ports import Store
from core.records import UNSURE, Correction, Flag, Score, Scored, Selection, Sentiment, Step, Tone
from tests.contract.filling import NEGATIVE, NEUTRAL, POSITIVE, T0, match, mention, put, without_embedding

FURIOUS = replace(NEGATIVE, tone=Tone(0.125, 0.25, 0.5), language="en")
RUDE = replace(NEGATIVE, tone=Tone(0.75, 0.25, 0.875), language="de")
FOREIGN = replace(POSITIVE, tone=Tone(0.0, 0.0, 0.0), language="ja")
TORN = replace(NEUTRAL, negative=0.25, neutral=0.375, positive=0.375)


def numbers(store: Store, **which: object) -> list[int]:
    found = store.mentions(99, Selection(**which))  # type: ignore[arg-type]  # the test names real fields
    return [int(row.mention.native_id[1:]) for row in found]


@pytest.fixture
def filled(store: Store) -> Store:
    """An angry text, a rude one, one in Japanese, one without a majority, and one from before tones."""
    for number, score in enumerate([FURIOUS, RUDE, FOREIGN, TORN, NEGATIVE]):
        put(store, [mention(number)], score)
    return store


def test_tone_and_language_are_read_everywhere(filled: Store) -> None:
    scores = [FURIOUS, RUDE, FOREIGN, TORN, NEGATIVE]
    ids = [mention(number).id for number in range(5)]
    assert filled.known(ids) == dict(zip(ids, scores, strict=True))
    assert [row.score for row in filled.matches_since("Acme", 0, 9)] == scores
    assert filled.mention(ids[1])[0].score == RUDE
    listed = [row.score for row in filled.mentions(9, oldest_first=True)]
    assert listed == [without_embedding(score) for score in scores]
    assert filled.mentions(1, Selection(search="late 2"))[0].score == without_embedding(FOREIGN)


def test_another_score_leaves_them_as_they_are(filled: Store) -> None:
    filled.rescore({mention(0).id: Score(0.25, 0.5, 0.25, version="v2"), mention(2).id: Score(0.0, 0.0, 1.0)})
    assert filled.mention(mention(0).id)[0].score == replace(
        FURIOUS, negative=0.25, neutral=0.5, positive=0.25, version="v2"
    )
    assert numbers(filled, angry=True) == [1, 0]
    assert numbers(filled, sentiment=UNSURE) == [3, 2]


def test_what_was_forgotten_keeps_them(filled: Store) -> None:
    filled.forget([mention(1).id])
    (row,) = filled.mention(mention(1).id)
    assert row.mention.flags & Flag.DELETED
    assert row.score == without_embedding(RUDE)
    assert numbers(filled, offensive=True) == [1]


def test_lists_by_tone(filled: Store) -> None:
    put(filled, [mention(0)], FURIOUS, brand="Globex")
    assert numbers(filled, angry=True) == [1, 0, 0]
    assert numbers(filled, angry=True, brand="Acme") == [1, 0]
    assert numbers(filled, angry=True, brand="Globex", search="late") == [0]
    assert numbers(filled, offensive=True) == [1]
    assert numbers(filled, offensive=True, angry=True, sentiment=Sentiment.NEGATIVE) == [1]
    assert numbers(filled, offensive=True, brand="Globex") == []


def test_unsure_is_a_class_of_its_own(filled: Store) -> None:
    assert numbers(filled, sentiment=UNSURE) == [3, 2]
    assert numbers(filled, sentiment=Sentiment.NEGATIVE) == [4, 1, 0]
    assert numbers(filled, sentiment=Sentiment.POSITIVE) == []


def test_a_person_is_never_unsure(filled: Store) -> None:
    said = Correction(mention(2).id, Sentiment.POSITIVE, "duty", T0)
    filled.add_correction(said)
    assert numbers(filled, sentiment=UNSURE) == [3]
    assert numbers(filled, sentiment=Sentiment.POSITIVE) == [2]
    filled.rescore({mention(2).id: POSITIVE})
    assert numbers(filled, sentiment=Sentiment.POSITIVE) == [2]
    filled.add_correction(replace(said, label=None, at=mention(9).event_at))
    assert numbers(filled, sentiment=UNSURE) == [3, 2]


def test_a_brand_can_be_sure_where_the_text_is_not(store: Store) -> None:
    praised = replace(match(mention(1), "Zenith"), towards=(0.125, 0.25, 0.625))
    store.commit(Step((Scored(mention(1), TORN),), (match(mention(1)), praised)))
    assert [row.brand for row in store.mentions(9, Selection(sentiment=UNSURE))] == ["Acme"]
    assert [row.brand for row in store.mentions(9, Selection(sentiment=Sentiment.POSITIVE))] == ["Zenith"]
