"""The watch over the model in use: sees a change, is not misled by harder questions, restarts exactly."""

import random
from collections.abc import Iterator

from core.records import Stretch
from models.drift import Asked, Watch, stretch


def asked(count: int, wrong: float, doubt: float, seed: int, start: int = 0) -> Iterator[Asked]:
    """Return predictions of a model that is wrong with a probability and believes another one."""
    chance = random.Random(seed)
    for place in range(start, start + count):
        yield Asked(place, right=True, used_right=chance.random() >= wrong, shipped_right=True, doubt=doubt)


def drifts(watch: Watch, *parts: Iterator[Asked]) -> list[int]:
    """Take all in; return the positions at which drifts were seen."""
    return [one.position for part in parts for one in part if watch.add(one)]


def test_a_steady_error_is_no_drift() -> None:
    for seed in range(10):
        watch = Watch()
        assert drifts(watch, asked(200, 0.3, 0.2, seed)) == []
        assert len(watch.asked) == 200
        assert watch.before is None


def test_a_model_that_gets_worse_is_noticed_from_where_it_did() -> None:
    watch = Watch()
    (at,) = drifts(watch, asked(200, 0.2, 0.2, 1), asked(60, 0.7, 0.2, 2, start=200))
    assert 205 < at < 240
    assert 180 < watch.asked[0].position < at
    assert watch.before is not None
    assert watch.before.labels + len(watch.asked) == 260
    assert watch.before.wrong / watch.before.labels < 0.3
    now = stretch(watch.asked)
    assert now.wrong / now.labels > 0.5
    assert now.excess > watch.before.excess + 0.3


def test_harder_questions_are_no_drift() -> None:
    """The same errors as above, but the model had said how unsure it was."""
    watch = Watch()
    assert drifts(watch, asked(200, 0.2, 0.2, 1), asked(60, 0.7, 0.66, 2, start=200)) == []


def test_a_model_that_gets_better_begins_anew_without_a_complaint() -> None:
    watch = Watch()
    assert drifts(watch, asked(200, 0.7, 0.2, 1), asked(60, 0.1, 0.2, 2, start=200))
    assert watch.before is None
    assert len(watch.asked) < 120


def test_a_restart_at_any_place_sees_the_same() -> None:
    watch, told = Watch(), []
    for one in (*asked(80, 0.1, 0.2, 3), *asked(60, 0.8, 0.2, 4, 80), *asked(80, 0.1, 0.2, 5, 140)):
        again = Watch.from_rows(*watch.rows())
        drifted = watch.add(one)
        assert again.add(one) is drifted
        assert again.rows() == watch.rows()
        told += [one.position] if drifted else []
    assert len(told) >= 2


def test_what_was_expected_is_the_sum_of_doubts() -> None:
    three = [Asked(place, True, place > 0, True, 0.25) for place in range(3)]
    assert stretch(three) == Stretch(3, 1, 0.75)
    assert stretch(three).excess == 0.25 / 3
