"""Drift of the model in use: told on the board, kept over restarts, and the measure begins where it did."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.clock import ManualClock
from core.codec import loads
from core.ports import Store
from core.records import (
    MODEL_DRIFT,
    Correction,
    Drift,
    Match,
    Mention,
    ModelState,
    ModelVersion,
    Score,
    Scored,
    Sentiment,
    Step,
)
from core.vectors import pack_vector
from models.learned import Learned
from models.score import TextScorer
from pipeline import teaching
from pipeline.learning import CLEARLY, Learning

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
NEGATIVE, POSITIVE = Sentiment.NEGATIVE, Sentiment.POSITIVE
GOOD, BAD = 60, 30


class Workspace:
    """Mentions that have nothing to do with each other, all read as negative, with some doubt."""

    def __init__(self, store: Store, scorer: TextScorer) -> None:
        self.store, self.scorer, self.clock = store, scorer, ManualClock(NOW)
        self.restart()
        vectors = np.random.default_rng(3).normal(size=(GOOD + BAD, scorer.dimensions)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        at = NOW - timedelta(hours=1)
        self.mentions = [Mention("feed", str(n), f"text {n}", at, at) for n in range(len(vectors))]
        scores = [Score(0.5, 0.1, 0.4, version=scorer.base, embedding=pack_vector(row)) for row in vectors]
        self.store.commit(
            Step(
                scored=tuple(Scored(*pair) for pair in zip(self.mentions, scores, strict=True)),
                matches=tuple(Match(each.id, "Acme", at) for each in self.mentions),
            )
        )

    def restart(self) -> None:
        self.learning = Learning(self.store, self.scorer, self.clock, 0.5)

    def say(self, place: int, label: Sentiment | None) -> None:
        self.store.add_correction(Correction(self.mentions[place].id, label, "duty", self.clock.now()))
        self.clock.move(timedelta(seconds=1))

    def drift_away(self) -> None:
        """Agree with the model for a while, and then with it no more."""
        for place in range(GOOD + BAD):
            self.say(place, NEGATIVE if place < GOOD else POSITIVE)

    def told(self) -> Drift | None:
        text = self.store.meta(MODEL_DRIFT)
        return loads(Drift, text) if text else None

    def shadow(self) -> tuple[ModelVersion, Learned]:
        (version,) = [one for one in self.store.versions() if one.state is ModelState.SHADOW]
        return version, Learned.unpack(version.weights, version.number)


@pytest.fixture
def new(new_store: Callable[[], Store], text_scorer: TextScorer) -> Callable[[], Workspace]:
    """Make workspaces in real files."""
    return lambda: Workspace(new_store(), text_scorer)


def test_the_board_is_told_since_when_and_how_much(new: Callable[[], Workspace]) -> None:
    one = new()
    for place in range(GOOD):
        one.say(place, NEGATIVE)
    one.learning.step()
    assert one.told() is None
    for place in range(GOOD, GOOD + BAD):
        one.say(place, POSITIVE)
    one.learning.step()
    drift = one.told()
    assert drift is not None
    assert drift.since == NOW + timedelta(seconds=GOOD)
    assert (drift.before.labels, drift.before.wrong) == (GOOD, 0)
    assert (drift.now.labels, drift.now.wrong) == (BAD, BAD)
    assert drift.now.expected == pytest.approx(0.5 * BAD)


def test_the_measure_of_what_learns_begins_at_the_drift(new: Callable[[], Workspace]) -> None:
    one = new()
    one.drift_away()
    one.learning.step()
    version, learned = one.shadow()
    assert (version.corrections, version.measured) == (GOOD + BAD, BAD)
    assert (version.base_right, learned.lost) == (0, 0)
    assert version.right == learned.won


def test_an_old_lead_promotes_nothing(new: Callable[[], Workspace]) -> None:
    """It was right where the model in use was wrong; then it was the other way round."""
    one = new()
    for place in range(GOOD):
        one.say(place, POSITIVE)
    one.learning.study()
    _, learned = one.shadow()
    assert learned.won >= CLEARLY * (learned.won + learned.lost) ** 0.5 > 0
    for place in range(GOOD, GOOD + BAD):
        one.say(place, NEGATIVE)
    one.learning.step()
    version, learned = one.shadow()
    assert version.measured == BAD
    assert learned.won == 0 < learned.lost
    assert one.told() is None  # the model in use does better than before


def test_a_restart_tells_the_same_and_goes_on(new: Callable[[], Workspace]) -> None:
    one = new()
    one.drift_away()
    one.learning.step()
    told = one.told()
    one.store.set_meta(MODEL_DRIFT, "")  # as if killed before it was written
    one.restart()
    one.learning.step()
    assert one.told() == told
    assert told is not None
    one.say(GOOD, NEGATIVE)
    one.learning.step()
    again = one.told()
    assert again is not None
    assert again.now.labels == BAD


def test_the_watch_is_a_function_of_the_labels_in_force(
    new: Callable[[], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was withdrawn, and in whatever portions it was learned."""
    one, other = new(), new()
    one.drift_away()
    one.learning.step()
    one.say(3, None)
    one.say(GOOD + 2, None)
    one.learning.step()
    monkeypatch.setattr(teaching, "PORTION", 7)
    for place in range(GOOD + BAD):
        label = NEGATIVE if place < GOOD else POSITIVE
        other.say(place, None if place in {3, GOOD + 2} else label)
    other.learning.step()
    (first, mine), (second, others) = one.shadow(), other.shadow()
    assert mine.watch.rows() == others.watch.rows()
    assert (first.measured, first.right) == (second.measured, second.right)
    assert one.told() == other.told()


def test_another_model_in_use_ends_the_notice(new: Callable[[], Workspace]) -> None:
    one = new()
    one.drift_away()
    one.learning.step()
    one.learning.promote_now("duty")
    assert one.told() is None
    one.learning.roll_back_now("duty")
    assert one.told() is None
