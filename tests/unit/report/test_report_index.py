"""The index and its band: known answers, and what must not move it."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import Estimate, Part, Rollup
from pipeline.weekly.index import (
    CERTAIN,
    DRAWS,
    SWING,
    Parts,
    Usual,
    change,
    components,
    estimate,
    index_draws,
    index_value,
    net_sentiment,
    seed_of,
    sentiment_draws,
    usual,
    usual_sources,
    voice_draws,
    worth,
)
from pipeline.weekly.sums import Mood, WeekSums, mood_of


def week(sources: Mapping[str, Mood], days: int = 7) -> WeekSums:
    return WeekSums({(day, name): mood for day in range(days) for name, mood in sources.items()}, 1)


SOCIAL, REVIEWS = Mood(30, 40, 30), Mood(2, 3, 15)
USUAL = week({"social": SOCIAL, "reviews": REVIEWS})


def parts(**values: float) -> Parts:
    found = {Part(name): value for name, value in values.items()}
    return Parts({part: np.full(DRAWS, value) for part, value in found.items()}, found)


USUALS = {Part.SENTIMENT: Usual(10.0, 7.0), Part.VOICE: Usual(30.0, 5.0), Part.CALM: Usual(100.0, 10.0)}


def test_an_ordinary_week_is_fifty() -> None:
    assert index_value(parts(sentiment=10, voice=30, calm=100), USUALS) == 50.0


def test_one_swing_in_every_part_is_ten_points() -> None:
    assert index_value(parts(sentiment=17, voice=35, calm=110), USUALS) == pytest.approx(60.0)


def test_the_weights_of_unknown_parts_go_to_the_others() -> None:
    assert index_value(parts(sentiment=17), USUALS) == pytest.approx(60.0)
    both = index_value(parts(sentiment=17, calm=100), USUALS)
    assert both == pytest.approx(50 + 10 * 0.5 / 0.7)


def test_no_part_alone_decides_the_scale() -> None:
    worst = index_value(parts(sentiment=-100, voice=30, calm=100), USUALS)
    assert worst == pytest.approx(50 - 40 * 0.5 / 0.9)


@given(st.floats(-100, 100), st.floats(0, 100), st.floats(0, 100))
def test_the_index_stays_on_its_scale(sentiment: float, voice: float, calm: float) -> None:
    found = parts(sentiment=sentiment, voice=voice, calm=calm)
    value = index_value(found, USUALS)
    assert 0.0 <= value <= 100.0
    assert index_draws(found, USUALS)[0] == pytest.approx(value)


def test_the_points_of_the_parts_add_up_to_the_index() -> None:
    found = parts(sentiment=24, voice=20, calm=90)
    rows = components(found, None, USUALS)
    assert sum(row.points for row in rows) == pytest.approx(index_value(found, USUALS) - 50, abs=1.5)
    assert [row.weight for row in rows] == [56, 22, 22]


def test_net_sentiment_of_the_usual_week_is_the_usual_one() -> None:
    sources = usual_sources([USUAL])
    expected = 100 * (7 * (30 + 15) - 7 * (30 + 2)) / (7 * 120)
    assert net_sentiment(USUAL, sources) == pytest.approx(expected)


def test_a_source_that_is_out_does_not_move_net_sentiment() -> None:
    sources = usual_sources([USUAL])
    out = week({"social": SOCIAL})
    assert net_sentiment(out, sources) == pytest.approx(net_sentiment(USUAL, sources), abs=0.01)


def test_a_source_that_turns_does() -> None:
    sources = usual_sources([USUAL])
    turned = week({"social": Mood(60, 30, 10), "reviews": REVIEWS})
    before = net_sentiment(USUAL, sources)
    after = net_sentiment(turned, sources)
    assert before is not None
    assert after is not None
    assert after < before - 30


def test_nothing_said_has_no_net_sentiment() -> None:
    assert net_sentiment(WeekSums({}, 0), usual_sources([USUAL])) is None
    assert Mood().net is None


def test_the_band_is_the_same_at_every_run_and_holds_the_value() -> None:
    sources = usual_sources([USUAL])
    first, again = (sentiment_draws(USUAL, sources, seed_of("Acme", "2026-W47")) for _ in range(2))
    assert np.array_equal(first, again)
    value = net_sentiment(USUAL, sources)
    assert value is not None
    found = estimate(value, first)
    assert found.low < found.value < found.high
    assert np.mean(first) == pytest.approx(value, abs=0.5)


def test_the_band_narrows_with_mentions_but_not_without_end() -> None:
    def width(times: float) -> float:
        mood = Mood(3 * times, 4 * times, 3 * times)
        sums = week({"social": mood})
        draws = sentiment_draws(sums, usual_sources([sums]), 1)
        return float(np.quantile(draws, 0.975) - np.quantile(draws, 0.025))

    assert width(0.1) > width(1) > width(10)
    assert width(10_000) > 0.8 * width(1_000)


def test_mentions_of_one_day_are_worth_at_most_fifty() -> None:
    assert worth(np.array([0.0, 1.0]))[1] == 1.0
    assert 49 < worth(np.array(1e6)) <= 50.0


def test_the_share_of_voice_is_drawn_around_its_value() -> None:
    draws = voice_draws(week({"s": Mood(10, 20, 10)}), [week({"s": Mood(20, 20, 20)})], 1)
    assert np.mean(draws) == pytest.approx(40, abs=1)
    assert 2 < np.std(draws) < 4


def test_an_even_past_has_the_least_swing_and_an_uneven_one_its_own() -> None:
    even = usual(Part.SENTIMENT, [5.0] * 12)
    assert even == Usual(5.0, SWING[Part.SENTIMENT])
    uneven = usual(Part.SENTIMENT, [-30.0, -20, -10, 0, 10, 20, 30])
    assert uneven is not None
    assert uneven.swing == pytest.approx(1.4826 * 20)
    assert usual(Part.SENTIMENT, []) is None


def test_one_storm_in_the_past_does_not_move_what_is_usual() -> None:
    quiet = usual(Part.SENTIMENT, [10.0, 11, 9, 10, 12, 10, 9])
    stormy = usual(Part.SENTIMENT, [10.0, 11, 9, 10, 12, 10, -60])
    assert quiet is not None
    assert stormy is not None
    assert stormy.middle == quiet.middle
    assert stormy.swing == quiet.swing


@pytest.mark.parametrize(("shift", "certain"), [(0.0, False), (0.2, False), (10.0, True), (-10.0, True)])
def test_a_change_is_one_only_when_it_is_certain(shift: float, certain: bool) -> None:
    random = np.random.default_rng(1)
    before, now = random.normal(50, 2, DRAWS), random.normal(50 + shift, 2, DRAWS)
    found = change(estimate(50 + shift, now), estimate(50, before), now, before)
    assert found.certain is certain
    assert found.by == round(50 + shift) - 50
    assert np.sign(found.by) == np.sign(round(shift))


def test_a_change_that_rounds_to_nothing_is_none() -> None:
    now, before = np.full(DRAWS, 50.4), np.full(DRAWS, 50.0)
    assert float(np.mean(now > before)) > CERTAIN
    assert change(Estimate(50, 50, 50), Estimate(50, 50, 50), now, before).certain is False


def test_a_rollup_keeps_its_independent_total_in_three_classes() -> None:
    mood = mood_of(
        Rollup("a", "s", 0, 10, negative=4, neutral=4, positive=2, independent=8, independent_negative=2)
    )
    assert mood.total == pytest.approx(8)
    assert (mood.negative, mood.neutral, mood.positive) == pytest.approx((2, 4, 2))
    assert mood_of(Rollup("a", "s", 0, 1, negative=1, independent=1, independent_negative=1)).total == 1
