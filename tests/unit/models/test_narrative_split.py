"""A narrative whose members have become two groups splits; on vectors whose meaning is known."""

import random
from collections.abc import Sequence
from math import cos, radians, sin

import numpy as np
import pytest

from core.clock import from_seconds
from core.records import Match, Mention, Narrative, Score, Scored, Stage, Window, derive
from core.vectors import pack_vector
from models.copies import Placed
from models.detect import BrandDetector
from models.narrative import Narratives
from models.narrative_clusters import Clusters
from models.narrative_halves import LARGE, ROUND, Halves
from models.opening import open_detector
from models.signature import BYTES

START = 1_700_006_400
HOUR, DAY = 3600, 86400
DIMENSIONS = 64
DEGREES = 55.0
"""Between one part of what was a single topic, and its middle, in the end."""


def _direction(key: int) -> np.ndarray:
    return np.random.default_rng(key).normal(size=DIMENSIONS)


def mention(number: int, meaning: np.ndarray, at: float, negative: float = 0.3) -> Scored:
    """A mention near a meaning, on top of what all talk about the brand shares."""
    made = _direction(999) + meaning + 0.5 * _direction(100_000 + number)
    packed = pack_vector((made / np.linalg.norm(made)).astype(np.float32))
    when = from_seconds(at)
    body = Mention("rss", str(number), f"words {number}", when, when)
    signature = random.Random(number).randbytes(BYTES)
    return Scored(body, Score(negative, 1.0 - negative, 0.0, signature, embedding=packed))


