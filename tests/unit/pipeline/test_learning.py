"""The learner's role over a real store: what it learns from, when it promotes, what a roll-back restores."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.errors import Permanent
from core.ports import Store
from core.records import (
    LEARNED_BARS,
    PROMOTION_WAITS,
    Action,
    Answer,
    Correction,
    Explanation,
    Flag,
    Incident,
    Match,
    Mention,
    ModelState,
    ModelVersion,
    Score,
    Scored,
    Selection,
    Sentiment,
    Signal,
    Stage,
    Step,
)
from models.adaptation import name_version
from models.learned import Learned
from models.score import TextScorer
from pipeline.learning import CLEARLY, LEAST_MEASURED, LOOK_BACK_EVERY, Learning, until
from pipeline.versions import bin_end
from storage import open_store

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
BUDGET = 0.5
COMPLAINTS = [
    f"{what} {when}, typical Acme"
    for what in ("queue at the counter", "boarding pass printed twice", "seat 12 again", "no upgrade")
    for when in ("today", "this morning", "since Monday", "as always", "on both legs", "in Leeds")
]


@dataclass
class Workspace:
    store: Store
    scorer: TextScorer
    clock: ManualClock
    learning: Learning

    def add(self, *mentions: Mention) -> list[Mention]:
        """Store mentions with the scores that they get now."""
        scores = self.scorer.score(mentions)
        scored = tuple(Scored(*pair) for pair in zip(mentions, scores, strict=True))
        matches = tuple(Match(each.id, "Acme", each.event_at) for each in mentions)
        self.store.commit(Step(scored=scored, matches=matches))
        return list(mentions)

    def fill(self, like: Mention, *shares: float, count: int = 500) -> None:
        """Store mentions that mean the same as `like`, read as negative, neutral, positive."""
        (embedding,) = self.store.embeddings([like.id]).values()
        negative, neutral, positive = shares
        score = Score(negative, neutral, positive, version=self.scorer.base, embedding=embedding)
        mentions = [mention(f"something else {number}") for number in range(count)]
        scored = tuple(Scored(one, score) for one in mentions)
        matches = tuple(Match(each.id, "Acme", each.event_at) for each in mentions)
        self.store.commit(Step(scored=scored, matches=matches))

    def correct(self, mention: Mention, label: Sentiment = Sentiment.NEGATIVE) -> None:
        self.store.add_correction(Correction(mention.id, label, "duty", self.clock.now()))
        self.clock.move(timedelta(seconds=1))

    def scores(self) -> dict[str, Score]:
        return {row.mention.id: row.score for row in self.store.mentions(1_000)}

    def versions(self) -> dict[int, ModelState]:
        return {version.number: version.state for version in self.store.versions()}

    def shadow(self) -> ModelVersion:
        (shadow,) = [one for one in self.store.versions() if one.state is ModelState.SHADOW]
        return shadow

    def restart(self) -> None:
        self.learning = Learning(self.store, self.scorer, self.clock, BUDGET)


@pytest.fixture(params=["memory", "sqlite"])
def space(request: pytest.FixtureRequest, tmp_path: Path, text_scorer: TextScorer) -> Iterator[Workspace]:
    memory = request.param == "memory"
    store = open_store(f"memory://{tmp_path}" if memory else f"sqlite:///{tmp_path}/firetower.db")
    clock = ManualClock(NOW)
    yield Workspace(store, text_scorer, clock, Learning(store, text_scorer, clock, BUDGET))
    store.close()


def mention(text: str, at: datetime = NOW - timedelta(hours=1), flags: Flag = Flag.NONE) -> Mention:
    return Mention("feed", f"{at.isoformat()} {text}", text, at, at, flags=flags)


def complaints(count: int = len(COMPLAINTS)) -> list[Mention]:
    return [mention(text) for text in COMPLAINTS[:count]]


def test_corrections_are_measured_before_they_are_learned(space: Workspace) -> None:
    for each in space.add(*complaints()):
        space.correct(each)
    space.learning.study()
    shadow = space.shadow()
    assert (shadow.number, shadow.corrections, shadow.measured) == (1, 24, 24)
    shipped = [score.negative > max(score.neutral, score.positive) for score in space.scores().values()]
    assert shadow.base_right == sum(shipped)
    assert shadow.base_right < shadow.right < 24
    assert not space.learning.study()


def test_nobody_sees_a_shadow(space: Workspace) -> None:
    before = {row.id: score for row in space.add(*complaints(8)) for score in [space.scores()[row.id]]}
    for each in complaints(8):
        space.correct(each)
    space.learning.study()
    assert space.scores() == before
    assert space.scorer.version == space.scorer.base


def test_what_may_not_be_learned_from_is_not(space: Workspace) -> None:
    """Reddit's terms: the label on the board changes, the model does not hear of it."""
    bound, gone = space.add(mention("typical Acme", flags=Flag.NO_TRAINING), mention("gone soon, Acme"))
    space.store.forget([gone.id])
    for each in (bound, gone):
        space.correct(each)
    space.store.add_correction(Correction("never stored", Sentiment.NEGATIVE, "duty", NOW))
    space.learning.step()
    (row,) = space.store.mention(bound.id)
    assert row.label is Sentiment.NEGATIVE
    shadow = space.shadow()
    assert (shadow.corrections, shadow.measured) == (0, 0)
    with pytest.raises(Permanent, match="nothing was learned"):
        space.learning.promote_now("duty")


