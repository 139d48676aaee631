"""Who is new: remembered by event time, in any order, in bounded room; and when that is unusual."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.clock import from_seconds
from core.records import Flag, Mention, Score, Scored, Stage, Window
from models.bins import short_hash
from models.conditions import NEWCOMERS as MOSTLY_NEW
from models.copies import AUTHOR_LIMIT
from models.detect import BrandDetector
from models.fuse import NEWCOMERS
from models.known import HOURS, Known
from models.newcomers import Newcomers
from models.opening import open_detector
from models.seen import Seen
from models.signature import BYTES
from models.windows import Windows

START = 1_700_006_400
BIN, HOUR, DAY = 300, 3600, 86400
WEEK = 7 * DAY


def author(number: int) -> int:
    return short_hash(f"rss\x1fa{number}")


def test_an_author_is_known_from_the_hour_after_the_first_sighting() -> None:
    known = Known()
    known.add(author(1), START + 1800)
    assert known.new([author(1)], START) == 1
    assert known.new([author(1)], START + 3599) == 1
    assert known.new([author(1)], START + HOUR) == 0
    assert known.new([author(2)], START + HOUR) == 1


@pytest.mark.parametrize(("days", "new"), [(1, 0), (6, 0), (15, 1)])
def test_memory_lasts_one_to_two_weeks(days: int, new: int) -> None:
    known = Known()
    known.add(author(1), START)
    assert known.new([author(1)], START + days * DAY) == new


def test_nobody_is_new_before_a_whole_week_is_remembered() -> None:
    known = Known()
    assert not known.ready(START)
    known.add(author(1), START)
    assert not known.ready(START + WEEK - 1)
    assert known.ready(START + WEEK)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20 * DAY)), min_size=1), st.randoms())
def test_order_changes_nothing(sightings: list[tuple[int, int]], chance: random.Random) -> None:
    straight, shuffled = Known(), Known()
    newest = max(at for _, at in sightings)
    inside = [(who, START + at) for who, at in sightings if at > newest - WEEK]
    for who, at in sorted(inside, key=lambda pair: pair[1]):
        straight.add(author(who), at)
    chance.shuffle(inside)
    for who, at in inside:
        shuffled.add(author(who), at)
    assert straight.dump() == shuffled.dump()


def test_dump_and_load_keep_everything_and_the_room_is_bounded() -> None:
    known = Known()
    for week in range(9):
        for number in range(200):
            known.add(author(1000 * week + number), START + week * WEEK + number * 600)
    copy = Known()
    copy.load(known.dump())
    assert copy.dump() == known.dump()
    assert copy.first == known.first
    assert len(known.generations) == 3
    assert sum(map(len, known.generations.values())) < 100_000
    known.add(author(7), START)
    assert copy.dump() == known.dump()


def test_few_newcomers_are_taken_for_known_at_five_thousand_authors_a_week() -> None:
    known = Known()
    begin = START - START % (HOURS * HOUR)
    for number in range(5_000):
        known.add(author(number), begin + number * 100)
    smallest = sorted(map(author, range(10_000, 60_000)))[:1_000]
    for strangers in (map(author, range(10_000, 12_000)), smallest):
        every = list(strangers)
        assert known.new(every, begin + HOURS * HOUR) > 0.9 * len(every)


def bin_of(place: int, new: int, authors: int, speed: float = 1.0) -> Seen:
    return Seen(start=START + BIN * place, authors=float(authors), new_authors=float(new), speed=speed)


def taught(new: int, authors: int, bins: int = 300) -> Newcomers:
    newcomers = Newcomers()
    for place in range(bins):
        newcomers.learn_one(bin_of(place, new, authors))
    return newcomers


def test_the_usual_share_is_learned_and_only_more_than_it_surprises() -> None:
    newcomers = taught(2, 10)
    assert newcomers.usual == pytest.approx(0.2, abs=0.01)
    surprises = [newcomers.surprise(new, 10) for new in (0, 2, 5, 8)]
    assert surprises[:2] == [0.0, pytest.approx(0.0, abs=0.1)]
    assert all(one < two for one, two in pairwise(surprises[1:]))


def test_where_all_are_always_new_nothing_surprises() -> None:
    assert taught(10, 10).surprise(20, 20) < 1.0


def test_a_young_memory_and_an_hour_without_authors_surprise_nobody() -> None:
    assert taught(0, 5, bins=3).surprise(5, 5) == 0.0
    assert taught(2, 10).surprise(0, 0) == 0.0


def test_a_storm_teaches_at_its_speed() -> None:
    slow, fast = taught(2, 10), taught(2, 10)
    for place in range(300, 320):
        slow.learn_one(bin_of(place, 100, 100, speed=0.1))
        fast.learn_one(bin_of(place, 100, 100))
    assert slow.usual < 0.5 < fast.usual


def test_half_is_forgotten_in_a_week() -> None:
    newcomers = taught(0, 10, bins=2000)
    before = newcomers.usual
    newcomers.learn_one(bin_of(2000 + 8 * 2016, 1, 1))
    assert newcomers.usual > 2.0 * before


def scored(number: int, at: float, who: str, negative: float = 0.8, source: str = "rss") -> Scored:
    when = from_seconds(at)
    mention = Mention(source, str(number), "words", when, when + timedelta(seconds=5), author=who)
    return Scored(mention, Score(negative, 1.0 - negative, 0.0, random.Random(number).randbytes(BYTES)))


def test_an_hour_says_how_many_of_its_authors_are_new_also_where_there_are_hundreds() -> None:
    windows = Windows()
    old = [f"old{number}" for number in range(300)]
    for number, name in enumerate(old):
        windows.add(scored(number, START, name, 0.1), START, 1.0, "", 1)
    late = START + 8 * DAY
    for number, name in enumerate([*old[:4], *(f"new{n}" for n in range(6))]):
        windows.add(scored(1000 + number, late, name), late, 1.0, "", 1)
    hour = windows.hour(late)
    assert (hour.authors, hour.new_authors) == (10, 6)
    assert windows.newcomers(late) == (10, 6)
    for number, name in enumerate([*old, *(f"fresh{n}" for n in range(300))]):
        windows.add(scored(5000 + number, late + BIN, name), late + BIN, 1.0, "", 1)
    hour = windows.hour(late + BIN)
    assert hour.authors is not None
    assert hour.new_authors is not None
    assert 0.35 < hour.new_authors / hour.authors < 0.65


def test_without_names_or_a_week_of_memory_it_is_unknown() -> None:
    windows = Windows()
    windows.add(scored(1, START, ""), START, 1.0, "", 1)
    assert windows.hour(START).new_authors is None
    windows.add(scored(2, START, "ann"), START, 1.0, "", 1)
    assert windows.hour(START).authors == 1
    assert windows.hour(START).new_authors is None


def crowd(days: int) -> tuple[BrandDetector, int]:
    """A brand whose forty people have spoken for `days` days, ten of them negatively each day."""
    detector, chance = open_detector("Acme"), random.Random(4)
    history = [float(sum(chance.random() < 0.02 for _ in range(10))) for _ in range(288 * 14)]
    detector.learn(
        Window(START + BIN * n, 1.0, each, 0.3 * each, each, 0.3 * each) for n, each in enumerate(history)
    )
    begin = START + 14 * DAY
    times = sorted(begin + chance.uniform(0, days * DAY) for _ in range(58 * days))
    for number, at in enumerate(times):
        detector.advance(from_seconds(at), 1.0, 1)
        negative = 0.8 if chance.random() < 0.25 else 0.1
        detector.count(scored(number, at, f"regular{chance.randrange(40)}", negative))
    return detector, begin + days * DAY


def test_strangers_are_evidence_and_regulars_are_not() -> None:
    parts, conditions, stages = {}, {}, {}
    for kind in ("regular", "stranger"):
        detector, end = crowd(10)
        for number in range(40):
            at = end + HOUR + 60 * number
            detector.advance(from_seconds(at), 1.0, 1)
            detector.count(scored(10_000 + number, at, f"{kind}{number}"))
        signal = detector.peek(from_seconds(end + HOUR + 2400), 1.0, 1)
        parts[kind] = {part.name: part.value for part in signal.contributions}.get(NEWCOMERS, 0.0)
        conditions[kind], stages[kind] = signal.conditions, signal.stage
        assert signal.authors is not None
        assert signal.new_authors == (signal.authors if kind == "stranger" else 0)
    assert parts["stranger"] == pytest.approx(0.3)
    assert parts["regular"] == 0.0
    assert MOSTLY_NEW in conditions["stranger"]
    assert MOSTLY_NEW not in conditions["regular"]
    assert all(stage.severity >= Stage.SPREADING.severity for stage in stages.values())


def test_imported_mentions_make_their_authors_known() -> None:
    detector = open_detector("Acme")
    past = scored(1, START, "ann")
    detector.count(replace(past, mention=replace(past.mention, flags=Flag.BACKFILL)))
    assert detector._windows.known.new([short_hash("rss\x1fann")], START + HOUR) == 0
    assert not detector._windows.bins


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_order_of_arrival_of_authors_and_sources_leads_to_the_same_state(seed: int) -> None:
    chance = random.Random(seed)
    straight, end = _known_crowd()
    shuffled, _ = _known_crowd()
    events = [
        scored(
            5_000 + number,
            end + chance.uniform(0, 20 * HOUR),
            chance.choice([f"regular{chance.randrange(40)}", f"stranger{number}"]),
            chance.random(),
            f"s{chance.randrange(4)}",
        )
        for number in range(150)
    ]
    # Which of an author's mentions in an hour are beyond the limit follows from their arrival.
    hours = Counter((each.mention.author, each.mention.event_at.hour) for each in events)
    assume(max(hours.values()) <= AUTHOR_LIMIT)
    for each in sorted(events, key=lambda each: each.mention.event_at):
        straight.advance(each.mention.event_at, 1.0, 4)
        straight.count(each)
    chance.shuffle(events)
    for each in events:
        shuffled.count(each)
        if chance.random() < 0.1:
            shuffled.advance(from_seconds(end + chance.randrange(20 * HOUR)), 1.0, 4)
    for detector in (straight, shuffled):
        detector.advance(from_seconds(end + 21 * HOUR), 1.0, 4)
    assert shuffled._evidence.state() == straight._evidence.state()
    assert shuffled._windows.known.dump() == straight._windows.known.dump()


@cache
def _crowd_state() -> bytes:
    return crowd(10)[0].dump()


def _known_crowd() -> tuple[BrandDetector, int]:
    detector = open_detector("Acme")
    detector.load(_crowd_state())
    return detector, START + 24 * DAY
