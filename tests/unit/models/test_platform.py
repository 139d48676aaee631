"""The tally that all brands share: what each reads of the others, and what a storm of all or of one does."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import from_seconds
from core.records import (
    BIN_SECONDS,
    Mention,
    Neighbours,
    Score,
    Scored,
    Signal,
    Stage,
    Tallied,
    Window,
    in_parts,
)
from models.beside import Heard
from models.detect import BrandDetector
from models.opening import open_detector
from models.platform import GROUPS, KEPT, Platform, group
from models.rehearsal import Rehearsal
from models.signature import BYTES

START = 1_699_920_000
DAY, HOUR = 86_400, 3600
DAYS = 15
END = START + DAYS * DAY
RISE = END + 40 * HOUR
"""When the storms begin."""
BRANDS = tuple(f"Brand {number:02d}" for number in range(20))
OTHERS = Neighbours(platform=True)


def _nothing(_since: int, _until: int | None) -> list[Tallied]:
    return []


def _one(start: int, *brands: str, negative: float = 1.0) -> Tallied:
    return Tallied(start, brands, in_parts(1.0), in_parts(negative))


def _hours(heard: Iterable[Heard]) -> dict[str, tuple[float, float]]:
    return {each.name: each.hour for each in heard if each.hour[0]}


def test_groups_follow_from_the_name_alone_and_are_all_used() -> None:
    assert {group(f"brand {number}") for number in range(200)} == set(range(GROUPS))
    assert [group(name) for name in BRANDS] == [group(name) for name in BRANDS]


def test_a_brand_hears_the_other_groups_without_what_names_it() -> None:
    platform, last = Platform(_nothing), START + 3 * DAY
    first, second, third = _apart(3)
    platform.add(_one(last, first))
    platform.add(_one(last, second, first, third, negative=0.5))
    platform.add(_one(last, third))
    places = [str(group(name)) for name in (first, second, third)]
    assert _hours(platform.heard(first, last)) == {places[2]: (1.0, 1.0)}
    assert _hours(platform.heard(second, last)) == {places[0]: (1.0, 1.0), places[2]: (1.0, 1.0)}
    assert _hours(platform.heard(third, last)) == {places[0]: (1.0, 1.0)}
    fourth = _apart(4)[3]
    assert _hours(platform.heard(fourth, last)) == {
        places[0]: (1.0, 1.0),
        places[1]: (1.0, 0.5),
        places[2]: (1.0, 1.0),
    }


def _apart(count: int) -> list[str]:
    """Return brands of different groups."""
    by_group = {group(name): name for name in BRANDS}
    return sorted(by_group.values())[:count]


@settings(max_examples=60, deadline=None)
@given(
    said=st.lists(
        st.tuples(
            st.integers(0, 4 * 288), st.permutations(BRANDS[:5]), st.integers(1, 3), st.floats(0.0, 1.0)
        ),
        max_size=60,
    ),
    seed=st.integers(0, 1_000),
    stored=st.integers(0, 60),
    dropping=st.booleans(),
)
def test_neither_order_nor_what_is_stored_already_changes_what_is_heard(
    said: list[tuple[int, list[str], int, float]], seed: int, stored: int, dropping: bool
) -> None:
    every = [
        _one(START + place * BIN_SECONDS, *names[:count], negative=negative)
        for place, names, count, negative in said
    ]
    straight = Platform(_nothing)
    straight.reach(START - DAY)
    for each in every:
        straight.add(each)
    mixed = list(every)
    random.Random(seed).shuffle(mixed)
    held = mixed[:stored]
    shuffled = Platform(lambda since, until: [one for one in held if _inside(one.start, since, until)])
    for each in mixed[stored:]:
        shuffled.add(each)
        if dropping:
            held.append(each)
            shuffled.drop()
    for name in BRANDS[:6]:
        for last in range(START + 2 * DAY, START + 4 * DAY, 6 * HOUR):
            assert shuffled.heard(name, last) == straight.heard(name, last)


def _inside(start: int, since: int, until: int | None) -> bool:
    return since <= start and (until is None or start < until)


def test_what_is_kept_is_bounded() -> None:
    platform = Platform(_nothing)
    for start in range(START, START + 20 * DAY, BIN_SECONDS):
        platform.add(_one(start, *_apart(2)))
        platform.drop()
    kept = KEPT // BIN_SECONDS + 24
    held = [*platform._groups.bins.values(), *platform._apart[_apart(2)[1]].bins.values()]
    assert all(len(bins) <= kept for bins in held)
    assert len(platform._changes) <= kept


# -- with detectors ----------------------------------------------------------


@cache
def _taught() -> bytes:
    chance = random.Random(7)
    bins = [[_usual(chance) for _ in range(20) if chance.random() < 0.1] for _ in range(288 * DAYS)]
    detector = open_detector("Acme")
    detector.learn(
        Window(START + BIN_SECONDS * place, 1.0, len(said), sum(said), len(said), sum(said), backfill=True)
        for place, said in enumerate(bins)
    )
    return detector.dump()


def _usual(chance: random.Random) -> float:
    """Return P(negative) of an everyday mention: one in five is a complaint."""
    return 0.9 if chance.random() < 0.2 else 0.05


def _detector(brand: str, platform: Platform | None) -> BrandDetector:
    detector = open_detector(brand, neighbours=OTHERS, platform=platform)
    detector.load(_taught())
    return detector


def _mention(brand: str, number: int, at: float, negative: float) -> Scored:
    when, key = from_seconds(int(at)), f"{brand} {number}"
    mention = Mention("rss", key, "words", when, when, author=key)
    return Scored(mention, Score(negative, 1.0 - negative, 0.0, random.Random(key).randbytes(BYTES)))


def _said(brand: str, times: float) -> list[Scored]:
    """Two days of 24 mentions an hour, and for the last four hours of them so many times as many."""
    chance = random.Random(brand)
    said = [(END + chance.uniform(0, 44 * HOUR), _usual(chance)) for _ in range(24 * 44)]
    said += [(RISE + chance.uniform(0, 4 * HOUR), 0.9) for _ in range(int(96 * (times - 1.0)))]
    return [_mention(brand, number, *each) for number, each in enumerate(said)]


def _play(
    times: dict[str, float], watched: Sequence[str], platform: Platform | None = None
) -> dict[str, list[Signal]]:
    """Let mentions of all brands come in order of time, and close bins of some as time goes by."""
    detectors = {name: _detector(name, platform) for name in watched}
    order = [(each, name) for name in times for each in _said(name, times[name])]
    signals: dict[str, list[Signal]] = defaultdict(list)
    edge = END
    for each, name in sorted(order, key=lambda pair: (pair[0].mention.event_at, pair[1])):
        at = each.mention.event_at.timestamp()
        while edge + BIN_SECONDS <= at:
            edge += BIN_SECONDS
            for brand, detector in detectors.items():
                signals[brand] += detector.advance(from_seconds(edge), 1.0, 1)
        weight = detectors[name].count(each).weight if name in detectors else 1.0
        if platform is not None:
            start = int(at) // BIN_SECONDS * BIN_SECONDS
            parts = in_parts(weight), in_parts(weight * each.score.negative)
            platform.add(Tallied(start, (name,), *parts))
    return signals


def _page(signals: list[Signal]) -> float | None:
    """Return after how many hours of the rise it pages."""
    rise = (each for each in signals if each.at > from_seconds(RISE))
    paging = [each.at for each in rise if each.stage.severity >= Stage.SPREADING.severity]
    return (min(paging) - from_seconds(RISE)).total_seconds() / HOUR if paging else None


def test_what_the_whole_platform_has_pages_hardly_any_brand() -> None:
    times = dict.fromkeys(BRANDS, 3.0)
    alone = _play(dict.fromkeys(BRANDS[:5], 3.0), BRANDS[:5])
    together = _play(times, BRANDS[:10], Platform(_nothing))
    assert all(_page(each) is not None for each in alone.values()), "each would have paged"
    assert sum(_page(each) is not None for each in together.values()) <= 1
    told = next(each.control for each in together[BRANDS[0]] if each.control and each.control.others_rose)
    assert told.neighbours == OTHERS
    assert told.others >= 5


def test_the_storm_of_one_of_twenty_pages_as_early_as_alone_and_excuses_no_other() -> None:
    times = dict.fromkeys(BRANDS, 1.0) | dict.fromkeys(BRANDS[:2], 4.0)
    alone = _play(dict.fromkeys(BRANDS[:2], 4.0), BRANDS[:2])
    together = _play(times, BRANDS[:5], Platform(_nothing))
    for name in BRANDS[:2]:
        first, held = _page(alone[name]), _page(together[name])
        assert first is not None
        assert held is not None
        assert first <= held <= first + 0.25
    assert not any(_page(together[name]) for name in BRANDS[2:5])


def _beside(chance: random.Random) -> list[Tallied]:
    """What others say: their everyday, and a rise of many of them."""
    made = [_one(END + chance.randrange(44 * HOUR), name) for name in BRANDS[1:] for _ in range(200)]
    made += [_one(RISE + chance.randrange(4 * HOUR), name) for name in BRANDS[1:15] for _ in range(60)]
    return [
        Tallied(each.start // BIN_SECONDS * BIN_SECONDS, each.brands, each.mentions, each.negatives)
        for each in made
    ]


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_order_of_arrival_of_both_leads_to_the_same_state(seed: int) -> None:
    chance, brand, until = random.Random(seed), BRANDS[0], from_seconds(END + 44 * HOUR)
    own, beside = _said(brand, 3.0), _beside(chance)
    platforms = Platform(_nothing), Platform(_nothing)
    straight, shuffled = (_detector(brand, platform) for platform in platforms)
    for each in beside:
        platforms[0].add(each)
    for scored in sorted(own, key=lambda each: each.mention.event_at):
        straight.advance(scored.mention.event_at, 1.0, 1)
        straight.count(scored)
    straight.advance(until, 1.0, 1)
    events: list[Scored | Tallied] = [*own, *beside]
    chance.shuffle(events)
    for event in events:
        if isinstance(event, Scored):
            shuffled.count(event)
        else:
            platforms[1].add(event)
        if chance.random() < 0.004:
            shuffled.advance(from_seconds(END + chance.randrange(44 * HOUR)), 1.0, 1)
    shuffled.advance(until, 1.0, 1)
    assert straight.asked
    assert shuffled._evidence.state() == straight._evidence.state()
    assert shuffled._compared.dump() == straight._compared.dump()


def test_state_comes_back_bit_for_bit_and_a_rehearsal_asks_the_platform_too() -> None:
    brand, platform, now = BRANDS[0], Platform(_nothing), from_seconds(RISE + 2 * HOUR)
    detector = _detector(brand, platform)
    for each in _beside(random.Random(1)):
        platform.add(each)
    for scored in _said(brand, 4.0):
        detector.count(scored)
    detector.advance(now, 1.0, 1)
    again = open_detector(brand, neighbours=OTHERS, platform=platform)
    again.load(detector.dump())
    assert again.asked
    assert again.dump() == detector.dump()
    platform.add(_one(RISE + HOUR, BRANDS[1]))
    rescored = detector.advance(now, 1.0, 1)
    assert rescored[0].at >= from_seconds(RISE + HOUR)
    assert again.advance(now, 1.0, 1) == rescored
    rehearsal = Rehearsal(detector.dump(), detector._evidence.threshold, detector._evidence.others)
    _, stage, _ = rehearsal.play(RISE, now, 1.0, 1)
    assert stage is detector.peek(now, 1.0, 1).stage


def test_a_late_mention_of_others_changes_nothing_for_a_brand_that_was_calm() -> None:
    brand, platform, now = BRANDS[0], Platform(_nothing), from_seconds(END + 44 * HOUR)
    detector = _detector(brand, platform)
    for scored in _said(brand, 1.0):
        detector.count(scored)
    detector.advance(now, 1.0, 1)
    assert not detector.asked
    platform.add(_one(RISE, BRANDS[1]))
    assert detector.advance(now, 1.0, 1) == []