def test_promotion_moves_stored_neighbours_and_new_mentions(space: Workspace) -> None:
    corrected, neighbour, old = space.add(
        mention("queue at the counter today, typical Acme"),
        mention("queue at the counter tomorrow, typical Acme"),
        mention("queue at the counter yesterday, typical Acme", NOW - timedelta(hours=49)),
    )
    before = space.scores()
    space.correct(corrected)
    space.learning.step()
    version = space.learning.promote_now("duty")
    after = space.scores()
    assert after[neighbour.id].negative > before[neighbour.id].negative + 0.05
    assert after[neighbour.id].version == name_version(space.scorer.base, version.number)
    assert after[old.id] == before[old.id]
    rollups = space.store.rollups(NOW - timedelta(hours=2), NOW)
    assert sum(one.negative for one in rollups) == pytest.approx(
        after[corrected.id].negative + after[neighbour.id].negative
    )
    (new,) = space.add(replace(neighbour, native_id="new", event_at=bin_end(space.clock.now())))
    (row,) = space.store.mention(new.id)
    assert row.score.negative == after[neighbour.id].negative


def test_roll_back_restores_every_score_exactly(space: Workspace) -> None:
    texts = space.add(*complaints())
    shipped = space.scores()
    for each in texts[:10]:
        space.correct(each)
    space.learning.study()
    space.learning.promote_now("duty")
    first = space.scores()
    for each in texts[10:20]:
        space.correct(each, Sentiment.POSITIVE)
    space.learning.study()
    space.learning.promote_now("duty")
    assert space.versions() == {1: ModelState.RETIRED, 2: ModelState.PROMOTED}
    assert space.scores() != first
    later = mention("seat 12 again, typical Acme", NOW + timedelta(hours=1))
    space.learning.roll_back_now("second")
    assert space.scores() == first
    assert space.versions() == {1: ModelState.PROMOTED, 2: ModelState.RETIRED}
    again = space.scorer.score([later])
    space.learning.roll_back_now("second")
    assert space.scores() == shipped
    assert space.versions() == {1: ModelState.RETIRED, 2: ModelState.RETIRED}
    assert space.scorer.score([later]) != again
    with pytest.raises(Permanent, match="nothing to roll back"):
        space.learning.roll_back_now("second")


def test_what_was_taken_back_is_not_learned_again(space: Workspace) -> None:
    texts = space.add(*complaints(6))
    for each in texts[:5]:
        space.correct(each)
    space.learning.study()
    space.learning.promote_now("duty")
    space.learning.roll_back_now("duty")
    space.correct(texts[5])
    space.learning.study()
    shadow = space.shadow()
    assert (shadow.number, shadow.corrections, shadow.measured) == (2, 1, 1)
    assert Learned.unpack(shadow.weights, 2).parent == 0


def test_a_restart_continues_where_it_was(space: Workspace) -> None:
    texts = space.add(*complaints())
    for each in texts[:8]:
        space.correct(each)
    space.learning.study()
    space.learning.promote_now("duty")
    in_use = space.scorer.score(complaints(3))
    for each in texts[8:12]:
        space.correct(each)
    space.learning.study()
    kept = space.shadow()
    space.restart()
    assert space.scorer.score(complaints(3)) == in_use
    assert not space.learning.study()
    space.correct(texts[12])
    space.learning.study()
    assert (space.shadow().number, space.shadow().measured) == (kept.number, kept.measured + 1)


def test_a_restart_keeps_late_mentions_with_the_former_version(space: Workspace) -> None:
    (text,) = space.add(mention("typical Acme"))
    space.correct(text)
    space.learning.study()
    space.learning.promote_now("duty")
    boundary = bin_end(space.clock.now())
    pair = [mention("typical Acme", boundary - timedelta(seconds=1)), mention("typical Acme", boundary)]
    before = space.scorer.score(pair)
    assert before[0].version == space.scorer.base != before[1].version
    space.restart()
    assert space.scorer.score(pair) == before


