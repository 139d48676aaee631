"""Fusing: signs are fixed, every piece is bounded, and the new pieces may only add."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import fuse
from models.fuse import Decades

QUIET = Decades(0.0, 0.0, 0.0)
POSITIVE = st.floats(0, 1e6)


def named(**changed: float) -> dict[str, float]:
    given_ = {"shift": 0.0, "per_hour": 0.0, "sources": 1, "amplification": 1.0} | changed
    parts = fuse.contributions(QUIET, **given_)  # type: ignore[arg-type]  # sources is a whole number here
    return {part.name: part.value for part in parts}


@given(POSITIVE, POSITIVE)
def test_new_authors_and_the_mix_only_ever_add_and_are_bounded(newcomers: float, mix: float) -> None:
    parts = named(newcomers=newcomers, mix=mix)
    assert 0.0 <= parts[fuse.NEWCOMERS] <= 0.3 + 1e-9
    assert 0.0 <= parts[fuse.MIX] <= 0.3 + 1e-9


def test_without_them_nothing_is_added() -> None:
    assert set(named().values()) == {0.0}


def test_they_count_from_one_in_a_hundred_on_a_tenth_each_deviation() -> None:
    parts = named(newcomers=fuse.ONE_IN_A_HUNDRED, mix=fuse.ONE_IN_A_HUNDRED + 2.0)
    assert parts[fuse.NEWCOMERS] == 0.0
    assert parts[fuse.MIX] == pytest.approx(0.2)


@given(POSITIVE)
def test_copies_only_ever_lower(amplification: float) -> None:
    assert -2.0 <= named(amplification=1.0 + amplification)[fuse.COPIES] <= 0.0


@given(POSITIVE, POSITIVE)
def test_a_shift_only_ever_adds_and_is_bounded(shift: float, more: float) -> None:
    assert 0.0 <= named(shift=shift)[fuse.SHIFT] <= named(shift=shift + more)[fuse.SHIFT] <= 24.0
