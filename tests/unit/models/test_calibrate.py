"""Peaks over threshold on the own tail, mixed with the pool's; intervals against SciPy."""

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

from models.bands import band
from models.calibrate import Calibration, Tail
from models.priors import RunsPrior, TailPrior, load_priors
from models.runs import Runs
from models.seen import Seen
from models.sliding import GUARD, REFERENCE
from training.priors import curve
from training.replay import WARM_BINS, pages

POOL = TailPrior(2.0, 0.5)


def fed(values: "np.ndarray[tuple[int], np.dtype[np.float64]] | list[float]", linear: bool = True) -> Tail:
    tail = Tail(POOL, linear)
    for place, value in enumerate(values):
        tail.learn(float(value))
        if place % 48 == 0:
            tail.refresh(POOL)
    return tail


def test_a_young_brand_has_the_tail_of_the_pool() -> None:
    tail = fed([50.0] * GUARD)
    tail.refresh(POOL)
    assert (tail.level, tail.excess_mean) == (2.0, 0.5)


def test_an_old_brand_has_its_own_quantile_and_excess() -> None:
    values = np.random.default_rng(1).exponential(3.0, REFERENCE + GUARD)
    level, excess = fed(values).own_tail()
    assert level == pytest.approx(np.quantile(values[:REFERENCE], 0.99), rel=0.08)
    assert excess == pytest.approx(3.0, rel=0.4)


def test_own_weight_is_n_over_n_plus_one_week() -> None:
    tail = fed([9.0] * (2016 + GUARD))
    own, _ = tail.own_tail()
    tail.refresh(POOL)
    assert tail.level == pytest.approx((own + 2.0) / 2.0)


def test_of_volume_the_pool_leaves_as_two_weeks_fill() -> None:
    levels = []
    for held in (0, 2016, REFERENCE):
        tail = Tail(POOL, linear=True, plain=True)
        for _ in range(held + GUARD):
            tail.learn(9.0)
        tail.refresh(POOL)
        own, _ = tail.own_tail()
        levels.append((tail.level - 2.0) / (own - 2.0))
    assert levels == pytest.approx([0.0, 2 / 3, 1.0])


@pytest.mark.parametrize(("pool", "least"), [(0.12, 0.06), (0.5, 0.1)])
def test_a_steady_brand_s_excess_has_a_floor(pool: float, least: float) -> None:
    tail = Tail(TailPrior(2.0, pool), linear=False, plain=True)
    for _ in range(REFERENCE + GUARD):
        tail.learn(3.0)
    tail.refresh(TailPrior(2.0, pool))
    assert tail.excess_mean == pytest.approx(least)


def test_a_storm_counts_for_volume_alone() -> None:
    calibration = Calibration(load_priors())
    seen = Seen(hour_mentions=50.0, hour_negative=40.0, growth=9.0, fused=5.0)
    calibration.learn_one(seen, calm=False)
    calibration.learn_one(seen)
    assert [tail.count for tail in calibration.tails] == [1, 1, 2, 1]


def test_evidence_of_an_exponential_tail_is_its_true_probability() -> None:
    found = []
    for seed in range(12):
        tail = fed(np.random.default_rng(seed).exponential(1.0, REFERENCE + GUARD))
        tail.level, tail.excess_mean = tail.own_tail()
        found.append([tail.evidence(decades * np.log(10.0)) for decades in (3.0, 4.0, 5.0)])
    assert np.mean(found, axis=0) == pytest.approx([3.0, 4.0, 5.0], abs=0.3)


def test_evidence_below_the_level_is_the_share_of_bins_that_reach_it() -> None:
    tail = fed(np.linspace(0.0, 1.0, REFERENCE + GUARD), linear=False)
    assert tail.evidence(0.0) == 0.0
    assert tail.evidence(0.9 * REFERENCE / (REFERENCE + GUARD)) == pytest.approx(1.0, abs=0.3)


def test_the_last_day_is_held_back() -> None:
    calm = fed([1.0] * 3000)
    stormy = fed([1.0] * (3000 - GUARD) + [90.0] * GUARD)
    assert stormy.own_tail() == calm.own_tail()


