"""What changes in the texts is seen without labels, and a storm is no such change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.codec import loads
from core.ports import Store
from core.records import (
    TEXT_DRIFT,
    Explanation,
    Flag,
    Incident,
    Match,
    Mention,
    Score,
    Scored,
    Signal,
    Stage,
    Step,
    TextDrift,
    Trait,
    derive,
)
from models.score import TextScorer
from pipeline.counting import EVERY
from pipeline.learning import LOOK_BACK_EVERY, Learning
from pipeline.shifts import Shifts
from storage import open_store

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
USUAL = Score(0.1, 0.8, 0.1, version="v1", language="en")
PART = 400
"""Mentions before the change, and since."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"memory://{tmp_path}")


def add(store: Store, score: Score, first: int, apart: bool = False, flags: Flag = Flag.NONE) -> None:
    """Store mentions, one a minute, that begin a narrative each or all belong to an old one."""
    scored, matches = [], []
    for number in range(first, first + PART):
        at = NOW - timedelta(days=1) + timedelta(minutes=number)
        mention = Mention("feed", str(number), f"text {number}", at, at, flags=flags)
        narrative = derive("narrative", "Acme", mention.id if apart else "first")
        scored.append(Scored(mention, score))
        matches.append(Match(mention.id, "Acme", at, narrative=narrative))
    store.commit(Step(tuple(scored), tuple(matches)))


def traits(store: Store) -> dict[Trait, TextDrift]:
    return {one.trait: one for one in Shifts(store).due(NOW) or ()}


@pytest.mark.parametrize(
    ("score", "apart", "expected"),
    [
        (USUAL, False, set()),
        (replace(USUAL, negative=0.35, neutral=0.45, positive=0.2), False, {Trait.UNSURE, Trait.DOUBT}),
        (replace(USUAL, neutral=0.65, negative=0.25), False, {Trait.DOUBT}),
        (replace(USUAL, neutral=0.95, negative=0.03, positive=0.02), False, set()),
        (replace(USUAL, language="fr"), False, {Trait.LANGUAGE}),
        (replace(USUAL, language="ja"), False, {Trait.LANGUAGE, Trait.UNSURE}),
        (USUAL, True, {Trait.APART}),
        (replace(USUAL, language="fr", version="v2"), True, set()),
        (replace(USUAL, language="fr", inclusion=0.1), True, set()),
    ],
)
def test_each_change_is_told_by_its_name(
    store: Store, score: Score, apart: bool, expected: set[Trait]
) -> None:
    add(store, USUAL, 0)
    add(store, score, PART, apart)
    found = traits(store)
    assert found.keys() == expected
    for one in found.values():
        assert one.now > one.before
        assert abs((one.since - (NOW - timedelta(days=1) + timedelta(minutes=PART))).total_seconds()) < 7_200
        assert one.mentions == pytest.approx(PART, abs=120)


def test_what_lies_in_an_incident_is_no_change(store: Store) -> None:
    add(store, USUAL, 0)
    add(store, replace(USUAL, language="fr"), PART)
    began = NOW - timedelta(days=1) + timedelta(minutes=PART)
    told = Explanation(Signal("Acme", began, Stage.SPREADING), "", (), "")
    incident = Incident("i", "Acme", Stage.SPREADING, Stage.SPREADING, began, began, began, told)
    store.commit(Step(incidents=(incident,)))
    assert traits(store) == {}


def test_it_is_looked_for_once_an_hour_and_left_for_the_board(store: Store, text_scorer: TextScorer) -> None:
    clock = ManualClock(NOW)
    learning = Learning(store, text_scorer, clock, 0.5)
    learning.step()
    assert loads(tuple[TextDrift, ...], store.meta(TEXT_DRIFT)) == ()
    add(store, USUAL, 0)
    add(store, replace(USUAL, language="fr"), PART)
    clock.move(LOOK_BACK_EVERY)
    learning.step()
    assert loads(tuple[TextDrift, ...], store.meta(TEXT_DRIFT)) == ()
    clock.move(EVERY)
    learning.step()
    (drift,) = loads(tuple[TextDrift, ...], store.meta(TEXT_DRIFT))
    assert (drift.trait, drift.now) == (Trait.LANGUAGE, 1.0)
    assert drift.before < 0.1
