"""A change of topic at the usual volume: told, never paged, whatever is planned, in any order of arrival."""

import random
from dataclasses import replace
from functools import cache

import pytest

from core.clock import from_seconds
from core.records import BIN_SECONDS, Mention, MentionRow, Score, Scored, Signal, Stage, Window
from models import fuse
from models.detect import BrandDetector
from models.opening import open_detector
from models.signature import BYTES
from tests.unit.models.test_topic_shift import OTHER, USUAL, about

START = 1_699_920_000
HOUR, DAY = 3600, 86_400
WARM = 15 * DAY
PER_BIN = 2


def complaint(number: int, at: float, topics: dict[int, int]) -> Scored:
    chance = random.Random(number)
    when = from_seconds(at)
    topic = chance.choices(list(topics), list(topics.values()))[0]
    negative = 0.9 if chance.random() < 0.8 else 0.05
    score = Score(negative, 1.0 - negative, 0.0, chance.randbytes(BYTES), embedding=about(topic))
    return Scored(Mention("rss", str(number), "words", when, when, author=f"a{number % 999}"), score)


def stretch(begin: int, hours: float, topics: dict[int, int], times: int = 1) -> list[Scored]:
    """Mentions at an even pace: only what they are about may change."""
    count = int(12 * hours * PER_BIN * times)
    step = hours * HOUR / count
    return [complaint(int(begin + place * step), begin + place * step + 1, topics) for place in range(count)]


def play(detector: BrandDetector, mentions: list[Scored], until: int, planned: float = 1.0) -> list[Signal]:
    signals: list[Signal] = []
    for each in mentions:
        signals += detector.advance(each.mention.event_at, 1.0, 1, planned)
        detector.count(each)
    return signals + detector.advance(from_seconds(until), 1.0, 1, planned)


@cache
def _taught() -> bytes:
    """A brand whose volume was learned from sums, and its topics from a week of mentions."""
    detector = open_detector("Acme")
    detector.learn(
        Window(START + BIN_SECONDS * place, 1.0, PER_BIN, 0.73 * PER_BIN, PER_BIN, 0.73 * PER_BIN)
        for place in range(WARM // BIN_SECONDS)
    )
    detector.drop_narratives()
    play(detector, stretch(START + WARM, 7 * 24, USUAL), START + WARM + 7 * DAY)
    return detector.dump()


NOW = START + WARM + 7 * DAY


def taught() -> BrandDetector:
    detector = open_detector("Acme")
    detector.load(_taught())
    return detector


def worst(signals: list[Signal]) -> Stage:
    return max((each.stage for each in signals), key=lambda stage: stage.severity)


def test_another_topic_at_the_usual_volume_smoulders_and_never_pages() -> None:
    signals = play(taught(), stretch(NOW, 24, OTHER), NOW + DAY)
    assert worst(signals) is Stage.SMOULDERING
    first = next(each for each in signals if each.stage is Stage.SMOULDERING)
    assert first.topics is not None
    assert max(range(len(first.topics.way)), key=first.topics.way.__getitem__) == 45
    assert fuse.TOPICS in {part.name for part in first.contributions}
    assert first.at <= from_seconds(NOW + 10 * HOUR)


def test_the_usual_topics_stay_calm() -> None:
    signals = play(taught(), stretch(NOW, 24, USUAL), NOW + DAY)
    assert worst(signals) is Stage.CALM
    assert all(each.topics is None for each in signals)


def test_what_is_planned_raises_the_volume_and_hides_no_topic() -> None:
    calm = play(taught(), stretch(NOW, 12, USUAL, times=3), NOW + DAY // 2, planned=3.0)
    assert worst(calm) is Stage.CALM
    other = play(taught(), stretch(NOW, 12, OTHER, times=3), NOW + DAY // 2, planned=3.0)
    assert worst(other).severity >= Stage.SMOULDERING.severity
    assert any(each.topics for each in other)


def test_any_order_of_arrival_and_late_readings_end_in_the_same_state() -> None:
    events = stretch(NOW, 12, OTHER)
    straight, shuffled = taught(), taught()
    play(straight, events, NOW + DAY // 2)
    chance, rows = random.Random(4), []
    for each in chance.sample(events, len(events)):
        unread = replace(each, score=replace(each.score, negative=chance.random(), embedding=b""))
        match = shuffled.count(unread)
        told = (match.weight, match.copy_number, 0)
        rows.append(
            (MentionRow(each.mention, "Acme", unread.score, *told, cluster=match.cluster), each.score)
        )
    shuffled.advance(from_seconds(NOW + 8 * HOUR), 1.0, 1)
    for row, score in rows:
        shuffled.reread(row, score)
    shuffled.advance(from_seconds(NOW + DAY // 2), 1.0, 1)
    assert shuffled._windows.topics.dump() == straight._windows.topics.dump()
    assert shuffled._evidence.topics.state() == straight._evidence.topics.state()
    assert straight._evidence.topics.told


@pytest.mark.parametrize("cut", [5, 100])
def test_a_restart_in_the_midst_of_it_changes_no_bit(cut: int) -> None:
    events = stretch(NOW, 12, OTHER)
    one, first = taught(), taught()
    play(one, events, NOW + DAY // 2)
    play(first, events[:cut], int(events[cut - 1].mention.event_at.timestamp()))
    second = open_detector("Acme")
    second.load(first.dump())
    play(second, events[cut:], NOW + DAY // 2)
    assert second._evidence.state() == one._evidence.state()
    assert second._windows.topics.dump() == one._windows.topics.dump()