def parting(count: int = 500, smaller: int = 3, start: int = START, most: float = DEGREES) -> list[Scored]:
    """Half is usual talk; in the other half a topic becomes two, each `smaller`-th mention in one part."""
    made = []
    for number in range(count):
        angle = radians(most * min(1.0, 2 * number / count))
        side = -1.0 if (number // 2) % smaller == 0 else 1.0
        topic = cos(angle) * _direction(50) + side * sin(angle) * _direction(51)
        meaning = topic if number % 2 else _direction(1 + number // 2 % 4)
        made.append(mention(number, meaning, start + 60 * number))
    return made


def play(detector: BrandDetector, mentions: Sequence[Scored]) -> tuple[list[Match], dict[str, Narrative]]:
    """Return the matches and the last record of each narrative."""
    matches, records = [], dict[str, Narrative]()
    for scored in mentions:
        detector.advance(scored.mention.event_at, 1.0, 1)
        matches.append(detector.count(scored))
        records |= {each.id: each for each in detector.narratives()[0]}
    return matches, records


def alone(scored: Scored) -> tuple[Scored, Placed]:
    """A mention that is no copy."""
    return scored, Placed(scored.mention.id, 1, 1.0)


def split(records: dict[str, Narrative]) -> tuple[Narrative, Narrative]:
    """Return the largest narrative and the only one that split off from it, that first."""
    old = max(records.values(), key=lambda each: each.mentions)
    (young,) = (each for each in records.values() if each.split_from == old.id)
    return young, old


def test_two_groups_become_two_narratives_and_the_older_keeps_the_larger_part() -> None:
    mentions = parting()
    detector = open_detector("Acme")
    matches, records = play(detector, mentions)
    young, old = split(records)
    assert old.split_off == (young.id,)
    first = next(place for place, match in enumerate(matches) if match.narrative == young.id)
    assert young.id == derive("narrative", "Acme", mentions[first].mention.id)
    assert young.born_at == mentions[first].mention.event_at > old.born_at
    assert young.mentions == sum(match.narrative == young.id for match in matches)
    assert old.mentions == sum(match.narrative == old.id for match in matches)
    late = [(int(m.mention.native_id), match.narrative) for m, match in zip(mentions, matches, strict=True)]
    late = [(number, found) for number, found in late[first:] if number % 2]
    told_apart = [found == (old.id if number // 2 % 3 else young.id) for number, found in late]
    assert np.mean(told_apart) > 0.95


def test_the_same_mentions_split_alike_whatever_was_announced_and_however_often_it_was_restored() -> None:
    mentions = parting()
    whole, told, broken = (open_detector("Acme") for _ in range(3))
    expected = [whole.count(scored) for scored in mentions]
    found, restored = [], []
    for place, scored in enumerate(mentions):
        if place % 40 == 0:
            told.expect(mentions[place : place + 40])
        if place % 29 == 0:
            state = broken.dump()
            broken = open_detector("Acme")
            broken.load(state)
            assert broken.dump() == state
        found.append(told.count(scored))
        restored.append(broken.count(scored))
    assert found == restored == expected
    assert whole.dump() == told.dump() == broken.dump()
    records = whole.narratives()[0]
    assert records == broken.narratives()[0]
    assert split({each.id: each for each in records})


@pytest.mark.parametrize("most", [0.0, 20.0])
def test_one_topic_stays_one(most: float) -> None:
    _, records = play(open_detector("Acme"), parting(900, smaller=2, most=most))
    old = max(records.values(), key=lambda each: each.mentions)
    assert old.mentions > 400
    assert not old.split_off


def test_what_the_first_narrative_of_a_brand_took_in_is_told_apart() -> None:
    mentions = parting(600, most=0.0)
    matches, records = play(open_detector("Acme"), mentions)
    (young,) = (each for each in records.values() if each.split_from)
    assert young.split_from == matches[0].narrative
    late = {
        topic: {match.narrative for match in matches[400 + 2 * topic :: 8]} for topic in range(4)
    }  # every eighth mention is about the same everyday topic
    assert all(len(found) == 1 for found in late.values()), late
    assert len(set().union(*late.values())) == 4


def test_a_few_who_say_something_else_are_no_part() -> None:
    _, records = play(open_detector("Acme"), parting(900, smaller=12))
    assert not max(records.values(), key=lambda each: each.mentions).split_off


def test_what_never_belonged_together_is_not_cut_in_two() -> None:
    clusters, rounds = Clusters("Acme"), 0
    for number in range(200):
        clusters.place(*alone(mention(number, _direction(number), START)), START)
    halves = Halves.empty(DIMENSIONS)
    for number in range(1_000, 1_000 + 12 * ROUND):
        projected = clusters.space.project(mention(number, _direction(number), START).score.embedding)
        assert projected is not None
        halves.add(projected)
        if halves.over:
            assert clusters.space.likeness(*halves.means) == 1.0
            rounds, halves = rounds + 1, Halves.empty(DIMENSIONS)
    assert rounds > 5


def test_usual_talk_that_splits_is_no_rise() -> None:
    detector, chance = open_detector("Acme"), random.Random(7)
    counts = [float(sum(chance.random() < 0.15 for _ in range(20))) for _ in range(288 * 7)]
    detector.learn(
        Window(START + 300 * place, 1.0, n, 0.3 * n, n, 0.3 * n, backfill=True)
        for place, n in enumerate(counts)
    )
    mentions = parting(900, start=START + 7 * DAY)
    records, stages = dict[str, Narrative](), set[Stage]()
    for scored in mentions:
        detector.advance(scored.mention.event_at, 1.0, 1)
        detector.count(scored)
        told = detector.narratives()[0]
        stages |= {each.stage for each in told}
        records |= {each.id: each for each in told}
    assert split(records)
    assert stages == {Stage.CALM}


def test_what_is_usual_is_shared_out() -> None:
    narratives = Narratives("Acme", open_detector("Acme")._evidence)
    before = 0.0
    for scored in parting():
        at = int(scored.mention.event_at.timestamp())
        usual = {each.id: each.tracked.now.usual for each in narratives.clusters}
        narratives.count(*alone(scored), at // 300 * 300)
        young = next((each for each in narratives.clusters if each.split_from), None)
        if young is not None:
            (old,) = (each for each in narratives.clusters if each.id == young.split_from)
            before = usual[old.id]
            break
        for live in narratives.clusters:
            live.tracked.now.usual = 100.0
    assert before == 100.0
    assert young is not None
    assert young.tracked.now.usual + old.tracked.now.usual == pytest.approx(100.0)
    assert 20.0 < young.tracked.now.usual < 50.0
    assert young.mentions == 1
    assert old.voices > young.voices > 0.0


def test_backfill_splits_and_raises_nothing() -> None:
    narratives = Narratives("Acme", open_detector("Acme")._evidence)
    for scored in parting():
        narratives.count(*alone(scored), None)
    told = narratives.changes()[0]
    assert any(each.split_from for each in told)
    assert {(each.stage, each.seen) for each in told} == {(Stage.CALM, 0.0)}


def test_a_state_from_before_narratives_could_split_is_taken_over() -> None:
    from models import narrative_state

    narratives = Narratives("Acme", open_detector("Acme")._evidence)
    for scored in parting(2 * LARGE):
        narratives.count(*alone(scored), None)
    header, blobs = narrative_state.dump(narratives)
    del blobs["narratives.halves"]
    for plain in header["live"]:
        for name in ("split_from", "split_off", "halves"):
            del plain[name]
    other = Narratives("Acme", open_detector("Acme")._evidence)
    narrative_state.load(other, header, blobs)
    assert [each.id for each in other.clusters] == [each.id for each in narratives.clusters]


def test_a_round_that_nobody_ends_ends_by_itself() -> None:
    clusters = Clusters("Acme")
    projected = clusters.space.project(mention(0, _direction(50), START).score.embedding)
    assert projected is not None
    halves = Halves.empty(DIMENSIONS)
    for _ in range(2 * ROUND - 1):
        halves.add(projected)
        halves.counts, halves.newest = [sum(halves.counts) - 1, 1], 0
        assert not halves.over
    halves.add(projected)
    assert halves.over
