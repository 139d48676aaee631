"""What holds a brand at smouldering: whose copies are asked for."""

import pytest

from core.records import Contribution
from models.bins import Hour
from models.caps import COPY_CAP, MOOD_CAP, attention, campaign
from models.fuse import ALL, NEGATIVE

COMPLAINTS = (Contribution(NEGATIVE, 3.0),)
MENTIONS = (Contribution(ALL, 3.0), Contribution(NEGATIVE, 1.0))


@pytest.mark.parametrize(
    ("parts", "hour", "cap"),
    [
        (COMPLAINTS, Hour(100, 60, negatives=60, top_cluster=0.9), COPY_CAP),
        (COMPLAINTS, Hour(100, 60, negatives=60, top_cluster=0.2, top_cluster_all=0.9), ""),
        (MENTIONS, Hour(100, 60, negatives=60, top_cluster=0.2, top_cluster_all=0.9), COPY_CAP),
    ],
    ids=["negatives", "praise", "volume"],
)
def test_copies_are_those_of_what_speaks_for_an_alarm(
    parts: tuple[Contribution, ...], hour: Hour, cap: str
) -> None:
    assert campaign(hour, parts) == cap


@pytest.mark.parametrize(
    ("hour", "cap"),
    [
        (Hour(10, 1.4, negatives=0), MOOD_CAP),
        (Hour(60, 16, negatives=3, top_cluster_all=0.9), MOOD_CAP),
        (Hour(1580, 372, negatives=80), ""),
        (Hour(80, 32, negatives=0), ""),
        (Hour(100, 27, negatives=15), ""),
        (Hour(10, 1.4, negatives=1), ""),
        (Hour(), ""),
    ],
    ids=[
        "news",
        "advertisement",
        "complaints beside an advertisement",
        "a language that is hard to read",
        "a storm in neutral words",
        "one complaint",
        "silence",
    ],
)
def test_chances_of_being_negative_that_add_up_are_no_complaint(hour: Hour, cap: str) -> None:
    assert attention(hour) == cap
