"""The fewest mentions without which a page would not have been: leaving them out really stops it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from core.clock import from_seconds
from core.records import Flag, Match, Mention, MentionRow, Score, Scored, Signal, Stage, Window
from models import smallest as module
from models.detect import BrandDetector
from models.opening import open_detector
from models.signature import BYTES
from models.smallest import Moment, smallest

START = 1_700_006_400
BIN, HOUR, DAY = 300, 3600, 86400
END = START + 15 * DAY


@cache
def _state() -> bytes:
    detector = open_detector("Acme")
    chance = random.Random(7)
    counts = [float(sum(chance.random() < 0.1 for _ in range(20))) for _ in range(288 * 15)]
    detector.learn(Window(START + BIN * n, 1.0, c, 0.2 * c, c, 0.2 * c) for n, c in enumerate(counts))
    return detector.dump()


def learned() -> BrandDetector:
    detector = open_detector("Acme")
    detector.load(_state())
    return detector


def scored(
    number: int, at: float, negative: float = 0.8, text: int | None = None, author: str = ""
) -> Scored:
    signature = random.Random(number if text is None else -1 - text).randbytes(BYTES)
    when = from_seconds(at)
    mention = Mention("rss", str(number), "words", when, when, author=f"a{number}")
    return Scored(mention, Score(negative, 1.0 - negative, 0.0, signature))


def storm(count: int = 90, minutes: int = 60, text: int | None = None) -> list[Scored]:
    chance = random.Random(1)
    begin = END + HOUR
    everyday = [scored(n, END + chance.uniform(0, 3 * HOUR), 0.1) for n in range(50)]
    angry = [
        scored(1000 + n, begin + 60 * minutes * n / count, chance.uniform(0.6, 0.95), text and n % text)
        for n in range(count)
    ]
    return sorted([*everyday, *angry], key=lambda each: each.mention.event_at)


def row(each: Scored, match: Match, seq: int) -> MentionRow:
    return MentionRow(each.mention, "Acme", each.score, match.weight, match.copy_number, seq)


def until_page(
    detector: BrandDetector, mentions: Sequence[Scored], rank: Stage = Stage.SPREADING
) -> tuple[Signal, list[MentionRow]]:
    """Count and look after each mention until the stage is reached."""
    rows = []
    for seq, each in enumerate(mentions):
        now = each.mention.event_at
        detector.advance(now, 1.0, 1)
        rows.append(row(each, detector.count(each), seq))
        signal = detector.peek(now + timedelta(seconds=1), 1.0, 1)
        if signal.stage.severity >= rank.severity:
            return signal, rows
    raise AssertionError("never paged")


def of_rise(signal: Signal, rows: Sequence[MentionRow]) -> list[MentionRow]:
    return [each for each in rows if each.mention.event_at >= module.since(signal)]


def paged_again(mentions: Sequence[Scored], at: datetime) -> bool:
    """Count what is left in a fresh detector, look at the same moment."""
    detector = learned()
    for each in mentions:
        detector.advance(each.mention.event_at, 1.0, 1)
        detector.count(each)
    detector.advance(at, 1.0, 1)
    return detector.peek(at, 1.0, 1).stage.severity >= Stage.SPREADING.severity


def test_without_the_set_it_does_not_page_and_with_one_more_mention_it_does() -> None:
    detector = learned()
    signal, rows = until_page(detector, storm())
    found = smallest(detector.dump(), Moment(signal, 1, Stage.SPREADING), of_rise(signal, rows))
    counted = [Scored(each.mention, each.score) for each in rows]
    assert paged_again(counted, signal.at)
    assert 0 < len(found.ids) < len(rows)
    assert not paged_again([each for each in counted if each.mention.id not in found.ids], signal.at)
    weights = {each.mention.id: each.weight * each.score.negative for each in rows}
    lightest = min(found.ids, key=lambda each: weights[each])
    missing = set(found.ids) - {lightest}
    assert paged_again([each for each in counted if each.mention.id not in missing], signal.at)


def test_says_it_in_a_sentence_with_what_would_have_been() -> None:
    detector = learned()
    signal, rows = until_page(detector, storm())
    rise = of_rise(signal, rows)
    found = smallest(detector.dump(), Moment(signal, 1, Stage.SPREADING), rise)
    assert f"of {len(rise)} since the rise began, it would not have paged" in found.sentence
    assert f"instead of {signal.seen:.0f} it would have stayed at" in found.sentence


def test_is_the_same_for_rows_in_any_order_and_changes_nothing() -> None:
    detector = learned()
    signal, rows = until_page(detector, storm())
    rise, before = of_rise(signal, rows), detector.dump()
    moment = Moment(signal, 1, Stage.SPREADING)
    found = smallest(before, moment, rise)
    assert smallest(detector.dump(), moment, random.Random(3).sample(rise, len(rise))) == found
    assert detector.dump() == before


def test_copies_of_a_text_are_left_out_together() -> None:
    detector = learned()
    mentions = storm(240, 60, text=30)
    signal, rows = until_page(detector, mentions)
    found = smallest(detector.dump(), Moment(signal, 1, Stage.SPREADING), of_rise(signal, rows))
    assert found.ids
    gone = {each.score.signature for each in rows if each.mention.id in found.ids}
    left = {each.score.signature for each in of_rise(signal, rows) if each.mention.id not in found.ids}
    assert not gone & left


def test_a_firestorm_after_a_page_is_explained_as_such() -> None:
    detector = learned()
    signal, rows = until_page(detector, storm(200, 60), Stage.FIRESTORM)
    found = smallest(detector.dump(), Moment(signal, 1, Stage.FIRESTORM), of_rise(signal, rows))
    fewer = smallest(detector.dump(), Moment(signal, 1, Stage.SPREADING), of_rise(signal, rows))
    assert "it would not be a firestorm" in found.sentence
    assert 0 < len(found.ids) < len(fewer.ids)


@pytest.mark.parametrize("change", ["nothing stored", "other weights", "too old"])
def test_says_so_when_it_cannot_be_said(change: str) -> None:
    detector = learned()
    signal, rows = until_page(detector, storm())
    rise = of_rise(signal, rows)
    if change == "nothing stored":
        rise = []
    elif change == "other weights":
        rise = [replace(each, weight=0.1) for each in rise]
    else:
        signal = replace(signal, onset=from_seconds(END - 3 * HOUR))
    found = smallest(detector.dump(), Moment(signal, 1, Stage.SPREADING), rise)
    assert found.ids == ()
    assert "cannot be said" in found.sentence


def test_imported_mentions_and_the_rest_of_a_long_rise_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 40)
    detector = learned()
    signal, rows = until_page(detector, storm(150, 60))
    imported = replace(rows[-1], mention=replace(rows[-1].mention, native_id="x", flags=Flag.BACKFILL))
    newest = [imported, *sorted(of_rise(signal, rows), key=lambda each: -each.seq)[:40]]
    found = smallest(detector.dump(), Moment(signal, 1, Stage.SPREADING), newest)
    assert found.ids
    assert len(found.ids) <= 40
    assert imported.mention.id not in found.ids
