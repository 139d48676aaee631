"""A calm brand whose count lies outside its band: the words beside the state agree with both."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.records import Signal, Stage
from dashboard.present.live import _outside, _sure

CALM = Signal(
    "Northwind Air",
    datetime(2026, 7, 1, tzinfo=UTC),
    Stage.CALM,
    seen=20.0,
    expected=13.0,
    low=2.0,
    high=31.0,
    sure=0.94,
)


def _words(**changed: object) -> tuple[str, str]:
    signal = replace(CALM, **changed)  # type: ignore[arg-type]  # fields of several types
    return _sure(signal), _outside(signal)


@pytest.mark.parametrize("seen", [2.0, 31.0, 31.4, 1.6])
def test_inside_the_band_as_it_is_written_calm_is_simply_sure(seen: float) -> None:
    assert _words(seen=seen) == ("94 % sure", "")


@pytest.mark.parametrize("sure", [0.94, None])
def test_above_the_band_it_says_so_and_promises_nothing(sure: float | None) -> None:
    assert _words(seen=64.0, sure=sure) == ("", "above the band, no storm so far")


def test_below_the_band_too() -> None:
    assert _words(seen=1.0) == ("", "below the band")


@pytest.mark.parametrize(
    ("stage", "sure"), [(Stage.SMOULDERING, ""), (Stage.FIRESTORM, "94 % sure"), (Stage.COOLING, "")]
)
def test_a_state_that_names_trouble_needs_no_such_words(stage: Stage, sure: str) -> None:
    assert _words(seen=64.0, stage=stage) == (sure, "")
