"""Changes of a mean: found where they are, and not where nothing changed."""

import random

import pytest

from models.shift import LEAST, shift


def shares(seed: int, *parts: tuple[int, float]) -> list[float]:
    chance = random.Random(seed)
    return [float(chance.random() < share) for count, share in parts for _ in range(count)]


@pytest.mark.parametrize("seed", range(8))
def test_where_nothing_changes_nothing_is_found(seed: int) -> None:
    assert shift(shares(seed, (4_000, 0.3))) is None


@pytest.mark.parametrize(("before", "now"), [(0.2, 0.4), (0.05, 0.25), (0.9, 0.6)])
def test_a_change_is_found_where_it_lies(before: float, now: float) -> None:
    found = shift(shares(3, (900, before), (600, now)))
    assert found is not None
    assert found.place == pytest.approx(900, abs=100)
    assert (found.before, found.now) == pytest.approx((before, now), abs=0.06)


def test_a_small_one_and_one_that_has_just_begun_are_not_told() -> None:
    assert shift(shares(3, (4_000, 0.2), (4_000, 0.25))) is None
    assert shift(shares(3, (900, 0.1), (LEAST // 2, 0.9))) is None
    assert shift([]) is None


def test_what_has_changed_back_is_over() -> None:
    found = shift(shares(3, (900, 0.2), (500, 0.6), (900, 0.2)))
    assert found is None or found.now < found.before
