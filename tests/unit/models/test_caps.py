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
        (Hour(40, 8, independent=40, independent_negative=8), MOOD_CAP),
        (Hour(40, 14, independent=40, independent_negative=14), ""),
        (Hour(15, 3, independent=15, independent_negative=3), ""),
        (Hour(540, 116, independent=100, independent_negative=68), ""),
        (Hour(40, 10, independent=40, independent_negative=10, foreign=20), ""),
        (Hour(), ""),
    ],
    ids=[
        "a first day",
        "a storm",
        "a busy hour",
        "complaints beside an advertisement",
        "unreadable",
        "silence",
    ],
)
def test_a_crowd_that_does_not_complain_is_attention(hour: Hour, cap: str) -> None:
    assert attention(hour, negative=1.0, every=5.0) == cap
