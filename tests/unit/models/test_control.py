"""Is it just us? A rise that neighbours share is held; one of one's own is paged as without them."""

import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import from_seconds
from core.records import BIN_SECONDS, Contribution, Mention, Neighbours, Score, Scored, Signal, Stage, Window
from models import fuse
from models.baseline import Baseline
from models.bins import Hour
from models.control import Own, rise, shared
from models.detect import BrandDetector
from models.opening import open_detector
from models.priors import load_priors
from models.rehearsal import Rehearsal
from models.signature import BYTES
from models.windows import Windows

START = 1_699_920_000
DAY, HOUR = 86_400, 3600
DAYS = 15
END = START + DAYS * DAY
RIVALS = ("Bolt", "Crest", "Dyne")
Beside = list[tuple[str, int]]


def _mention(number: int, at: float, negative: float) -> Scored:
    when = from_seconds(int(at))
    mention = Mention("rss", str(number), "words", when, when, author=f"a{number}")
    return Scored(mention, Score(negative, 1.0 - negative, 0.0, random.Random(number).randbytes(BYTES)))


@cache
def _taught() -> bytes:
    chance = random.Random(7)
    counts = [float(sum(chance.random() < 0.1 for _ in range(20))) for _ in range(288 * DAYS)]
    detector = open_detector("Acme")
    detector.learn(
        Window(START + BIN_SECONDS * place, 1.0, n, 0.2 * n, n, 0.2 * n, backfill=True)
        for place, n in enumerate(counts)
    )
    return detector.dump()


def _detector(neighbours: Neighbours) -> BrandDetector:
    detector = open_detector("Acme", neighbours=neighbours)
    detector.load(_taught())
    return detector


