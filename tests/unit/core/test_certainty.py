"""What a reading may be called: unsure where the model is weak, and a person's word always."""

import pytest

from core.certainty import MEASURED, angry, ironic, named, offensive, sure
from core.records import UNSURE, Score, Sentiment, Tone, Word


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (Score(0.5, 0.25, 0.25), Sentiment.NEGATIVE),
        (Score(0.25, 0.25, 0.5), Sentiment.POSITIVE),
        (Score(0.25, 0.5, 0.25), Sentiment.NEUTRAL),
        (Score(0.499, 0.3, 0.201), UNSURE),
        (Score(0.3, 0.499, 0.201), UNSURE),
    ],
)
def test_a_class_is_named_from_one_half_on(score: Score, word: str) -> None:
    assert named(score) == word


@pytest.mark.parametrize("language", ["", *sorted(MEASURED)])
def test_languages_in_which_it_works_and_unknown_ones_are_named(language: str) -> None:
    assert sure(Score(0.6, 0.3, 0.1, language=language))
    assert not sure(Score(0.4, 0.4, 0.2, language=language))


@pytest.mark.parametrize("language", ["hi", "ja", "zh", "nl"])
def test_other_languages_are_unsure_however_sure_the_numbers_are(language: str) -> None:
    assert named(Score(0.99, 0.01, 0.0, language=language)) == UNSURE


def test_what_a_person_said_is_never_unsure() -> None:
    assert named(Score(0.4, 0.3, 0.3, language="ja"), Sentiment.POSITIVE) is Sentiment.POSITIVE


def test_anger_and_offence_are_likely_from_one_half_on_and_never_where_they_were_not_read() -> None:
    assert (offensive(Tone(0.5, 0.0, 0.49)), angry(Tone(0.5, 0.0, 0.49))) == (True, False)
    assert (offensive(Tone(0.49, 0.0, 0.5)), angry(Tone(0.49, 0.0, 0.5))) == (False, True)
    assert (offensive(None), angry(None)) == (False, False)


@pytest.mark.parametrize("called", [Sentiment.NEGATIVE, Sentiment.NEUTRAL, UNSURE])
def test_irony_needs_far_more_than_one_half(called: Word) -> None:
    assert ironic(Tone(0.1, 0.8, 0.1), called)
    assert not ironic(Tone(0.1, 0.79, 0.1), called)
    assert not ironic(None, called)


def test_praise_is_never_called_ironic() -> None:
    assert not ironic(Tone(0.1, 1.0, 0.1), Sentiment.POSITIVE)
