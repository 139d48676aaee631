"""A threshold for each stream from the others, and how much is found at a budget of false pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.nab.data import Scores
from pipeline.evaluate.nab.pages import pages
from pipeline.evaluate.nab.scoring import PROFILES, Alarms, Ground, Profile, count_windows, normalised, value

BUDGETS = (0.25, 0.5, 1.0)
"""False pages per brand-week."""
Flags = NDArray[np.bool_]
_WEEK = 7 * 288
"""Rows of five minutes."""
_GRID = 400
"""Thresholds tried for pages: at ranks from the first to the last of all scores in equal ratios. Pages at
the hundredth and the hundred and first score differ little; for rows every score is tried."""


def _every(scores: Scores) -> Scores:
    return np.unique(scores)[::-1]


def _by_rank(scores: Scores) -> Scores:
    ranks = np.geomspace(1, scores.size, _GRID).astype(np.int64) - 1
    return np.unique(np.sort(scores)[::-1][ranks])[::-1]


@dataclass(frozen=True, slots=True)
class Policy:
    """How scores become alarms, and which thresholds are tried."""

    alarms: Callable[[Ground, Scores, Scores], Alarms]
    """Of one stream, from the scores of its scored rows and falling thresholds."""
    thresholds: Callable[[Scores], Scores]
    """Falling, from the scores of all streams."""


ROWS = Policy(Ground.rows, _every)
"""NAB's own: every row that reaches the threshold is an alarm."""
PAGES = Policy(pages, _by_rank)
"""One page, then a day of silence."""


def held_out_scores(grounds: Sequence[Ground], scores: Sequence[Scores], policy: Policy) -> dict[str, float]:
    """Return the score by profile, each stream under the threshold that is best for all the others.

    `scores` are those of the scored rows. A threshold is a score that one of the others has, or above all;
    among equally good ones the highest is taken.
    """
    thresholds = _thresholds(scores, policy)
    alarms = _alarms(grounds, scores, policy, thresholds)
    seen = np.array([np.isin(thresholds, each) for each in scores])
    by_others = (seen.sum(axis=0) - seen > 0) | np.isinf(thresholds)
    windows = count_windows(grounds)
    return {name: _held_out(alarms, by_others, profile, windows) for name, profile in PROFILES.items()}


def _held_out(alarms: Sequence[Alarms], allowed: Flags, profile: Profile, windows: int) -> float:
    """Return the score where each stream may only have the thresholds that are `allowed` to it."""
    values = np.array([value(each, profile) for each in alarms])
    others = values.sum(axis=0) - values
    # rounded: sums of the same figures in another order must not decide between equals
    chosen = np.where(allowed, np.round(others, 9), -np.inf).argmax(axis=1)
    return normalised(float(values[np.arange(len(values)), chosen].sum()), windows, profile)


def recall_at(grounds: Sequence[Ground], scores: Sequence[Scores]) -> dict[str, float]:
    """Return the largest share of windows paged in under one common threshold, by `BUDGETS`."""
    alarms = _alarms(grounds, scores, PAGES, _thresholds(scores, PAGES))
    found = np.sum([(~np.isnan(each.found)).sum(axis=0) for each in alarms], axis=0)
    rate = np.sum([each.false_alarms for each in alarms], axis=0) / weeks(grounds)
    recall = found / count_windows(grounds)
    return {f"{budget:g}": float(recall[rate <= budget].max(initial=0.0)) for budget in BUDGETS}


def weeks(grounds: Sequence[Ground]) -> float:
    """Return the brand-weeks of all scored rows."""
    return float(sum(each.times.size for each in grounds)) / _WEEK


def _thresholds(scores: Sequence[Scores], policy: Policy) -> Scores:
    """Return what is tried, falling; nothing reaches the first."""
    return np.concatenate([[np.inf], policy.thresholds(np.concatenate(scores))])


def _alarms(
    grounds: Sequence[Ground], scores: Sequence[Scores], policy: Policy, thresholds: Scores
) -> list[Alarms]:
    return [policy.alarms(each, own, thresholds) for each, own in zip(grounds, scores, strict=True)]
