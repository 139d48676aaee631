"""NAB's score by hand: windows, false alarms, profiles, pages, and the threshold from the other streams."""

from math import exp

import numpy as np
import pytest

from pipeline.evaluate.nab.data import Scores, Stream, probation
from pipeline.evaluate.nab.held_out import ROWS, Policy, held_out_scores, recall_at
from pipeline.evaluate.nab.pages import paged_rows, pages
from pipeline.evaluate.nab.scoring import PROFILES, Ground, ground, normalised, value

START, STEP, DAY = 1_424_987_100, 300, 288
STANDARD = PROFILES["standard"]


def stream(rows: int = 40, windows: tuple[tuple[int, int], ...] = ((20, 29),), seed: int = 1) -> Stream:
    counts = np.random.default_rng(seed).poisson(5.0, rows)
    return Stream(f"S{seed}", START + STEP * np.arange(rows), counts, windows)


def alarms(at: Stream, *rows: int) -> Scores:
    """Scores of the scored rows of `at`: 1 in these rows of the whole file, else 0."""
    scores = np.zeros(len(at.times))
    scores[list(rows)] = 1.0
    return scores[at.scored_from :]


def raw(at: Stream, *rows: int, profile: str = "standard") -> float:
    found = ground(at).rows(alarms(at, *rows), np.array([1.0]))
    return float(value(found, PROFILES[profile])[0])


def sigmoid(place: float) -> float:
    return 2.0 / (1.0 + exp(5.0 * place)) - 1.0


def test_fifteen_percent_are_for_learning_but_no_more_than_of_5000_rows() -> None:
    assert [probation(rows) for rows in (40, 1000, 5000, 15902)] == [6, 150, 750, 750]


def test_a_window_is_worth_what_its_first_alarm_is_worth() -> None:
    assert raw(stream(), 20) == pytest.approx(1.0)
    assert raw(stream(), 29) == pytest.approx(sigmoid(-0.1) / sigmoid(-1.0))
    assert raw(stream(), 25, 20, 29) == pytest.approx(1.0)
    assert raw(stream()) == -1.0
    assert raw(stream(), profile="reward_low_FN_rate") == -2.0


def test_a_false_alarm_costs_the_more_the_further_it_lies_behind_a_window() -> None:
    assert raw(stream(), 20, 10) == pytest.approx(1.0 - 0.11)
    assert raw(stream(), 20, 30) == pytest.approx(1.0 + 0.11 * sigmoid(1 / 9))
    assert raw(stream(), 20, 39) == pytest.approx(1.0 + 0.11 * sigmoid(10 / 9))
    assert raw(stream(80), 20, 29 + 28) == pytest.approx(1.0 - 0.11)
    assert raw(stream(), 20, 10, 30, profile="reward_low_FP_rate") == pytest.approx(
        1.0 + 0.22 * (sigmoid(1 / 9) - 1.0)
    )


def test_the_probation_is_neither_right_nor_wrong() -> None:
    assert raw(stream(), 0, 5, 20) == pytest.approx(1.0)
    assert raw(stream(), 6, 20) == pytest.approx(1.0 - 0.11)


@pytest.mark.parametrize("name", PROFILES)
def test_silence_is_0_and_the_first_row_of_each_window_alone_100(name: str) -> None:
    at = stream(80, ((20, 29), (50, 59)))
    assert normalised(raw(at, profile=name), 2, PROFILES[name]) == pytest.approx(0.0)
    assert normalised(raw(at, 20, 50, profile=name), 2, PROFILES[name]) == pytest.approx(100.0)


def test_after_a_page_there_are_24_hours_of_silence() -> None:
    times = START + STEP * np.arange(3 * DAY)
    assert paged_rows(np.array([5, 6, 5 + DAY - 1, 5 + DAY, 6 + DAY]), times) == [5, 5 + DAY]
    assert paged_rows(np.array([], np.int64), times) == []


def test_a_page_counts_once_where_rows_count_each() -> None:
    at, rows = stream(1200, ((600, 700),)), (300, 301, 302, 610, 620)
    found = pages(ground(at), alarms(at, *rows), np.array([np.inf, 1.0]))
    assert found.false_alarms.tolist() == [0, 1]
    assert value(found, STANDARD).tolist() == pytest.approx([-1.0, sigmoid(-91 / 101) / sigmoid(-1.0) - 0.11])


def test_pages_take_the_first_of_two_in_a_window() -> None:
    at = stream(2000, ((600, 1200),))
    found = pages(ground(at), alarms(at, 700, 700 + DAY), np.array([1.0]))
    assert found.found[0, 0] == pytest.approx(sigmoid(-501 / 601) / sigmoid(-1.0))


def graded(at: Stream, **scores: float) -> Scores:
    """Scores 0 but for rows named like r20=0.5."""
    made = np.zeros(len(at.times))
    for row, score in scores.items():
        made[int(row[1:])] = score
    return made[at.scored_from :]


def test_a_stream_gets_the_threshold_that_is_best_for_the_others() -> None:
    first, second = stream(seed=1), stream(seed=2)
    grounds = [ground(first), ground(second)]
    # the first is found at 0.9 alone, the second at 0.5 alone and with a false alarm at 0.4
    scores = [graded(first, r20=0.9, r10=0.5), graded(second, r20=0.5, r10=0.4)]
    found = held_out_scores(grounds, scores, ROWS)
    # the first under 0.5 (best for the second) has a false alarm, the second under 0.9 is missed
    assert found["standard"] == pytest.approx(normalised((1.0 - 0.11) - 1.0, 2, STANDARD))


def test_a_stream_s_own_scores_are_no_thresholds_for_it() -> None:
    first, second = stream(seed=1), stream(seed=2)
    scores = [graded(first, r20=0.8, r10=0.7), graded(second, r20=0.9, r21=0.6)]
    coarse = Policy(Ground.rows, lambda _: np.array([0.8, 0.6]))
    found = held_out_scores([ground(first), ground(second)], scores, coarse)
    # to the second 0.8 and 0.6 are the same; the first may have its other's 0.6 alone, with a false alarm
    assert found["standard"] == pytest.approx(normalised(1.0 - 0.11 + 1.0, 2, STANDARD))


def test_among_equally_good_thresholds_the_highest_is_taken() -> None:
    first, second = stream(seed=1), stream(seed=2)
    # 0.9 and 0.6 are the same to the first; under 0.6 the second would have a false alarm
    scores = [graded(first, r20=0.9, r21=0.6), graded(second, r20=0.9, r10=0.6)]
    assert held_out_scores([ground(first), ground(second)], scores, ROWS)["standard"] == pytest.approx(100.0)


def test_recall_takes_one_threshold_for_all_and_keeps_to_the_budget() -> None:
    at = stream(6 * 2016, ((2000, 2200), (5000, 5200)))  # 5.6 scored weeks
    scores = graded(at, r2100=0.9, r5100=0.5, r8000=0.6, r9000=0.4, r10000=0.4)
    assert recall_at([ground(at)], [scores]) == {"0.25": 1.0, "0.5": 1.0, "1": 1.0}
    scores = graded(at, r2100=0.9, r5100=0.5, r7000=0.6, r8000=0.6, r9000=0.6)
    assert recall_at([ground(at)], [scores]) == {"0.25": 0.5, "0.5": 0.5, "1": 1.0}
