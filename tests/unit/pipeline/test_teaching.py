"""A version is what the labels in force make of it: a withdrawn or replaced one leaves nothing behind."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import ManualClock
from core.errors import Permanent
from core.ports import Store
from core.records import (
    Correction,
    Flag,
    Match,
    Mention,
    ModelState,
    ModelVersion,
    Scored,
    Sentiment,
    Step,
    lessons,
)
from models.learned import Learned
from models.score import TextScorer
from pipeline import teaching
from pipeline.learning import Learning

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
TEXTS = ("queue at the counter", "boarding pass printed twice", "seat 12 again", "no upgrade, typical")
NEGATIVE, POSITIVE = Sentiment.NEGATIVE, Sentiment.POSITIVE


class Workspace:
    """A store with four mentions and their learner."""

    def __init__(self, store: Store, scorer: TextScorer) -> None:
        self.store, self.scorer, self.clock = store, scorer, ManualClock(NOW)
        self.learning = Learning(store, scorer, self.clock, 0.5)
        self.mentions = [self.add(text) for text in TEXTS]

    def add(self, text: str, flags: Flag = Flag.NONE) -> str:
        at = NOW - timedelta(hours=1)
        mention = Mention("feed", text, text, at, at, flags=flags)
        (score,) = self.scorer.score([mention])
        self.store.commit(Step(scored=(Scored(mention, score),), matches=(Match(mention.id, "Acme", at),)))
        return mention.id

    def say(self, mention_id: str, label: Sentiment | None = NEGATIVE) -> None:
        self.store.add_correction(Correction(mention_id, label, "duty", self.clock.now()))
        self.clock.move(timedelta(seconds=1))

    def teach(self, *places: int) -> None:
        """Say of these mentions that they are negative, and let it be learned."""
        for place in places:
            self.say(self.mentions[place])
        self.study()

    def study(self) -> None:
        while self.learning.study():
            pass

    @property
    def newest(self) -> ModelVersion:
        return self.store.versions(1)[0]

    def learner(self) -> bytes:
        """Return what the newest version learned."""
        return Learned.unpack(self.newest.weights, self.newest.number).learner.dump()

    def lessons(self, number: int) -> list[int]:
        known = {version.number: version for version in self.store.versions()}
        return sorted(lessons(known.get(number), known))

    def measure(self) -> tuple[int, int, int, int]:
        one = self.newest
        return one.corrections, one.measured, one.right, one.base_right

    def scores(self) -> list[float]:
        return [row.score.negative for row in sorted(self.store.mentions(99), key=lambda row: row.mention.id)]


@pytest.fixture
def new(new_store: Callable[[], Store], text_scorer: TextScorer) -> Callable[[], Workspace]:
    """Make workspaces in real files, each with a scorer as shipped."""
    return lambda: Workspace(new_store(), text_scorer)


def test_a_withdrawn_label_leaves_nothing_in_what_learns(new: Callable[[], Workspace]) -> None:
    one, other = new(), new()
    one.teach(0, 1, 2)
    one.say(one.mentions[1], None)
    one.study()
    other.teach(0, 2)
    assert one.learner() == other.learner()
    assert one.measure() == other.measure() == (2, 2, *other.measure()[2:])
    assert one.lessons(1) == [1, 3]


def test_a_label_withdrawn_before_it_was_learned_is_never_learned(new: Callable[[], Workspace]) -> None:
    one = new()
    one.say(one.mentions[0])
    one.say(one.mentions[0], None)
    one.study()
    assert one.measure() == (0, 0, 0, 0)
    with pytest.raises(Permanent, match="nothing was learned"):
        one.learning.promote_now("duty")


def test_the_model_in_use_forgets_with_the_next_version(new: Callable[[], Workspace]) -> None:
    one, other = new(), new()
    one.teach(0, 1)
    one.learning.promote_now("duty")
    taught = one.scores()
    one.say(one.mentions[1], None)
    one.study()
    assert one.scores() == taught
    assert (one.lessons(1), one.lessons(2)) == ([1, 2], [1])
    one.learning.promote_now("duty")
    other.teach(0)
    other.learning.promote_now("duty")
    assert one.learner() == other.learner()
    assert one.scores() == other.scores() != taught
    one.learning.roll_back_now("duty")
    assert one.scores() == taught
    one.teach(2)  # what the version before knew and what was withdrawn since is forgotten again
    assert one.lessons(3) == [1, 4]


def test_older_versions_are_not_learned_again_to_forget_a_younger_label(
    new: Callable[[], Workspace],
) -> None:
    one, other = new(), new()
    one.teach(0)
    one.learning.promote_now("duty")
    one.teach(1, 2)
    one.store.forget([one.mentions[0]])  # its text can no longer be read
    one.say(one.mentions[2], None)
    one.study()
    other.teach(0, 1)
    assert one.learner() == other.learner()
    assert (one.newest.stands_on, one.newest.corrections) == (1, 2)


def test_a_new_label_takes_the_place_of_the_former(new: Callable[[], Workspace]) -> None:
    one, other = new(), new()
    one.teach(0, 1)
    one.say(one.mentions[0], POSITIVE)
    one.study()
    other.say(other.mentions[1])
    other.say(other.mentions[0], POSITIVE)
    other.study()
    assert one.learner() == other.learner()
    assert (one.newest.corrections, one.lessons(1)) == (2, [2, 3])


def test_a_label_given_again_after_a_roll_back_counts_again(new: Callable[[], Workspace]) -> None:
    one = new()
    shipped = one.scores()
    one.teach(0)
    one.learning.promote_now("duty")
    taught = one.scores()
    one.learning.roll_back_now("duty")
    one.study()
    assert (one.scores(), one.lessons(0)) == (shipped, [])
    one.teach(0)
    one.learning.promote_now("duty")
    assert (one.scores(), one.lessons(2)) == (taught, [2])


@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_said_only_what_is_in_force_counts(
    new: Callable[[], Workspace], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In portions of any size, before and after promotions."""
    monkeypatch.setattr(teaching, "PORTION", 1 + seed)
    chance, one, other = random.Random(seed), new(), new()
    last: dict[int, Sentiment | None] = {}
    for step in range(12):
        place, label = chance.randrange(4), chance.choice((NEGATIVE, POSITIVE, None))
        last.pop(place, None)
        last[place] = label
        one.say(one.mentions[place], label)
        if chance.random() < 0.4:
            one.study()
        if step == 6 and one.store.versions() and one.newest.measured:
            one.learning.promote_now("duty")
    one.study()
    for place, label in last.items():
        other.say(other.mentions[place], label)
    other.study()
    assert one.learner() == other.learner()
    assert len(one.lessons(one.newest.number)) == sum(label is not None for label in last.values())