def test_the_day_that_led_to_a_storm_never_enters() -> None:
    calm, stormy = fed([1.0] * 3000), fed([1.0] * (3000 - GUARD) + [90.0] * GUARD)
    stormy.withdraw()
    for tail in (calm, stormy):
        for _ in range(600):
            tail.learn(1.0)
    assert stormy.own_tail() == calm.own_tail()
    assert calm.held - stormy.held == GUARD


def test_what_was_withdrawn_is_so_no_more_after_going_back() -> None:
    there, back = fed([2.0] * 1200), fed([2.0] * 1200)
    before = back.state()
    for _ in range(100):
        back.learn(7.0)
    back.withdraw()
    for _ in range(400):
        back.learn(3.0)
    back.restore(before)
    for tail in (there, back):
        for _ in range(500):
            tail.learn(4.0)
    assert back.held == there.held
    assert back.own_tail() == there.own_tail()
    assert back.cells(1200) == there.cells(1200)


def test_a_missed_storm_moves_the_level_by_four_excesses_at_most() -> None:
    tail = fed(np.random.default_rng(3).exponential(1.0, REFERENCE + GUARD))
    tail.refresh(POOL)
    level, excess = tail.level, tail.excess_mean
    for value in [200.0] * 240 + [1.0] * GUARD:
        tail.learn(value)
    tail.refresh(POOL)
    assert level < tail.level <= level + 4.0 * excess


def test_forgets_after_two_weeks() -> None:
    tail = fed([90.0] * 500 + [1.0] * (REFERENCE + GUARD))
    assert tail.own_tail()[0] < 1.2


@settings(max_examples=25, deadline=None)
@given(before=st.integers(0, 6000), after=st.integers(0, 620))
def test_rollback_and_reload_lead_back_exactly(before: int, after: int) -> None:
    values = np.random.default_rng(before).exponential(2.0, before + after)
    there = fed(values[:before])
    back = fed(values)
    back.rollback(before)
    again = Tail(POOL, linear=True)
    again.reload(back.cells(before), before)
    assert there.own_tail() == back.own_tail() == again.own_tail()
    assert there.cells(before) == back.cells(before)


FEW = RunsPrior(per_week=1.0, square=20.0)


def ran(highest: list[float], calm: int = 100) -> Runs:
    """Return what has learned one run of five bins after another, then a day and three hours of nothing."""
    runs = Runs(FEW)
    for value in highest:
        for each in [0.5 * value, value, 0.0, 0.9 * value, 0.2 * value, *[0.0] * calm]:
            runs.learn(each)
    for _ in range(GUARD + 36):
        runs.learn(0.0)
    return runs


def test_a_run_counts_once_with_its_highest_figure() -> None:
    count, squares = ran([3.0, 5.0]).own()
    assert count == 2
    assert squares == pytest.approx(3.0**2 + 5.0**2, rel=0.1)


def test_one_run_ends_where_three_hours_have_nothing() -> None:
    assert ran([3.0, 5.0], calm=34).own()[0] == 1
    assert ran([3.0, 5.0], calm=36).own()[0] == 2


def test_runs_of_a_young_brand_are_those_of_the_pool() -> None:
    runs = Runs(FEW)
    assert runs.rarity == pytest.approx(np.log10(2016.0))
    assert runs.evidence(0.0) == 0.0
    assert runs.evidence(4.0) == pytest.approx(runs.rarity + 16.0 / 20.0 / np.log(10.0))


def test_evidence_of_runs_is_how_often_they_reach_a_figure() -> None:
    """Of squares that are exponential, in the fortieth part of all bins, from many brands' two weeks."""
    chance, found = np.random.default_rng(4), []
    for _ in range(12):
        runs = ran(np.sqrt(16.0 * chance.exponential(1.0, 100)).tolist(), calm=36)
        runs.refresh(FEW)
        found.append([runs.evidence(float(np.sqrt(16.0 * nats))) for nats in (1.0, 4.0)])
    wanted = np.log10(41.0) + np.array([1.0, 4.0]) / np.log(10.0)
    assert np.mean(found, axis=0) == pytest.approx(wanted, abs=0.15)


