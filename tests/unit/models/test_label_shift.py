"""How common the classes are, found without labels, and what reads with it."""

import numpy as np
import pytest

from core.records import Probabilities, Sentiment
from models.adaptation import Adaptation
from models.label_shift import EQUAL, between, distance, estimate, shift
from models.learned import Learned
from models.learner import Learner
from models.packing import pack, unpack
from tests.unit.models.test_learner import DIMENSIONS, labels, readings, teach

SHARES: Probabilities = (0.6, 0.25, 0.15)


def simulated(count: int, shares: Probabilities, seed: int = 1) -> tuple[list[int], list[Probabilities]]:
    """Return classes drawn with `shares`, and probabilities that hold for equally common ones."""
    chance = np.random.default_rng(seed)
    truth = chance.choice(3, size=count, p=shares)
    odds = np.exp(1.5 * (chance.normal(size=(count, 3)) + 1.5 * np.eye(3)[truth]))  # Bayes' rule
    rows = odds / odds.sum(axis=1, keepdims=True)
    return truth.tolist(), [(float(row[0]), float(row[1]), float(row[2])) for row in rows]


@pytest.mark.parametrize("shares", [SHARES, (0.15, 0.2, 0.65), (0.05, 0.9, 0.05), EQUAL])
def test_shares_are_recovered_without_a_label(shares: Probabilities) -> None:
    _, rows = simulated(4_000, shares)
    plain: Probabilities = tuple(np.mean(rows, axis=0).tolist())
    found = estimate(rows)
    assert sum(found) == pytest.approx(1.0)
    assert distance(found, shares) < 0.04
    assert distance(found, shares) <= distance(plain, shares) + 0.01
    assert estimate(rows) == found


def test_reading_with_the_shares_is_right_more_often() -> None:
    truth, rows = simulated(4_000, SHARES)
    plain = np.mean(np.argmax(rows, axis=1) == truth)
    assert np.mean(np.argmax(np.array(rows) * estimate(rows), axis=1) == truth) > plain + 0.02


def test_few_texts_are_pulled_towards_equal_shares_and_none_give_them() -> None:
    _, rows = simulated(4_000, (0.05, 0.9, 0.05))
    assert distance(estimate(rows[:50]), EQUAL) < distance(estimate(rows), EQUAL) / 2
    assert estimate([]) == pytest.approx(EQUAL)
    assert min(estimate([(1.0, 0.0, 0.0)] * 10_000)) > 0.0


def test_part_of_the_way_lies_between() -> None:
    assert between(EQUAL, SHARES, 1.0) == pytest.approx(SHARES)
    assert between(EQUAL, SHARES, 0.0) == pytest.approx(EQUAL)
    assert distance(EQUAL, between(EQUAL, SHARES, 0.5)) < distance(EQUAL, SHARES)
    assert shift(EQUAL).tolist() == [0.0, 0.0, 0.0]


def test_undoing_shares_and_lessons_gives_the_shipped_numbers_bit_for_bit() -> None:
    texts = readings(500, 6)
    learner = Learner(DIMENSIONS, 1, (0.02, 0.03, 0.95))
    for weights in (learner.adaptation(), _wild(), _taught(learner)):
        adapted = weights.apply(texts)
        assert adapted != [text.shipped for text in texts]
        assert weights.undo(adapted, [text.embedding for text in texts]) == [text.shipped for text in texts]


def _wild() -> Adaptation:
    weights = np.full((DIMENSIONS, 3), (50.0, 0.0, -50.0))
    return Adaptation(1, weights, np.zeros(3), (0.001, 0.001, 0.998))


def _taught(learner: Learner) -> Adaptation:
    teach(learner, readings(100), labels(100))
    return learner.adaptation()


def test_shares_multiply_what_ships() -> None:
    (text,) = readings(1)
    (row,) = Learner(DIMENSIONS, 1, SHARES).adaptation().apply([text])
    weighted = np.array(text.shipped) * SHARES
    assert row == pytest.approx((weighted / weighted.sum()).tolist())


def test_what_is_learned_stands_on_the_shares() -> None:
    """A label that the shares expect anyway teaches less than one that they speak against."""
    (text,) = readings(1)
    expected = Learner(DIMENSIONS, 1, (0.98, 0.01, 0.01))
    unlikely = Learner(DIMENSIONS, 1, (0.01, 0.01, 0.98))
    for learner in (expected, unlikely):
        teach(learner, [text] * 20, [Sentiment.NEGATIVE] * 20)
    assert 0.0 < expected.adaptation().bias[0] < unlikely.adaptation().bias[0]


def test_shares_are_kept_with_the_version_and_a_former_release_had_none() -> None:
    learned = Learned(Learner(DIMENSIONS, 3, SHARES), counted=5_000, recount=True)
    again = Learned.unpack(learned.pack(), 3)
    assert (again.learner.shares, again.counted, again.recount) == (SHARES, 5_000, True)
    header, blobs = unpack(1, learned.pack())
    inner, parts = unpack(1, blobs["learner"])
    del header["counted"], header["recount"], inner["shares"]
    former = Learned.unpack(pack(1, header, blobs | {"learner": pack(1, inner, parts)}), 3)
    assert (former.learner.shares, former.counted, former.recount) == (EQUAL, 0, False)
    child = learned.successor(4, learned)
    assert (child.learner.shares, child.counted, child.recount) == (SHARES, 5_000, False)
