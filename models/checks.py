"""The contract that every estimator of this package keeps, as checks that find them by themselves.

An estimator is a class with a non-empty attribute `estimator`. Adding one means
adding a file; `check_estimator` then runs on it as on all others.
"""

import inspect
import pickle
import random
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Protocol

import models
from core.records import BIN_SECONDS
from core.registry import plugins
from models.priors import load_priors
from models.seen import Seen
from models.topics import DIRECTIONS, Code

_START = 1_700_006_400
_BINS = 600


class Estimator(Protocol):
    """What detection is composed of; the verbs are River's."""

    estimator: ClassVar[str]

    def learn_one(self, seen: Seen) -> None:
        """Take in one bin."""

    def score_one(self, seen: Seen) -> float:
        """Return how alarming this bin would be, 0 for not at all; changes nothing."""

    def rest(self) -> None:
        """End of history: forget what could alarm, keep what was learned."""

    def state(self) -> tuple[float, ...]:
        """Return all that changes, in a fixed number of figures."""

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` of this object gave."""


def estimators() -> dict[str, Callable[[], Estimator]]:
    """Return a maker for each estimator of this package, by name."""
    return {name: _maker(kind) for name, kind in plugins(models, "estimator").items()}


def _maker(kind: Callable[..., Any]) -> Callable[[], Estimator]:
    wants = "priors" in inspect.signature(kind).parameters
    return lambda: kind(load_priors()) if wants else kind()


def bins(count: int, seed: int, level: float = 2.0) -> Iterator[Seen]:
    """Yield made-up bins, `level` times as busy as expected, all fields filled in."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, not a secret
    hour = [0.0] * 12
    for place in range(count):
        mentions = float(chance.randrange(1 + int(4 * level)))
        hour = [*hour[1:], mentions]
        yield Seen(
            start=_START + place * BIN_SECONDS,
            mentions=mentions,
            negative=mentions * chance.randrange(5) / 4,
            expected=2.0,
            expected_negative=1.0,
            hour_mentions=sum(hour),
            hour_negative=sum(hour) / 2,
            growth=chance.randrange(16) * level,
            share=chance.randrange(8) * level,
            fused=chance.randrange(4) * level,
            pageable=chance.randrange(4) * level,
            authors=4.0,
            new_authors=float(chance.randrange(5)),
            places={chance.randrange(3): 2, 7: 1},
            topics=_codes(chance, 60),
            topics_hour=_codes(chance, 20),
        )


def _codes(chance: random.Random, count: int) -> Code:
    """Return a sum of the codes of `count` complaints."""
    along = [chance.randrange(-20 * count, 20 * count) for _ in range(DIRECTIONS)]
    return (count, 126**2 * count, *along)


def quiet() -> Seen:
    """Return a bin in which nothing happens."""
    return Seen(start=_START + _BINS * BIN_SECONDS, expected=2.0, expected_negative=1.0)


def check_deterministic(make: Callable[[], Estimator]) -> None:
    """The same bins lead to the same state and scores."""
    one, two = _fed(make, 1), _fed(make, 1)
    assert one.state() == two.state()
    assert _scores(one) == _scores(two)


def check_score_changes_nothing(make: Callable[[], Estimator]) -> None:
    """Looking is not learning."""
    estimator = _fed(make, 2)
    before = estimator.state()
    _scores(estimator)
    assert estimator.state() == before


def check_restorable(make: Callable[[], Estimator]) -> None:
    """After going back, the same bins lead to the same state, bit for bit."""
    estimator = _fed(make, 3)
    state = estimator.state()
    _feed(estimator, 4, _BINS)
    first = estimator.state()
    estimator.restore(state)
    assert estimator.state() == state
    _feed(estimator, 4, _BINS)
    assert estimator.state() == first


def check_bounded(make: Callable[[], Estimator]) -> None:
    """Ten times the history takes no more room."""
    short, long = _fed(make, 5), _fed(make, 5)
    _feed(long, 6, 10 * _BINS)
    assert len(long.state()) == len(short.state())
    assert len(pickle.dumps(long)) <= 1.1 * len(pickle.dumps(short)) + 1024


def check_history_never_alarms(make: Callable[[], Estimator]) -> None:
    """A storm in history leaves nothing behind that makes a quiet bin alarming."""
    estimator = _fed(make, 7)
    _feed(estimator, 8, 36, level=20.0)
    estimator.rest()
    assert estimator.score_one(quiet()) <= make().score_one(quiet()) + 1e-9


CHECKS = (
    check_deterministic,
    check_score_changes_nothing,
    check_restorable,
    check_bounded,
    check_history_never_alarms,
)


def check_estimator(make: Callable[[], Estimator]) -> None:
    """Run every check; raises `AssertionError` on the first that fails."""
    for check in CHECKS:
        check(make)


def _fed(make: Callable[[], Estimator], seed: int) -> Estimator:
    estimator = make()
    _feed(estimator, seed, _BINS)
    return estimator


def _feed(estimator: Estimator, seed: int, count: int, level: float = 2.0) -> None:
    for seen in bins(count, seed, level):
        estimator.learn_one(seen)


def _scores(estimator: Estimator) -> list[float]:
    return [estimator.score_one(seen) for seen in bins(50, seed=9)]
