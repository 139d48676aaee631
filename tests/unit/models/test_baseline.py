"""The baseline finds season, level and dispersion, and a storm cannot drag it along."""

import numpy as np
import pytest

from models.baseline import Baseline, Level, Season, weekday
from models.priors import load_priors
from models.seen import Seen

MONDAY = 1_699_833_600
"""2023-11-13, a Monday, 00:00 UTC."""


def learn(baseline: Baseline, counts: list[float], shares: float = 0.25, exposure: float = 1.0) -> None:
    for place, count in enumerate(counts):
        start = MONDAY + 300 * place
        seen = Seen(start=start, exposure=exposure, mentions=count, negative=shares * count)
        baseline.prepare(seen)
        baseline.learn_one(seen)
        if (start + 300) % 3600 == 0:
            baseline.close_hour(start)


def test_weekdays_begin_on_monday() -> None:
    assert [weekday(MONDAY), weekday(MONDAY + 6 * 86400), weekday(0)] == [0, 6, 3]


def test_recovers_a_simulated_season() -> None:
    random = np.random.default_rng(1)
    place = np.arange(8 * 2016)
    hours = 1.0 + 0.6 * np.sin(2 * np.pi * (place % 288) / 288)
    days = np.where(place // 288 % 7 >= 5, 0.6, 1.16)
    rate = 10.0 * hours * days
    baseline = Baseline(load_priors())
    learn(baseline, [float(n) for n in random.negative_binomial(5, 5 / (5 + rate))])
    wanted = [1.0 + 0.6 * np.sin(2 * np.pi * (hour + 0.5) / 24) for hour in range(24)]
    assert np.abs(np.array(baseline.season.hour_factors()) - wanted).mean() < 0.1
    found = baseline.season.day_factors()
    # The level, with its half-life of three days, takes up the rest of a weekend.
    assert 0.6 / 1.16 < found[6] / found[1] < 0.7
    assert 12 * baseline.all.rate == pytest.approx(120.0, rel=0.2)
    assert baseline.all.kappa == pytest.approx(0.2, abs=0.1)


def test_a_burst_is_winsorised() -> None:
    level = Level(2.0, 0.1)
    assert level.winsorise(2.0, 2.0) == 2.0
    assert level.winsorise(2000.0, 2.0) == pytest.approx(2.0 + 3.0 * (2.0 + 0.4) ** 0.5 + 1.0)
    steady, burst = Baseline(load_priors()), Baseline(load_priors())
    learn(steady, [4.0] * 4032 + [4.0])
    learn(burst, [4.0] * 4032 + [400.0])
    assert burst.all.rate < 1.02 * steady.all.rate


def test_half_the_exposure_with_half_the_mentions_is_the_same_level() -> None:
    random = np.random.default_rng(2)
    counts = random.poisson(8.0, 4032)
    full, half = Baseline(load_priors()), Baseline(load_priors())
    learn(full, [float(n) for n in counts])
    learn(half, [float(n) for n in random.binomial(counts, 0.5)], exposure=0.5)
    assert half.all.rate == pytest.approx(full.all.rate, rel=0.05)
    assert half.negative.rate == pytest.approx(full.negative.rate, rel=0.08)


def test_learns_at_a_tenth_of_the_speed_in_a_storm() -> None:
    quick, slow = Level(1.0, 0.1), Level(1.0, 0.1)
    for level in (quick, slow):
        for _ in range(2000):
            level.learn(1.0, 1.0, 1.0, 1.0)
    quick.learn(4.0, 1.0, 1.0, 1.0)
    slow.learn(4.0, 1.0, 1.0, 0.1)
    assert slow.rate - 1.0 == pytest.approx(0.1 * (quick.rate - 1.0), rel=0.05)


def test_a_new_brand_has_the_season_of_the_pool() -> None:
    pool = load_priors()
    season = Season(pool.hours, pool.days)
    assert season.hour_factors() == pytest.approx([each / (sum(pool.hours) / 24) for each in pool.hours])


def test_factors_run_smoothly_over_the_hour() -> None:
    season = Season(tuple(1.0 + hour / 24 for hour in range(24)), (1.0,) * 7)
    first, second = season.bins(MONDAY + 10 * 3600), season.bins(MONDAY + 11 * 3600)
    steps = np.diff(first + second)
    assert steps.max() - steps.min() < 1e-9
