"""Every estimator keeps the contract of `models.checks`; a new file is found by itself."""

from collections.abc import Callable

import pytest

from models.checks import CHECKS, Estimator, check_bounded, estimators
from models.growth import Growth
from models.seen import Seen

FOUND = estimators()


def test_finds_every_estimator_of_the_package() -> None:
    assert {"baseline", "growth", "share", "spike", "trend", "calibration"} <= set(FOUND)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("make", FOUND.values(), ids=FOUND)
def test_contract(make: Callable[[], Estimator], check: Callable[[Callable[[], Estimator]], None]) -> None:
    check(make)


class _Hoarder(Growth):
    """Keeps every bin: what the contract must refuse."""

    estimator = ""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Seen] = []

    def learn_one(self, seen: Seen) -> None:
        super().learn_one(seen)
        self.kept.append(seen)


def test_contract_refuses_unbounded_memory() -> None:
    with pytest.raises(AssertionError):
        check_bounded(_Hoarder)
