"""However much is said, what is kept of it stays within a stated size."""

import json
import random
from collections.abc import Iterator

import numpy as np
import pytest

from core.clock import from_seconds
from core.records import Mention, Score, Scored
from core.vectors import pack_vector
from models import narrative_state
from models.copies import Placed
from models.narrative import Narratives
from models.narrative_clusters import KNOWN_TEXTS, SEEDS, STANDING
from models.narrative_words import EVERYDAY
from models.opening import open_detector, statistics

START, DIMENSIONS, BATCH = 1_700_006_400, 384, 64
MOST = 6_000_000
"""Bytes: 384 narratives with 192 words and as many links of 25 bytes each, a kilobyte of centre and of
bins, and 1.5 kilobytes of halves; 0.2 megabytes for the brand."""


def texts(count: int) -> Iterator[Scored]:
    """Distinct texts of rare words about 600 topics, some spoken of far more often; one in six seconds."""
    draw, chance = random.Random(4), np.random.default_rng(3)
    words = [
        "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(4, 10))) for _ in range(20_000)
    ]
    middles, common = chance.normal(size=(600, DIMENSIONS)), chance.normal(size=DIMENSIONS)
    for number in range(count):
        topic = min(599, int(draw.expovariate(1 / 120)))
        vector = common + middles[topic] + 0.7 * chance.normal(size=DIMENSIONS)
        when = from_seconds(START + 6 * number)
        mention = Mention("rss", str(number), " ".join(draw.choices(words, k=14)), when, when)
        packed = pack_vector((vector / np.linalg.norm(vector)).astype(np.float32))
        yield Scored(mention, Score(0.5, 0.3, 0.2, b"", embedding=packed))


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_the_state_stays_within_its_size(count: int) -> None:
    narratives = Narratives("Acme", open_detector("Acme")._evidence)
    told = 0
    for number, scored in enumerate(texts(count)):
        at = int(scored.mention.event_at.timestamp())
        narratives.count(scored, Placed(scored.mention.id, 1, 1.0), at // 300 * 300)
        if number % BATCH == 0:
            told += len(narratives.changes()[0])
    header, blobs = narrative_state.dump(narratives)
    assert len(json.dumps(header)) + sum(map(len, blobs.values())) < MOST
    clusters = narratives.clusters
    assert len(clusters.seeds) <= SEEDS
    assert len(clusters.standing) <= STANDING
    assert len(clusters.texts) <= KNOWN_TEXTS
    assert len(narratives.everyday.words) <= 2 * EVERYDAY
    assert clusters.space.slots == SEEDS + STANDING + 2
    assert clusters.born > len(clusters)
    assert told


def test_the_statistics_of_a_state_hold_no_word_and_see_the_same() -> None:
    detector = open_detector("Acme")
    for scored in texts(300):
        detector.count(scored)
    at = from_seconds(START + 1_805)
    detector.advance(at, 1.0, 1)
    bare = open_detector("Acme")
    bare.load(statistics(detector.dump()))
    assert detector.narratives()[0]
    assert bare.narratives() == ([], [])
    assert len(bare.dump()) < len(detector.dump()) / 2
    assert bare.peek(at, 1.0, 1) == detector.peek(at, 1.0, 1)
