"""Mentions that were announced are placed as if they had not been, bit for bit."""

import random

import numpy as np
import pytest

from core.clock import from_seconds
from core.records import Mention, Score, Scored
from core.vectors import pack_vector
from models.copies import Placed
from models.narrative_assign import Assigned, assign
from models.narrative_clusters import Clusters

AT = 1_700_000_000
DIMENSIONS = 48
UNUSABLE = (b"", bytes(DIMENSIONS), b"\x05" * (DIMENSIONS + 1))
"""Without an embedding, one of no direction, one of another encoder."""


def mentions(count: int, topics: int) -> list[tuple[Scored, Placed]]:
    """Texts on topics that come and go; a tenth are copies, some have no usable embedding."""
    chance, draw = np.random.default_rng(11), random.Random(12)
    middles, made = chance.normal(size=(topics, DIMENSIONS)), list[tuple[Scored, Placed]]()
    for number in range(count):
        near = middles[draw.randrange(topics) * number // count] + 0.6 * chance.normal(size=DIMENSIONS)
        packed = pack_vector((near / np.linalg.norm(near)).astype(np.float32))
        packed = draw.choice(UNUSABLE) if draw.random() < 0.02 else packed
        mention = Mention("rss", str(number), "words", from_seconds(AT), from_seconds(AT))
        if made and draw.random() < 0.1:
            scored, placed = draw.choice(made)
            made.append((scored, Placed(placed.cluster, placed.copy_number + 1, 0.5)))
        else:
            scored = Scored(mention, Score(0.3, 0.5, 0.2, b"", embedding=packed))
            made.append((scored, Placed(mention.id, 1, 1.0)))
    return made


def place(clusters: Clusters, scored: Scored, placed: Placed) -> Assigned | None:
    return assign(clusters, scored, placed, AT)


@pytest.mark.parametrize("ahead", [1, 2, 7, 32, 500])
def test_an_announced_mention_is_placed_as_any_other(ahead: int) -> None:
    plain, told = Clusters("Acme", 12, 12, merge=0.3), Clusters("Acme", 12, 12, merge=0.3)
    row = mentions(1_500, topics=60)
    expected = [place(plain, *each) for each in row]
    found = []
    for start in range(0, len(row), ahead):
        told.expect([scored.score.embedding for scored, _ in row[start : start + ahead]])
        found += [place(told, *each) for each in row[start : start + ahead]]
    assert found == expected
    assert told.space.dump(told.used) == plain.space.dump(plain.used)
    assert plain.born > 100  # many faded, so that slots were emptied and used again


def test_what_was_announced_need_not_come() -> None:
    plain, told = Clusters("Acme"), Clusters("Acme")
    row = mentions(400, topics=9)
    for number, each in enumerate(row):
        if number % 10 == 0:
            told.expect([scored.score.embedding for scored, _ in row[number + 3 : number + 6]])
        assert place(told, *each) == place(plain, *each)
    assert told.space.dump(told.used) == plain.space.dump(plain.used)
