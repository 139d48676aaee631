"""Mix of topics: told where complaints are about something else, not where there are only more of them."""

import random

import numpy as np
import pytest

from core.records import Score
from models.seen import Seen
from models.signature import BYTES
from models.topic_hours import HOUR, NOTHING, TopicHours
from models.topic_shift import ENOUGH, TopicShift, with_topics
from models.topics import AXES, DIRECTIONS, code

START = 1_700_006_400
DAYS = 21
USUAL = {topic: 1 + topic % 3 for topic in range(30)}
OTHER = {**USUAL, 45: 40}
"""Two fifths of the complaints are about something that nobody spoke of before."""
_AXES = np.load(AXES)


def about(topic: int) -> bytes:
    """An embedding that lies on one of the directions."""
    return bytes(_AXES[topic].tobytes())


def score(topic: int, negative: float = 0.9) -> Score:
    return Score(negative, 1.0 - negative, 0.0, b"0" * BYTES, embedding=about(topic))


class Stream:
    """Hours of complaints about drawn topics, judged one after another."""

    def __init__(self, per_hour: int = 20, seed: int = 1) -> None:
        self.hours, self.shift, self.end = TopicHours(), TopicShift(), START
        self.per_hour, self.chance = per_hour, random.Random(seed)

    def hear(
        self, topics: dict[int, int], hours: int, times: float = 1.0, exposure: float = 1.0
    ) -> list[float]:
        """Let so many hours pass; return for how many hours it was told at the end of each."""
        found = []
        for _ in range(hours):
            count = round(self.per_hour * times)
            for topic in self.chance.choices(list(topics), list(topics.values()), k=count):
                self.hours.add(self.end + self.chance.randrange(HOUR), score(topic))
            self.end += HOUR
            self.hours.drop(self.end - 100 * HOUR)
            seen = Seen(start=self.end - 300, exposure=exposure, expected_negative=self.per_hour / 12)
            self.shift.learn_one(with_topics(seen, self.hours))
            found.append(self.shift.told)
        return found


def test_a_direction_is_its_own_code_and_what_does_not_fit_has_none() -> None:
    for topic in range(DIRECTIONS):
        one, squares, *along = code(about(topic)) or ()
        assert (one, squares) == (1, sum(each**2 for each in along))
        assert along[topic] >= 124
        assert max(abs(each) for place, each in enumerate(along) if place != topic) <= 3
    assert code(b"") is None
    assert code(b"\x01" * 7) is None


def test_the_usual_topics_say_nothing_however_many_complaints_there_are() -> None:
    stream = Stream()
    assert not any(stream.hear(USUAL, 24 * DAYS)[72:])
    assert not any(stream.hear(USUAL, 48, times=10.0))


@pytest.mark.parametrize(("per_hour", "within"), [(2, 30), (20, 8), (300, 3)])
def test_another_topic_at_the_same_volume_is_told(per_hour: int, within: int) -> None:
    stream = Stream(per_hour)
    stream.hear(USUAL, 24 * DAYS)
    heard = next((hours for hours in range(1, within + 1) if stream.hear(OTHER, 1)[-1]), None)
    assert heard
    change = stream.shift.change(stream.hours)
    assert change is not None
    assert max(range(DIRECTIONS), key=change.way.__getitem__) == 45
    assert change.complaints >= min(ENOUGH, per_hour * 48)


def test_it_is_told_for_a_day_and_then_the_new_mix_is_usual() -> None:
    stream = Stream()
    stream.hear(USUAL, 24 * DAYS)
    found = stream.hear(OTHER, 96)
    assert 20 <= sum(each > 0 for each in found) <= 26
    assert not any(found[40:])


def test_it_ends_once_topics_are_as_usual_for_three_hours() -> None:
    stream = Stream(60)
    stream.hear(USUAL, 24 * DAYS)
    assert stream.hear(OTHER, 6)[-1] > 0
    assert stream.hear(USUAL, 8)[-1] == 0
    assert stream.shift.change(stream.hours) is None


def test_while_something_is_not_seen_nothing_is_judged() -> None:
    stream = Stream()
    stream.hear(USUAL, 24 * DAYS)
    assert not any(stream.hear({45: 1}, 12, exposure=0.8))
    assert stream.shift.deviations == 0.0


def test_a_young_brand_and_a_few_complaints_say_nothing() -> None:
    young = Stream()
    assert not any(young.hear(USUAL, 3) + young.hear({45: 1}, 3))
    rare, silent = Stream(1), [False]
    rare.hear(USUAL, 24 * DAYS)
    rare.hear(USUAL, 48, times=0.0)
    silent = [each > 0 for each in rare.hear({45: 1}, 29)]
    assert not any(silent)


def test_one_hour_of_something_else_is_not_told() -> None:
    stream = Stream(20)
    stream.hear(USUAL, 24 * DAYS)
    assert not any(stream.hear(OTHER, 1) + stream.hear(USUAL, 24))


def test_the_hours_hold_originals_by_event_time_in_any_order() -> None:
    chance = random.Random(3)
    every = [(START + chance.randrange(30 * HOUR), score(chance.randrange(DIRECTIONS))) for _ in range(300)]
    one, two = TopicHours(), TopicHours()
    for at, each in every:
        one.add(at, each)
    for at, each in reversed(every):
        two.add(at, each)
    assert one.dump() == two.dump()
    since, recent = one.recent(START + 30 * HOUR, 50)
    assert recent[0] == sum(at >= since for at, _ in every)
    assert 50 <= recent[0] < 80
    again = TopicHours()
    again.load(one.dump())
    assert again.recent(START + 30 * HOUR, 1000) == one.recent(START + 30 * HOUR, 1000)
    assert again.dump() == one.dump()


def test_what_is_taken_back_leaves_nothing() -> None:
    hours = TopicHours()
    hours.add(START, score(3))
    hours.add(START, score(5, negative=0.4))
    hours.add(START, Score(0.9, 0.1, 0.0))
    assert hours.hour(START) == code(about(3))
    hours.take(START, score(3))
    assert hours.hour(START) == NOTHING
    assert hours.dump() == TopicHours().dump()


def test_hours_are_forgotten() -> None:
    hours = TopicHours()
    for place in range(100):
        hours.add(START + place * HOUR, score(1))
    hours.drop(START + 90 * HOUR)
    assert hours.recent(START + 100 * HOUR, 1000)[1][0] == 10


def test_a_brand_that_speaks_of_one_thing_by_day_and_another_by_night_has_that_as_its_usual() -> None:
    stream = Stream()
    halves = [stream.hear({**USUAL, 7 + place % 2 * 5: 6}, 12) for place in range(2 * DAYS)]
    assert not any(each for half in halves[28:] for each in half)
