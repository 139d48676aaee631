"""Narratives of one brand: joining, merging, fading, records, saving; on vectors whose meaning is known."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from core.clock import from_seconds
from core.records import Flag, Match, Mention, Narrative, Score, Scored, Stage, Window, derive
from core.vectors import pack_vector
from models.detect import BrandDetector
from models.narrative import Narratives
from models.narrative_clusters import SEEDS, STANDING, Clusters
from models.narrative_live import NAMELESS
from models.opening import open_detector
from models.signature import BYTES

START = 1_700_006_400
"""2023-11-15 00:00 UTC."""
BIN, HOUR, DAY = 300, 3600, 86400
DIMENSIONS = 64

TEXTS = {
    0: "they refused my refund for the cancelled flight",
    1: "the app crashes on the login screen",
    2: "lovely crew and a smooth landing",
    3: "lost my suitcase at the carousel",
}


def vector(topic: int, number: int, spread: float = 0.5) -> bytes:
    """A unit vector near the middle of a topic, on top of what all talk about the brand shares."""
    common = np.random.default_rng(999).normal(size=DIMENSIONS)
    middle = np.random.default_rng(topic).normal(size=DIMENSIONS)
    noise = np.random.default_rng(100_000 + number).normal(size=DIMENSIONS)
    made = common + middle + spread * noise
    return pack_vector((made / np.linalg.norm(made)).astype(np.float32))


def mention(
    number: int, topic: int, at: float, negative: float = 0.8, text: int | None = None, spread: float = 0.5
) -> Scored:
    """A mention about a topic, with a text of its own or text number `text`."""
    signature = random.Random(f"{number}" if text is None else f"text {text}").randbytes(BYTES)
    when = from_seconds(at)
    body = Mention("rss", str(number), TEXTS.get(topic, "words"), when, when + timedelta(seconds=5))
    score = Score(negative, 1.0 - negative, 0.0, signature, embedding=vector(topic, number, spread))
    return Scored(body, score)


def mixture(
    count: int, topics: int = 4, gap: float = 60.0, start: int = START, seed: int = 3
) -> list[Scored]:
    chance = random.Random(seed)
    return [
        mention(place, chance.randrange(topics), start + gap * place, chance.random())
        for place in range(count)
    ]


def play(detector: BrandDetector, mentions: Iterable[Scored]) -> list[Match]:
    matches = []
    for scored in mentions:
        detector.advance(scored.mention.event_at, 1.0, 1)
        matches.append(detector.count(scored))
    return matches


def topic_of(scored: Scored) -> str:
    return scored.mention.text


def learned(days: int = 14) -> tuple[BrandDetector, int]:
    """A detector of a brand with two mentions a bin, a fifth of them negative, and the end of its history."""
    detector, chance = open_detector("Acme"), random.Random(7)
    counts = [float(sum(chance.random() < 0.1 for _ in range(20))) for _ in range(288 * days)]
    detector.learn(
        Window(START + BIN * place, 1.0, n, 0.2 * n, n, 0.2 * n, backfill=True)
        for place, n in enumerate(counts)
    )
    return detector, START + DAY * days


def biggest(records: Sequence[Narrative]) -> Narrative:
    return max(records, key=lambda record: record.mentions)


def test_mentions_of_one_topic_share_a_narrative_named_after_its_first() -> None:
    mentions = mixture(400)
    matches = play(open_detector("Acme"), mentions)
    tail = list(zip(mentions, matches, strict=True))[100:]
    by_topic = {
        text: {match.narrative for scored, match in tail if topic_of(scored) == text}
        for text in TEXTS.values()
    }
    assert all(len(found) == 1 for found in by_topic.values()), by_topic
    assert len(set().union(*by_topic.values())) == 4
    firsts = {derive("narrative", "Acme", scored.mention.id) for scored in mentions}
    assert {match.narrative for match in matches} <= firsts


def test_ids_follow_from_brand_and_first_mention_not_from_the_worker() -> None:
    first, second = mention(1, 0, START), mention(2, 0, START + 60)
    for _ in range(2):
        detector = open_detector("Acme")
        assert detector.count(first).narrative == derive("narrative", "Acme", first.mention.id)
        assert detector.count(second).narrative == derive("narrative", "Acme", first.mention.id)
    assert open_detector("Other").count(first).narrative == derive("narrative", "Other", first.mention.id)


def test_a_mention_without_embedding_belongs_to_none() -> None:
    detector = open_detector("Acme")
    scored = mention(1, 0, START)
    for wrong in (b"", bytes(DIMENSIONS)):
        bare = replace(scored, score=replace(scored.score, embedding=wrong))
        assert detector.count(bare).narrative == ""
    assert detector.count(mention(2, 0, START)).narrative
    short = replace(scored, score=replace(scored.score, embedding=b"\x01\x02"))
    assert detector.count(short).narrative == ""


def test_copies_go_where_their_first_copy_went_whatever_their_vector() -> None:
    detector = open_detector("Acme")
    play(detector, mixture(60))
    first = detector.count(mention(500, 0, START + HOUR, text=1))
    copy = detector.count(mention(501, 2, START + HOUR + 10, text=1))
    assert (copy.copy_number, copy.narrative) == (2, first.narrative)


def test_a_narrative_is_told_of_once_it_has_three_voices() -> None:
    detector = open_detector("Acme")
    for number in range(2):
        detector.count(mention(number, 0, START + number))
    assert detector.narratives() == ([], [])
    match = detector.count(mention(2, 0, START + 2))
    ((record,), merges) = detector.narratives()
    assert not merges
    assert (record.id, record.brand, record.mentions, record.stage) == (
        match.narrative,
        "Acme",
        3,
        Stage.CALM,
    )
    assert record.independent == 3.0
    assert record.negative == pytest.approx(2.4, abs=1e-5)
    assert (record.born_at, record.last_at) == (from_seconds(START), from_seconds(START + 2))
    assert record.example in {mention(number, 0, START).mention.id for number in range(3)}
    assert record.seen == pytest.approx(2.4, abs=1e-5)


def test_counts_alone_are_told_at_most_every_thirty_seconds() -> None:
    detector = open_detector("Acme")
    for number in range(3):
        detector.count(mention(number, 0, START))
    assert len(detector.narratives()[0]) == 1
    detector.count(mention(3, 0, START + 20))
    assert detector.narratives() == ([], [])
    detector.count(mention(4, 1, START + 31))
    ((record,), _) = detector.narratives()
    assert record.mentions == 4
    assert detector.narratives() == ([], [])


def test_labels_are_the_people_s_own_words_and_hold_still() -> None:
    detector, labels = open_detector("Acme"), dict[str, list[str]]()
    for scored in mixture(300):
        detector.count(scored)
        for record in detector.narratives()[0]:
            labels.setdefault(record.id, []).append(record.label)
    newest = {found[-1] for found in labels.values() if len(found) > 10}
    assert "refused refund for cancelled flight" in newest
    assert "app crashes on login screen" in newest
    assert all(len(set(found)) <= 3 for found in labels.values())


def test_a_narrative_without_words_says_so() -> None:
    detector = open_detector("Acme")
    for number in range(3):
        scored = mention(number, 0, START)
        detector.count(
            replace(scored, mention=replace(scored.mention, text="👍 https://x.example/a @acme 123"))
        )
    assert detector.narratives()[0][0].label == NAMELESS


def test_two_that_grow_together_become_one_the_older_stays() -> None:
    detector = open_detector("Acme")
    play(detector, mixture(200, topics=3))
    detector.narratives()
    matches = []
    for number in range(60):
        at = START + 4 * HOUR + 30 * number
        # Two ends of one topic, each a stone's throw from the middle; what follows lies between them.
        matches.append(
            detector.count(mention(1000 + number % 2 * 50_000 + number, 7, at, spread=1.6 - number / 40))
        )
    records, merges = detector.narratives()
    assert merges, "nothing was merged"
    gone = {merge.narrative_id: merge.into_id for merge in merges}
    for record in records:
        assert record.merged_into == gone.get(record.id, "")
    born = {match.narrative: place for place, match in reversed(list(enumerate(matches)))}
    for merge in merges:
        assert born.get(merge.into_id, -1) < born[merge.narrative_id]
        assert merge.brand == "Acme"
    assert matches[-1].narrative not in gone


def test_backfill_joins_but_raises_nothing() -> None:
    detector, end = learned()
    for number in range(200):
        scored = mention(number, number % 2, end - HOUR + number)
        past = replace(scored, mention=replace(scored.mention, flags=Flag.BACKFILL))
        assert detector.count(past).narrative
    detector.advance(from_seconds(end + HOUR), 1.0, 1)
    record = biggest(detector.narratives()[0])
    assert record.mentions >= 90
    assert (record.stage, record.seen) == (Stage.CALM, 0.0)


def outrage(end: int, hours: int = 5, negative: float = 0.9, language: str = "") -> list[Scored]:
    """One topic that doubles every half hour, for three hours, among ten hours of the usual talk."""
    usual = [mention(each, 1 + each % 3, end + 150 * each, 0.2) for each in range(240)]
    begin, number = float(end + hours * HOUR), 10_000
    storm, at = list[Scored](), begin
    while at < begin + 3 * HOUR:
        each = mention(number, 0, at, negative)
        storm.append(replace(each, score=replace(each.score, language=language)))
        number, at = number + 1, at + 600 / 2 ** ((at - begin) / 1800)
    return sorted(usual + storm, key=lambda each: each.mention.event_at)


def told_by(mentions: Iterable[Scored], detector: BrandDetector) -> list[Narrative]:
    """All records that come of these mentions, each told of at once."""
    told = list[Narrative]()
    for scored in mentions:
        detector.advance(scored.mention.event_at, 1.0, 1)
        detector.count(scored)
        told += detector.narratives()[0]
    return told


def test_a_storm_in_the_first_hours_is_no_narrative_s_usual() -> None:
    detector, end = learned()
    told = told_by(outrage(end, hours=1), detector)
    stages = {label: {one.stage for one in told if one.label == label} for label in {o.label for o in told}}
    assert Stage.SPREADING in stages.pop("refused refund for cancelled flight")
    assert all(found == {Stage.CALM} for found in stages.values()), stages


def test_for_four_hours_it_is_learnt_what_is_usual() -> None:
    detector, end = learned(1)
    told = told_by(mixture(150, topics=3, start=end), detector)
    assert {one.learning_since for one in told} == {from_seconds(end)}
    before = {one.id for one in told}
    detector.advance(from_seconds(end + 4 * HOUR - 1), 1.0, 1)
    assert all(one.learning_since for one in detector.narratives()[0])
    detector.advance(from_seconds(end + 5 * HOUR), 1.0, 1)
    known = detector.narratives()[0]
    assert {one.id for one in known} == before, "those that fell silent are told of too"
    assert {one.learning_since for one in known} == {None}


def test_what_is_not_seen_is_not_learnt() -> None:
    detector, end = learned(1)
    told_by(mixture(20, topics=1, start=end), detector)
    detector.advance(from_seconds(end + 20 * HOUR), 0.0, 0)
    ((record,), _) = detector.narratives()
    assert record.learning_since == from_seconds(end)


def test_backfill_alone_teaches_nothing() -> None:
    detector, end = learned(1)
    for number in range(9):
        scored = mention(number, 0, end - DAY + number)
        detector.count(replace(scored, mention=replace(scored.mention, flags=Flag.BACKFILL)))
    ((record,), _) = detector.narratives()
    assert record.learning_since == from_seconds(end)


def test_a_growing_narrative_spreads_while_the_others_stay_calm() -> None:
    detector, end = learned()
    stages, seen = dict[str, list[Stage]](), dict[str, Narrative]()
    for scored in outrage(end):
        if scored.mention.event_at > from_seconds(end + 8 * HOUR):
            break
        detector.advance(scored.mention.event_at, 1.0, 1)
        detector.count(scored)
        for record in detector.narratives()[0]:
            stages.setdefault(record.label, []).append(record.stage)
            seen[record.label] = record
    stormy = seen["refused refund for cancelled flight"]
    assert Stage.SPREADING in stages[stormy.label]
    assert stormy.growth is not None
    assert stormy.growth.per_hour > 0.0
    assert stormy.seen > 5 * stormy.expected
    others = {label: set(found) for label, found in stages.items() if label != stormy.label}
    assert all(found == {Stage.CALM} for found in others.values()), others


def test_a_campaign_of_copies_is_held_at_smouldering() -> None:
    detector, end = learned()
    for number in range(600):
        scored = mention(number, 0, end + HOUR + 10 * number, 0.9, text=1)
        detector.advance(scored.mention.event_at, 1.0, 1)
        detector.count(scored)
        for record in detector.narratives()[0]:
            assert record.stage.severity <= Stage.SMOULDERING.severity


def worst_of(records: Iterable[Narrative], topic: int) -> Stage:
    """The worst stage of what is said about a topic: `TEXTS` share no word."""
    words = set(TEXTS[topic].split())
    stages = (each.stage for each in records if words & set(each.label.split()))
    return max(stages, key=lambda stage: stage.severity)


@pytest.mark.parametrize(("language", "stage"), [("en", Stage.SMOULDERING), ("ko", Stage.SPREADING)])
def test_a_crowd_s_everyday_talk_is_no_complaint_where_it_can_be_read(language: str, stage: Stage) -> None:
    detector, end = learned()
    crowd = outrage(end, negative=0.28, language=language)
    assert worst_of(told_by(crowd, detector), 0) is stage


def test_an_outcry_in_a_friendly_crowd_pages_however_young_the_brand() -> None:
    detector, end = learned(2)
    crowd = [mention(each, 1 + each % 3, end + HOUR + 9 * each, 0.1) for each in range(400)]
    outcry = [mention(1_000 + each, 0, end + HOUR + 22 + 45 * each, 0.9) for each in range(80)]
    mentions = sorted(crowd + outcry, key=lambda each: each.mention.event_at)
    records = told_by(mentions, detector)
    assert worst_of(records, 0) is Stage.SPREADING
    assert all(worst_of(records, topic).severity < Stage.SPREADING.severity for topic in (1, 2, 3))


def test_late_mentions_lead_to_the_same_growth() -> None:
    straight, end = learned()
    late, _ = learned()
    storm = [each for each in outrage(end) if each.mention.event_at <= from_seconds(end + 8 * HOUR)]
    play(straight, storm)
    # Five minutes to an hour late, but in the same order, so that the clusters are the same.
    for place, scored in enumerate(storm):
        late.count(scored)
        if place % 20 == 19:
            late.advance(scored.mention.event_at + timedelta(minutes=20), 1.0, 1)
    until = storm[-1].mention.event_at + timedelta(minutes=20)
    for detector in (straight, late):
        detector.advance(until, 1.0, 1)
    one, two = (biggest(each.narratives()[0]) for each in (straight, late))
    assert (one.id, one.stage, one.mentions) == (two.id, two.stage, two.mentions)
    assert one.growth is not None
    assert two.growth is not None
    assert two.growth.per_hour == pytest.approx(one.growth.per_hour, rel=0.05)


def test_saved_and_restored_goes_on_bit_for_bit() -> None:
    whole, end = learned(2)
    broken, _ = learned(2)
    for place, scored in enumerate(outrage(end)):
        if place % 37 == 0:
            state = broken.dump()
            broken = open_detector("Acme")
            broken.load(state)
            assert broken.dump() == state
        late = scored.mention.event_at + timedelta(minutes=place % 9)
        matches = []
        for detector in (whole, broken):
            matches.append(detector.count(scored))
            detector.advance(late, 1.0, 1)
        assert matches[0] == matches[1]
        if place % 5 == 0:
            assert whole.narratives() == broken.narratives()
    assert whole.dump() == broken.dump()


def test_merges_that_wait_to_be_told_survive_a_restart() -> None:
    detector = open_detector("Acme")
    play(detector, mixture(200, topics=3))
    for number in range(60):
        at = START + 4 * HOUR + 30 * number
        detector.count(mention(1000 + number % 2 * 50_000 + number, 7, at, spread=1.6 - number / 40))
    other = open_detector("Acme")
    other.load(detector.dump())
    told = other.narratives()
    assert told[1]
    assert told == detector.narratives()


def test_memory_is_bounded_and_what_was_silent_longest_fades() -> None:
    narratives = Narratives("Acme", open_detector("Acme")._evidence, seeds=8, standing=4)
    for topic in range(40):
        for number in range(3):
            _count(narratives, mention(1000 * topic + number, 100 + topic, START + 60 * topic, spread=0.1))
    clusters = narratives.clusters
    assert len(clusters.seeds) <= 8
    assert len(clusters.standing) == 4
    assert clusters.used <= 13
    told = narratives.changes()[0]
    assert len({record.id for record in told}) >= 30, "a narrative that fades is told of before it goes"
    again = _count(narratives, mention(1, 100, START + DAY, spread=0.1))
    assert again == derive("narrative", "Acme", mention(1, 100, START + DAY).mention.id)


def _count(narratives: Narratives, scored: Scored) -> str:
    from models.copies import Placed

    return narratives.count(scored, Placed(scored.mention.id, 1, 1.0), None)


def test_a_storm_does_not_become_what_is_usual() -> None:
    narratives = Narratives("Acme", open_detector("Acme")._evidence)
    for scored in mixture(400):
        _count(narratives, scored)
    before = {_count(narratives, mention(5_000 + topic, topic, START)) for topic in range(4)}
    storm = {_count(narratives, mention(10_000 + number, 9, START)) for number in range(1_500)}
    after = {_count(narratives, mention(6_000 + topic, topic, START)) for topic in range(4)}
    assert len(storm) <= 3
    assert after == before


def test_the_state_of_a_busy_brand_is_small() -> None:
    detector = open_detector("Acme")
    play(detector, mixture(600, topics=20))
    plain = open_detector("Acme")
    play(plain, [replace(each, score=replace(each.score, embedding=b"")) for each in mixture(600, topics=20)])
    assert len(detector.dump()) - len(plain.dump()) < 60_000


def test_the_defaults_bound_what_a_brand_holds() -> None:
    assert SEEDS + STANDING < 500
    assert Clusters("Acme").space.slots == SEEDS + STANDING + 2
