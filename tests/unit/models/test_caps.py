"""What holds a brand at smouldering: whose copies are asked for."""

import pytest

from core.records import Contribution
from models.bins import Hour
from models.caps import COPY_CAP, campaign
from models.fuse import ALL, NEGATIVE

COMPLAINTS = (Contribution(NEGATIVE, 3.0),)
MENTIONS = (Contribution(ALL, 3.0), Contribution(NEGATIVE, 1.0))


@pytest.mark.parametrize(
    ("parts", "hour", "cap"),
    [
        (COMPLAINTS, Hour(100, 60, negatives=60, top_cluster=0.9), COPY_CAP),
        (COMPLAINTS, Hour(100, 60, negatives=60, top_cluster=0.2, top_cluster_all=0.9), ""),
        (MENTIONS, Hour(100, 60, negatives=60, top_cluster=0.2, top_cluster_all=0.9), COPY_CAP),
        (COMPLAINTS, Hour(100, 27, negatives=0, top_cluster_all=0.9), COPY_CAP),
        (COMPLAINTS, Hour(100, 27, negatives=9, top_cluster=0.2, top_cluster_all=0.9), COPY_CAP),
        (COMPLAINTS, Hour(100, 27, negatives=9, top_cluster=0.2, top_cluster_all=0.3), ""),
    ],
    ids=["negatives", "praise", "volume", "advert", "advert beside complaints", "no copies"],
)
def test_copies_are_those_of_what_speaks_for_an_alarm(
    parts: tuple[Contribution, ...], hour: Hour, cap: str
) -> None:
    """An advertisement of P(negative) = .27 adds up to negatives, though none of its copies is one."""
    assert campaign(hour, parts) == cap
