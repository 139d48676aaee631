"""Rolling sums of the last hour."""

from collections import deque
from math import log1p

from hypothesis import given
from hypothesis import strategies as st

from models.seen import Seen
from models.spike import Spike


@given(st.lists(st.integers(0, 1 << 24), max_size=60))
def test_sums_are_those_of_the_last_twelve_bins_exactly(counts: list[int]) -> None:
    spike, last = Spike(), deque([0.0] * 12, maxlen=12)
    for count in counts:
        value = count / (1 << 20)
        seen = Seen(mentions=2 * value, negative=value)
        assert spike.score_one(seen) == log1p(sum(list(last)[1:]) + value)
        spike.learn_one(seen)
        last.append(value)
        assert (seen.hour_mentions, seen.hour_negative) == (2 * sum(last), sum(last))
