"""Likelihood ratios against SciPy, clipping, onset, the share test, the trend filter."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from models.growth import RATIOS, Growth, log_ratio
from models.priors import load_priors
from models.seen import Seen
from models.share import Share
from models.trend import Trend


@given(
    count=st.integers(0, 200),
    mu=st.floats(0.01, 50.0),
    kappa=st.floats(0.02, 3.0),
    ratio=st.sampled_from(RATIOS),
)
def test_log_ratio_is_that_of_two_negative_binomials(
    count: int, mu: float, kappa: float, ratio: float
) -> None:
    size = 1.0 / kappa
    storm, usual = (nbinom.logpmf(count, size, size / (size + mean)) for mean in (ratio * mu, mu))
    assert log_ratio(count, mu, kappa, ratio) == pytest.approx(storm - usual, abs=1e-6)


def seen(place: int, negative: float, mu: float = 1.0, hour: float = 50.0, mentions: float = 10.0) -> Seen:
    return Seen(
        start=300 * place,
        mentions=mentions,
        negative=negative,
        expected=5.0 * mu,
        expected_negative=mu,
        hour_negative=hour,
    )


def test_one_bin_adds_at_most_a_clipped_step() -> None:
    growth = Growth()
    growth.learn_one(seen(0, 1e6))
    assert growth.value == 1.5


def test_an_excess_of_several_bins_adds_up_and_falls_back() -> None:
    growth = Growth()
    for place in range(10):
        growth.learn_one(seen(place, 6.0))
    risen = growth.value
    for place in range(10, 40):
        growth.learn_one(seen(place, 0.0, hour=0.0))
    assert risen > 10.0
    assert growth.value < 0.1


def test_onset_is_the_bin_in_which_the_sum_left_zero() -> None:
    growth = Growth()
    assert growth.onset is None
    for place, negative in enumerate([0.0, 0.0, 9.0, 9.0, 9.0]):
        growth.learn_one(seen(place, negative))
    assert growth.onset == 600


def test_a_rise_lasts_once_it_is_three_hours_old_and_no_chance() -> None:
    growth = Growth()
    assert not growth.lasting(0, 9.0)
    for place in range(37):
        growth.learn_one(seen(place, 3.0))
    assert growth.lasting(300 * 36, 3.0)
    assert not growth.lasting(300 * 36, 2.9)
    assert not growth.lasting(300 * 35, 9.0)


def test_score_is_what_learning_would_give() -> None:
    growth, share = Growth(), Share(load_priors())
    for place in range(20):
        bin_ = seen(place, 4.0)
        scores = growth.score_one(bin_), share.score_one(bin_)
        growth.learn_one(bin_)
        share.learn_one(bin_)
        assert scores == (growth.value, share.value)


def test_share_does_not_move_when_volume_alone_rises() -> None:
    share = Share(load_priors())
    for place in range(100):
        share.learn_one(seen(place, 0.2 * 500.0, mentions=500.0))
    assert share.value < 1.0


def test_share_learns_what_is_usual_but_not_a_storm() -> None:
    share = Share(load_priors())
    for place in range(4000):
        share.learn_one(seen(place, 1.0, mentions=10.0))
    assert share.usual == pytest.approx(0.1, abs=0.02)
    share.learn_one(seen(4000, 500.0, mentions=500.0))
    assert share.usual < 0.12


@pytest.mark.parametrize("hours", [0.5, 1.0, 2.0])
def test_trend_measures_the_doubling_time(hours: float) -> None:
    trend, random = Trend(), np.random.default_rng(1)
    for place in range(96):
        mean = 1.0 + 0.5 * 2.0 ** (place / (12.0 * hours))
        trend.learn_one(seen(place, float(random.poisson(min(mean, 1e6)))))
    speed = trend.speed
    assert speed is not None
    assert speed.certain
    assert speed.low < math.log(2) / hours < speed.high


def test_trend_says_not_growing_on_noise() -> None:
    random = np.random.default_rng(2)
    trend, certain = Trend(), 0
    for place in range(5000):
        trend.learn_one(seen(place, float(random.poisson(5.0)), mu=5.0))
        certain += trend.speed is not None and trend.speed.certain and trend.per_hour > 0
    assert certain < 0.05 * 5000


def test_trend_has_no_speed_without_an_excess() -> None:
    trend = Trend()
    for place in range(10):
        trend.learn_one(seen(place, 0.0))
    assert trend.speed is None