def test_mentions_of_the_bin_of_the_change_are_scored_again_after_it(space: Workspace) -> None:
    (text,) = space.add(mention("typical Acme"))
    space.correct(text)
    space.learning.study()
    version = space.learning.promote_now("duty")
    (between,) = space.add(mention("so typical, Acme", space.clock.now()))
    space.learning.step()
    assert space.scores()[between.id].version == space.scorer.base
    space.clock.set(bin_end(NOW))
    space.learning.step()
    assert space.scores()[between.id].version == name_version(space.scorer.base, version.number)


def test_a_change_that_a_crash_cut_in_two_is_finished(space: Workspace) -> None:
    for number, each in enumerate(space.add(*complaints(2)), 1):
        space.correct(each)
        space.learning.study()
        space.learning.promote_now(f"duty {number}")
    first = next(one for one in space.store.versions() if one.number == 1)
    space.store.save_version(replace(first, state=ModelState.PROMOTED, changed_at=NOW - timedelta(hours=1)))
    space.restart()
    assert space.versions() == {1: ModelState.RETIRED, 2: ModelState.PROMOTED}


def test_a_better_shadow_is_promoted_at_most_daily(space: Workspace) -> None:
    texts = space.add(*complaints())
    space.fill(texts[0], 0.9998, 0.0001, 0.0001)
    for each in texts[:19]:
        space.correct(each)
    space.learning.step()
    assert space.versions() == {1: ModelState.SHADOW}
    for each in texts[19:]:
        space.correct(each)
    space.clock.move(LOOK_BACK_EVERY)
    space.learning.step()
    assert space.versions() == {1: ModelState.PROMOTED}
    for each in [*texts, *texts, *texts]:
        space.correct(each, Sentiment.POSITIVE)
    space.clock.move(LOOK_BACK_EVERY)
    space.learning.step()
    assert space.versions() == {1: ModelState.PROMOTED, 2: ModelState.SHADOW}
    space.clock.move(timedelta(days=1))
    space.learning.step()
    assert space.versions() == {1: ModelState.RETIRED, 2: ModelState.PROMOTED}
    assert Learned.unpack(space.store.versions(1)[0].weights, 2).vouched == 0  # nobody vouched for either


@pytest.mark.parametrize(
    ("shares", "reason"),
    [((0.001, 0.998, 0.001), "may look like a storm"), ((0.3, 0.6, 0.1), "of late mentions wrongly")],
)
def test_a_shadow_that_changes_too_much_waits_for_a_person(
    space: Workspace, shares: tuple[float, ...], reason: str
) -> None:
    texts = space.add(*complaints())
    space.fill(texts[0], *shares)
    for each in texts:
        space.correct(each)
    space.learning.step()
    shadow = space.shadow()
    learned = Learned.unpack(shadow.weights, 1)
    assert shadow.measured >= LEAST_MEASURED
    assert learned.won - learned.lost > CLEARLY * (learned.won + learned.lost) ** 0.5
    space.clock.move(timedelta(days=1))
    space.learning.step()
    assert space.versions() == {1: ModelState.SHADOW}
    assert reason in space.store.meta(PROMOTION_WAITS)
    space.learning.promote_now("duty")
    assert space.versions() == {1: ModelState.PROMOTED}
    assert space.store.meta(PROMOTION_WAITS) == ""
    (promoted,) = space.store.versions()
    assert Learned.unpack(promoted.weights, 1).vouched == 1  # what comes next is measured against it


def test_a_shadow_that_is_no_better_stays_one(space: Workspace) -> None:
    texts = space.add(*(mention(f"the worst day ever, I hate this airline, number {n}") for n in range(30)))
    for each in texts:
        space.correct(each)
    space.learning.step()
    shadow = space.shadow()
    assert shadow.measured == 30
    assert shadow.right == shadow.base_right == 30


def test_versions_on_another_shipped_model_are_retired_and_learned_anew(space: Workspace) -> None:
    (text,) = space.add(mention("typical Acme"))
    space.correct(text)
    space.learning.study()
    space.learning.promote_now("duty")
    (version,) = space.store.versions()
    space.store.save_version(replace(version, base="former"))
    space.restart()
    assert space.versions() == {1: ModelState.RETIRED}
    assert space.scorer.version == space.scorer.base
    space.learning.study()
    assert (space.shadow().number, space.shadow().corrections) == (2, 1)


def test_an_edited_text_is_learned_as_it_reads_now(space: Workspace) -> None:
    (text,) = space.add(mention("lovely crew, thank you Acme!"))
    new = replace(text, text="worst airline ever, I hate Acme")
    space.store.revise([new])
    space.correct(text)
    space.learning.study()
    assert space.shadow().base_right == 1


