"""Emoji and hashtags in the words that the encoder knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.wording import worded


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("nothing to put into words", "nothing to put into words"),
        ("Day 3 😡😡", "Day 3 enraged face enraged face"),
        ("great 👍🏽", "great thumbs up"),
        ("#WorstAirlineEver", "# Worst Airline Ever"),
        ("#BBCNews2014 #ok", "# BBC News 2014 # ok"),
        ("#late_again", "# late again"),
        ("naïve café", "naïve café"),
        ("#", "#"),
    ],
)
def test_what_the_encoder_reads(text: str, read: str) -> None:
    assert worded(text) == read


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_no_space_is_doubled(text: str) -> None:
    assert "  " not in worded(text)
