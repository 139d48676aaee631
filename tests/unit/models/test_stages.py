"""Up on two bins in a row, down after three hours, blindness remembers."""

import pytest

from core.records import Stage
from models.stages import CALM, FIRESTORM, SMOULDERING, SPREADING, Stages


def after(*targets: int, falling: bool = False) -> Stages:
    stages = Stages()
    for target in targets:
        stages.close(target, falling)
    return stages


def test_one_bin_is_not_enough_two_are() -> None:
    assert after(FIRESTORM).stage is Stage.CALM
    assert after(FIRESTORM, FIRESTORM).stage is Stage.FIRESTORM
    assert after(FIRESTORM, CALM, FIRESTORM).stage is Stage.CALM


def test_a_stage_needs_two_bins_of_its_own_strength() -> None:
    assert after(SMOULDERING, FIRESTORM).stage is Stage.SMOULDERING
    assert after(SPREADING, FIRESTORM).stage is Stage.SPREADING


def test_falls_after_three_hours_to_what_still_holds() -> None:
    assert after(SPREADING, SPREADING, *[SMOULDERING] * 35).stage is Stage.SPREADING
    assert after(SPREADING, SPREADING, *[SMOULDERING] * 36).stage is Stage.SMOULDERING


def test_a_storm_that_falls_for_two_hours_is_cooling_and_may_flare_up() -> None:
    stages = after(FIRESTORM, FIRESTORM)
    for _ in range(24):
        stages.close(FIRESTORM, falling=True)
    falling = stages.stage
    for _ in range(2):
        stages.close(FIRESTORM, falling=False)
    assert (falling, stages.stage) == (Stage.COOLING, Stage.FIRESTORM)


def test_quiet_bins_end_a_cooling_storm() -> None:
    stages = after(SPREADING, SPREADING)
    for _ in range(36):
        stages.close_quiet()
    assert stages.stage is Stage.CALM


def test_blindness_is_unknown_and_remembers_the_stage() -> None:
    stages = after(SPREADING, SPREADING)
    stages.close_blind()
    blind = stages.stage
    stages.close(SPREADING, falling=False)
    assert (blind, stages.stage) == (Stage.UNKNOWN, Stage.SPREADING)


def test_learns_slowly_in_a_storm_and_fully_after_72_hours() -> None:
    stages = after(SPREADING, SPREADING)
    assert (stages.speed, stages.excluded) == (0.1, True)
    for _ in range(864):
        stages.close(SPREADING, falling=False)
        stages.settle(unusual=True)
    assert (stages.speed, stages.excluded) == (1.0, False)


def test_what_a_storm_leaves_behind_is_excluded_until_three_hours_were_usual() -> None:
    stages = after(SPREADING, SPREADING)
    stages.settle(unusual=True)
    for _ in range(36):
        stages.close(CALM, falling=True)
    assert stages.stage is Stage.CALM
    for unusual in (True, False, True, *[False] * 35):
        stages.settle(unusual)
        assert stages.excluded
    stages.settle(unusual=False)
    assert (stages.speed, stages.excluded) == (1.0, False)
    stages.settle(unusual=True)
    assert not stages.excluded


@pytest.mark.parametrize("bins", [0, 1, 2, 30, 900])
def test_state_and_restore_are_exact(bins: int) -> None:
    stages = after(*[SPREADING] * bins, falling=True)
    copy = Stages()
    copy.restore(stages.state())
    for each in (stages, copy):
        each.close(FIRESTORM, falling=False)
    assert copy.state() == stages.state()


def test_rest_is_a_fresh_machine() -> None:
    stages = after(*[FIRESTORM] * 5)
    stages.rest()
    assert stages.state() == Stages().state()