def test_what_a_former_release_learned_is_kept(new: Callable[[], Workspace]) -> None:
    """It did not write down which labels those were: withdrawing one changes the row and not the model."""
    one = new()
    one.teach(0, 1)
    version = one.learning.promote_now("duty")
    one.store.save_version(replace(version, learned=None))
    one.learning = Learning(one.store, one.scorer, one.clock, 0.5)
    one.say(one.mentions[1], None)
    one.teach(2)
    known = Learned.unpack(version.weights, 1).learner.dump()
    one.say(one.mentions[2], None)
    one.study()
    assert one.newest.stands_on == 1
    assert (one.learner(), one.newest.corrections, one.lessons(2)) == (known, 2, [])


def test_what_may_not_be_learned_from_is_not_learned_again_either(new: Callable[[], Workspace]) -> None:
    one = new()
    bound = one.add("typical Acme", Flag.NO_TRAINING)
    one.say(bound)
    one.teach(0, 1)
    one.say(bound, None)
    one.say(bound, POSITIVE)
    one.say(one.mentions[1], None)
    one.study()
    assert one.lessons(1) == [2]
    assert one.measure()[:2] == (1, 1)
    other = new()
    other.teach(0)
    assert one.learner() == other.learner()
    (row,) = one.store.mention(bound)
    assert row.label is POSITIVE


def test_forgetting_alone_can_be_put_into_use_and_taken_back(new: Callable[[], Workspace]) -> None:
    one = new()
    shipped = one.scores()
    one.teach(0)
    one.learning.promote_now("duty")
    one.say(one.mentions[0], None)
    one.study()
    assert one.measure() == (0, 0, 0, 0)
    one.learning.promote_now("duty")
    assert one.scores() == shipped
    assert {one.number: one.state for one in one.store.versions()} == {
        1: ModelState.RETIRED,
        2: ModelState.PROMOTED,
    }