def test_far_out_evidence_grows_no_faster_than_log_odds() -> None:
    runs = Runs(FEW)
    values = np.linspace(0.1, 40.0, 200)
    slopes = np.diff([runs.evidence(float(value)) for value in values]) / np.diff(values)
    assert slopes.max() == pytest.approx(1.0 / np.log(10.0))
    assert slopes[0] < slopes[20] < slopes[40]


def test_the_run_that_led_to_a_storm_is_forgotten() -> None:
    runs = ran([3.0])
    runs.learn(9.0)
    runs.withdraw()
    for _ in range(2 * GUARD):
        runs.learn(0.0)
    assert runs.own()[0] == 1


def test_a_missed_storm_counts_for_at_most_four_mean_squares() -> None:
    runs = ran([300.0])
    assert runs.own()[1] == pytest.approx(4.0 * FEW.square, rel=0.1)


@settings(max_examples=25, deadline=None)
@given(before=st.integers(0, 3000), after=st.integers(0, 620))
def test_runs_go_back_exactly(before: int, after: int) -> None:
    chance = np.random.default_rng(before)
    values = (chance.exponential(2.0, before + after) * (chance.random(before + after) < 0.02)).tolist()
    runs, there = Runs(FEW), Runs(FEW)
    for value in values[:before]:
        runs.learn(value)
        there.learn(value)
    state = runs.state()
    for value in values[before:]:
        runs.learn(value)
    runs.withdraw()
    runs.refresh(FEW)
    runs.restore(state)
    again = Runs(FEW)
    again.reload(there.cells(before), before)
    again.restore(state)
    assert runs.state() == there.state() == again.state() == state
    assert runs.own() == there.own() == again.own()


@pytest.mark.parametrize("mu", [0.05, 0.7, 3.0, 18.0, 39.0, 41.0, 200.0, 5000.0])
@pytest.mark.parametrize("kappa", [0.02, 0.3, 1.0])
def test_band_is_that_of_the_negative_binomial(mu: float, kappa: float) -> None:
    size = 1.0 / kappa
    wanted = nbinom.ppf([0.025, 0.975], size, size / (size + mu))
    assert band(mu, kappa) == pytest.approx(tuple(wanted), rel=0.04, abs=1.0 if mu > 40 else 1e-9)


def test_band_of_nothing_is_nothing() -> None:
    assert band(0.0, 0.1) == (0.0, 0.0)


def test_shipped_priors_are_complete_and_ordered() -> None:
    priors = load_priors()
    assert (len(priors.hours), len(priors.days)) == (24, 7)
    limits = [each.up_to for each in priors.buckets]
    assert limits == sorted(limits)
    assert 2.5 <= priors.threshold <= 8.0
    assert priors.per_decade > 0.0
    assert priors.bucket(1e12) is priors.buckets[-1]
    assert priors.bucket(0.0) is priors.buckets[0]


def test_the_curve_meets_the_budget_where_pages_fall_evenly() -> None:
    tried = {
        f"{at}": {"6": 1.5 * 10.0 ** (-(at - 3.5) / 1.6), "60": 0.5 * 10.0 ** (-(at - 3.5) / 1.6)}
        for at in (3.5, 4.0, 4.5)
    }
    threshold, per_decade = curve(tried)
    assert per_decade == pytest.approx(1.6)
    assert threshold == pytest.approx(3.5 + 1.6 * np.log10(1.0 / 0.5), abs=0.01)


def test_a_page_is_followed_by_a_day_of_silence_and_the_first_two_weeks_do_not_count() -> None:
    assert pages([WARM_BINS - 400, WARM_BINS, WARM_BINS + 287, WARM_BINS + 288]) == 2
    assert pages([WARM_BINS - 1]) == 0


def test_the_shipped_threshold_is_that_of_the_pages_that_were_counted() -> None:
    made = json.loads(files("models.priors").joinpath("detection.json").read_text("utf-8"))
    tried = made["pages_per_brand_week_by_threshold_and_size"]
    assert curve(tried) == (load_priors().threshold, load_priors().per_decade)