def incident(number: int, brand: str = "Acme", *, drill: bool = False, closed: bool = True) -> Incident:
    at = NOW - timedelta(days=3)
    signal = Signal(brand, at, Stage.SPREADING, evidence=5.0, threshold=4.0)
    return Incident(
        f"i{number}",
        brand,
        Stage.SPREADING,
        Stage.SPREADING,
        at,
        at,
        at,
        Explanation(signal, "much noise", (), "noise"),
        paged_at=at,
        closed_at=at + timedelta(hours=1) if closed else None,
        drill=drill,
    )


def answered(space: Workspace, each: Incident, *actions: Action) -> None:
    space.store.commit(Step(incidents=(each,)))
    for action in actions:
        space.store.answer(Answer(each.id, action, "duty", NOW))


def test_false_alarms_raise_the_bar_once_promoted(space: Workspace) -> None:
    for number in range(3):
        answered(space, incident(number), Action.FALSE_ALARM)
    space.learning.judge()
    assert space.learning.budget("Acme") == BUDGET
    space.learning.promote_now("duty")
    assert 0.4 * BUDGET < space.learning.budget("Acme") < 0.8 * BUDGET
    assert space.learning.budget("Acme") < space.learning.budget("Zenith") < BUDGET
    assert "Acme" in space.store.meta(LEARNED_BARS)
    space.restart()
    assert space.learning.budget("Acme") < BUDGET
    space.learning.roll_back_now("duty")
    assert space.learning.budget("Acme") == BUDGET
    assert space.store.meta(LEARNED_BARS) == ""


def test_verdicts_change_no_label(space: Workspace) -> None:
    space.add(*complaints(5))
    before = [(score.negative, score.neutral, score.positive) for score in space.scores().values()]
    answered(space, incident(1), Action.FALSE_ALARM)
    space.learning.judge()
    space.learning.promote_now("duty")
    assert [(s.negative, s.neutral, s.positive) for s in space.scores().values()] == before


def test_which_verdicts_count(space: Workspace) -> None:
    answered(space, incident(1), Action.ACKNOWLEDGE)
    answered(space, incident(2), Action.NOT_US)
    answered(space, incident(3, drill=True), Action.FALSE_ALARM)
    answered(space, incident(4, closed=False), Action.ACKNOWLEDGE)
    answered(space, incident(5))
    answered(space, replace(incident(6), paged_at=None), Action.FALSE_ALARM)
    space.learning.judge()
    assert Learned.unpack(space.shadow().weights, 1).judged == ["i1"]
    space.learning.judge()
    assert Learned.unpack(space.shadow().weights, 1).alarms == 1
    space.learning.promote_now("duty")
    assert space.learning.budget("Acme") > BUDGET


def test_three_verdicts_are_promoted_by_themselves(space: Workspace) -> None:
    for number in range(3):
        answered(space, incident(number), Action.FALSE_ALARM)
    space.learning.step()
    assert space.versions() == {1: ModelState.PROMOTED}


async def test_jobs_promote_and_roll_back_and_tell_that_bars_moved(space: Workspace) -> None:
    answered(space, incident(1), Action.FALSE_ALARM)
    space.learning.judge()
    assert await space.learning.promote({"who": "duty"}) == "version 1 is in use; 0 corrections are in it"
    assert space.learning.bars_moved.is_set()
    assert await space.learning.rollback({}) == "the shipped model is in use again"
    with pytest.raises(Permanent):
        await space.learning.rollback({})


async def test_the_role_learns_while_it_runs(space: Workspace) -> None:
    (text,) = space.add(mention("typical Acme"))
    role = asyncio.create_task(space.learning.run())
    space.correct(text)
    async with asyncio.timeout(30):
        while not space.store.versions():
            await asyncio.sleep(0.02)
    role.cancel()
    with pytest.raises(asyncio.CancelledError):
        await role
    assert space.shadow().corrections == 1


async def test_until_ends_a_role_at_the_event_and_raises_what_ended_it_before() -> None:
    event, seen = asyncio.Event(), []

    async def role() -> None:
        try:
            event.set()
            await asyncio.Event().wait()
        finally:
            seen.append("stopped")

    async def broken() -> None:
        raise RuntimeError("broken")

    await until(event, role)
    assert seen == ["stopped"]
    assert not event.is_set()
    with pytest.raises(RuntimeError, match="broken"):
        await until(event, broken)


def test_lists_find_the_label_that_a_person_gave(space: Workspace) -> None:
    (text,) = space.add(mention("lovely crew, thank you Acme!"))
    space.correct(text)
    space.learning.step()
    (row,) = space.store.mentions(10, Selection(sentiment=Sentiment.NEGATIVE))
    assert row.mention.id == text.id
