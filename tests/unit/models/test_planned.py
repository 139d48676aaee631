"""A planned event raises what is expected, and never hides that the mix is another one."""

import random
from datetime import timedelta
from functools import cache

import pytest

from core.clock import from_seconds
from core.records import BIN_SECONDS, Mention, Score, Scored, Signal, Stage, Window
from models import fuse
from models.caps import MOOD_CAP
from models.detect import BrandDetector
from models.opening import open_detector
from models.signature import BYTES

START = 1_699_920_000
DAY, HOUR = 86_400, 3600
DAYS = 15
END = START + DAYS * DAY
FACTOR = 6.0
USUAL = (0.2 - 0.05) / (0.9 - 0.05)
"""Part of the event's mentions that are negative where their mean P(negative) is the history's 0.2."""


@cache
def _taught() -> bytes:
    chance = random.Random(7)
    counts = [float(sum(chance.random() < 0.2 for _ in range(20))) for _ in range(288 * DAYS)]
    detector = open_detector("Acme")
    detector.learn(
        Window(START + BIN_SECONDS * place, 1.0, n, 0.2 * n, n, 0.2 * n, backfill=True)
        for place, n in enumerate(counts)
    )
    return detector.dump()


def _detector() -> BrandDetector:
    detector = open_detector("Acme")
    detector.load(_taught())
    return detector


def _event(share: float, times: float = FACTOR, seed: int = 5) -> list[Scored]:
    """Four hours with `times` 48 mentions an hour, `share` of them negative."""
    chance = random.Random(seed)
    made = []
    for number in range(int(times * 48 * 4)):
        at = from_seconds(END + chance.randrange(4 * HOUR))
        negative = 0.9 if chance.random() < share else 0.05
        mention = Mention("rss", f"{seed}/{number}", "words", at, at, author=f"a{number}")
        score = Score(negative, 1.0 - negative, 0.0, random.Random(number * 31 + seed).randbytes(BYTES))
        made.append(Scored(mention, score))
    return sorted(made, key=lambda each: each.mention.event_at)


def _play(detector: BrandDetector, mentions: list[Scored], planned: float) -> list[Signal]:
    signals: list[Signal] = []
    for each in mentions:
        signals += detector.advance(each.mention.event_at, 1.0, 1, planned)
        detector.count(each)
    return signals + detector.advance(from_seconds(END + 4 * HOUR), 1.0, 1, planned)


def _worst(signals: list[Signal]) -> Stage:
    return max((signal.stage for signal in signals), key=lambda stage: stage.severity)


def test_what_was_planned_is_calm_and_attention_where_nobody_planned_it() -> None:
    assert _worst(_play(_detector(), _event(USUAL), FACTOR)) is Stage.CALM
    signals = _play(_detector(), _event(USUAL), 1.0)
    assert _worst(signals) is Stage.SMOULDERING
    assert any(signal.capped == MOOD_CAP for signal in signals)


def test_the_share_of_negatives_pages_though_the_volume_was_planned() -> None:
    signals = _play(_detector(), _event(0.8), FACTOR)
    assert _worst(signals).severity >= Stage.SPREADING.severity
    loud = max(signals, key=lambda signal: signal.evidence)
    assert any(part.name == fuse.SHIFT and part.value > 1.0 for part in loud.contributions)
    assert loud.planned == FACTOR


def test_what_goes_beyond_the_plan_pages() -> None:
    assert _worst(_play(_detector(), _event(0.3, 4 * FACTOR), FACTOR)).severity >= Stage.SPREADING.severity


def test_the_expectation_is_raised_for_as_long_as_it_is_planned() -> None:
    detector = _detector()
    before = detector.peek(from_seconds(END), 1.0, 1)
    detector.advance(from_seconds(END + HOUR), 1.0, 1, FACTOR)
    during = detector.peek(from_seconds(END + HOUR), 1.0, 1, FACTOR)
    detector.advance(from_seconds(END + 3 * HOUR), 1.0, 1)
    after = detector.peek(from_seconds(END + 3 * HOUR), 1.0, 1)
    assert during.expected == pytest.approx(FACTOR * before.expected, rel=0.25)
    assert after.expected == pytest.approx(before.expected, rel=0.25)
    assert (before.planned, during.planned, after.planned) == (1.0, FACTOR, 1.0)


def test_an_event_that_nobody_speaks_of_hardly_moves_what_is_usual() -> None:
    detector, other = _detector(), _detector()
    usual = _event(0.2, 1.0)
    _play(detector, usual, FACTOR)
    _play(other, usual, 1.0)
    rate = detector._evidence.baseline.all.rate
    assert rate == pytest.approx(other._evidence.baseline.all.rate, rel=0.05)


def test_late_mentions_and_a_restart_keep_what_was_planned() -> None:
    """In whatever order: the state at the end is the same, bit for bit."""
    straight, shuffled = _detector(), _detector()
    mentions = _event(0.5)
    _play(straight, mentions, FACTOR)
    for place in range(0, 4 * HOUR, 40 * 60):
        shuffled.advance(from_seconds(END + place), 1.0, 1, FACTOR)
    shuffled.advance(from_seconds(END + 4 * HOUR), 1.0, 1, FACTOR)
    random.Random(1).shuffle(mentions)
    for each in mentions:
        shuffled.count(each)
    again = open_detector("Acme")
    again.load(shuffled.dump())
    for detector in (shuffled, again):
        detector.advance(from_seconds(END + 4 * HOUR), 1.0, 1)
        assert detector._evidence.state() == straight._evidence.state()
    assert again.dump() == shuffled.dump()


def test_the_bins_where_a_plan_begins_and_ends_are_kept() -> None:
    detector = _detector()
    quiet = from_seconds(END) + timedelta(minutes=20)
    detector.advance(quiet, 1.0, 1)
    kept = detector.advance(quiet + timedelta(minutes=10), 1.0, 1, FACTOR)
    kept += detector.advance(quiet + timedelta(minutes=20), 1.0, 1)
    assert [(each.at, each.planned) for each in kept] == [
        (quiet + timedelta(minutes=5), FACTOR),
        (quiet + timedelta(minutes=15), 1.0),
    ]
