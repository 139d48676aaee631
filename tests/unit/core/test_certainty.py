"""What a reading may be called: unsure where the model is weak, and a person's word always."""

import pytest

from core.certainty import MEASURED, angry, ironic, named, offensive, sure
from core.records import UNSURE, Score, Sentiment, Tone


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


def test_a_tone_is_likely_from_one_half_on_and_never_where_it_was_not_read() -> None:
    tone = Tone(offensive=0.5, irony=0.49, anger=0.51)
    assert (offensive(tone), ironic(tone), angry(tone)) == (True, False, True)
    assert (offensive(None), ironic(None), angry(None)) == (False, False, False)