def _usual(names: tuple[str, ...]) -> Beside:
    """Five negatives an hour of each, for two days before the rise and on."""
    chance = random.Random(3)
    span = 3 * DAY
    return [(name, END - 2 * DAY + chance.randrange(span)) for name in names for _ in range(span // 720)]


def _rise(name: str, count: int) -> Beside:
    return [(name, END + 2 * HOUR + 2 * HOUR * each // count) for each in range(count)]


def _own(count: int) -> list[Scored]:
    chance = random.Random(5)
    usual = [
        _mention(10_000 + each, END + chance.randrange(6 * HOUR), 0.9 if chance.random() < 0.2 else 0.1)
        for each in range(144)
    ]
    storm = [_mention(each, END + 2 * HOUR + 2 * HOUR * each / count, 0.9) for each in range(count)]
    return sorted(usual + storm, key=lambda each: each.mention.event_at)


def _play(neighbours: Neighbours, beside: Beside, own: int) -> list[Signal]:
    """Let both come in order of time; return the signals of six hours."""
    detector = _detector(neighbours)
    for name, at in beside:
        detector.compare(name, from_seconds(at), 1.0, 0.9)
    signals: list[Signal] = []
    for each in _own(own):
        signals += detector.advance(each.mention.event_at, 1.0, 1)
        detector.count(each)
    return signals + detector.advance(from_seconds(END + 6 * HOUR), 1.0, 1)


def _worst(signals: list[Signal]) -> Stage:
    return max((signal.stage for signal in signals), key=lambda stage: stage.severity)


def _first_page(signals: list[Signal]) -> float:
    paging = [each.at for each in signals if each.stage.severity >= Stage.SPREADING.severity]
    return (min(paging) - from_seconds(END)).total_seconds() / HOUR


def test_what_everybody_has_is_held_at_smouldering_and_told() -> None:
    common = [each for name in RIVALS for each in _rise(name, 100)]
    signals = _play(Neighbours(RIVALS), _usual(RIVALS) + common, 100)
    assert _worst(signals) is Stage.SMOULDERING
    lowered = [each for each in signals if any(part.name == fuse.COMMON for part in each.contributions)]
    told = max(lowered, key=lambda each: each.seen).control
    assert told is not None
    assert (told.rivals, told.rivals_rose, told.others) == (3, RIVALS, 0)
    assert told.factor > 3.0


def test_a_storm_of_ones_own_is_paged_as_if_nobody_were_beside() -> None:
    alone = _play(Neighbours(), [], 100)
    beside = _play(Neighbours(RIVALS), _usual(RIVALS), 100)
    assert _worst(beside) is _worst(alone) is Stage.FIRESTORM
    assert _first_page(beside) <= _first_page(alone) + 0.25


def test_one_rivals_storm_excuses_nobody_among_three() -> None:
    signals = _play(Neighbours(RIVALS), _usual(RIVALS) + _rise("Bolt", 300), 100)
    assert _worst(signals) is Stage.FIRESTORM
    assert _first_page(signals) <= _first_page(_play(Neighbours(), [], 100)) + 0.25


def test_a_storm_beyond_the_common_rise_pages() -> None:
    common = [each for name in RIVALS for each in _rise(name, 20)]
    signals = _play(Neighbours(RIVALS), _usual(RIVALS) + common, 300)
    assert _worst(signals) is Stage.FIRESTORM


def test_others_stand_for_the_platform_from_three_on() -> None:
    for others, worst in ((RIVALS, Stage.SMOULDERING), (RIVALS[:2], Stage.FIRESTORM)):
        common = [each for name in others for each in _rise(name, 100)]
        assert _worst(_play(Neighbours((), others), _usual(others) + common, 100)) is worst


def test_a_rival_that_was_never_heard_before_is_no_measure() -> None:
    common = [each for name in RIVALS for each in _rise(name, 100)]
    signals = _play(Neighbours(RIVALS), common, 100)
    assert _worst(signals) is Stage.FIRESTORM
    control = signals[-1].control or next(each.control for each in reversed(signals) if each.control)
    assert (control.neighbours, control.rivals) == (Neighbours(RIVALS), 0)


@settings(max_examples=40, deadline=None)
@given(
    own=st.floats(0.0, 500.0),
    more=st.floats(0.0, 500.0),
    rivals=st.lists(st.integers(0, 400), min_size=1, max_size=5),
)
def test_the_part_held_is_at_most_the_common_part_and_falls_with_what_is_ones_own(
    own: float, more: float, rivals: list[int]
) -> None:
    windows, names = Windows(), tuple(f"r{each}" for each in range(len(rivals)))
    last = START + 3 * DAY
    for name, count in zip(names, rivals, strict=True):
        for each in range(24):
            windows.beside.add(name, last - 2 * DAY + DAY // 2 - 2 * HOUR + each * HOUR, 1.0, 1.0)
        windows.beside.add(name, last, 1.0 * count, 1.0)
    found = [
        shared(
            windows,
            Neighbours(names),
            Own(Hour(independent_negative=count, independent=count), 2.0, 10.0),
            last,
            Baseline(load_priors()),
            1.0,
        )
        for count in (own, own + more)
    ]
    largest = max(rise(count, 0.5) for count in rivals)
    for shares, total in zip(found, (own, own + more), strict=True):
        assert 0.0 <= shares.negatives <= 1.0
        assert shares.negatives * rise(total, 2.0) <= max(0.0, largest)
    if rise(own, 2.0) > 0.0:
        assert found[1].negatives <= found[0].negatives


def test_the_term_only_lowers_and_leaves_who_and_where_alone() -> None:
    parts = (
        Contribution(fuse.GROWTH, 4.0),
        Contribution(fuse.ALL, 1.0),
        Contribution(fuse.SOURCES, 0.3),
        Contribution(fuse.MIX, 0.2),
    )
    assert fuse.common(parts, 0.0, 0.0) == ()
    assert fuse.common(parts, 0.5, 1.0) == (Contribution(fuse.COMMON, -3.0),)
    assert fuse.fused(parts + fuse.common(parts, 1.0, 1.0)) == pytest.approx(0.5)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_order_of_arrival_of_both_leads_to_the_same_state(seed: int) -> None:
    chance = random.Random(seed)
    neighbours = Neighbours(RIVALS)
    own = [("", each) for each in _own(chance.choice((60, 120)))]
    beside = [(name, at) for name, at in _usual(RIVALS) if at >= END - 30 * HOUR]
    beside += [each for name in RIVALS[: chance.randrange(4)] for each in _rise(name, 90)]
    until = from_seconds(END + 6 * HOUR)
    straight, shuffled = _detector(neighbours), _detector(neighbours)
    for name, at in sorted(beside, key=lambda each: each[1]):
        straight.compare(name, from_seconds(at), 1.0, 0.9)
    for _, scored in own:
        straight.advance(scored.mention.event_at, 1.0, 1)
        straight.count(scored)
    straight.advance(until, 1.0, 1)
    events: list[tuple[str, Scored | int]] = [*own, *beside]
    chance.shuffle(events)
    for name, each in events:
        if isinstance(each, Scored):
            shuffled.count(each)
        else:
            shuffled.compare(name, from_seconds(each), 1.0, 0.9)
        if chance.random() < 0.004:
            shuffled.advance(from_seconds(END + chance.randrange(6 * HOUR)), 1.0, 1)
    shuffled.advance(until, 1.0, 1)
    assert shuffled._evidence.state() == straight._evidence.state()
    assert shuffled._windows.beside.bins == straight._windows.beside.bins
    assert shuffled._compared.dump() == straight._compared.dump()


def test_state_comes_back_bit_for_bit_and_a_rehearsal_compares_too() -> None:
    neighbours = Neighbours(RIVALS)
    detector = _detector(neighbours)
    common = [each for rival in RIVALS for each in _rise(rival, 100)]
    for name, at in _usual(RIVALS) + common:
        detector.compare(name, from_seconds(at), 0.7, 0.9)
    for each in _own(100):
        detector.count(each)
    detector.advance(from_seconds(END + 3 * HOUR), 1.0, 1)
    again = open_detector("Acme", neighbours=neighbours)
    again.load(detector.dump())
    assert again.dump() == detector.dump()
    late = ("Bolt", from_seconds(END + 2 * HOUR + 60), 1.0, 0.9)
    for one in (detector, again):
        one.compare(*late)
    until = from_seconds(END + 4 * HOUR)
    assert detector.advance(until, 1.0, 1) == again.advance(until, 1.0, 1)
    assert again.dump() == detector.dump()
    rehearsal = Rehearsal(detector.dump(), detector._evidence.threshold)
    _, stage, _ = rehearsal.play(END + 2 * HOUR, until, 1.0, 1)
    assert stage is detector.peek(until, 1.0, 1).stage


def test_a_late_mention_of_a_neighbour_scores_again_only_what_was_compared() -> None:
    detector = _detector(Neighbours(RIVALS))
    detector.advance(from_seconds(END + 3 * HOUR), 1.0, 1)
    detector.compare("Bolt", from_seconds(END + HOUR), 1.0, 0.9)
    assert detector.advance(from_seconds(END + 3 * HOUR), 1.0, 1) == []


def test_what_is_kept_of_neighbours_is_bounded() -> None:
    names = tuple(f"brand {each}" for each in range(8))
    detector = _detector(Neighbours(names))
    for start in range(END, END + 5 * DAY, BIN_SECONDS):
        detector.advance(from_seconds(start), 1.0, 1)
        for name in names:
            detector.compare(name, from_seconds(start), 1.0, 0.9)
    assert all(len(held) <= 1_070 for held in detector._windows.beside.bins.values())
    assert len(detector.dump()) < 200_000
