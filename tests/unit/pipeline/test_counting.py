"""The workspace counts how common its classes are, without labels, and takes it back as any other version."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.codec import loads
from core.errors import Permanent
from core.ports import Store
from core.records import (
    CLASS_SHARES,
    PROMOTION_WAITS,
    ClassShares,
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
    Sentiment,
    Signal,
    Stage,
    Step,
)
from models.adaptation import Reading, most_probable
from models.label_shift import EQUAL, LEAST_TEXTS, distance
from models.learned import Learned
from models.learner import Learner
from models.score import TextScorer
from pipeline.counting import EVERY
from pipeline.learning import LOOK_BACK_EVERY, Learning
from pipeline.pace import BETWEEN, LARGEST_STEP
from pipeline.teaching import Teaching
from pipeline.versions import ITSELF, Versions
from storage import open_store
from tests.unit.pipeline.test_wrong_teacher import SHARES, Texts, flipped, honest, texts

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
ENOUGH = LEAST_TEXTS + 100


@dataclass(frozen=True)
class Kept:
    """A stored mention, what it is, and what ships says of it."""

    id: str
    truth: Sentiment
    reading: Reading


class Workspace:
    """A store with made-up mentions and the role that learns."""

    def __init__(self, store: Store, scorer: TextScorer) -> None:
        self.store, self.scorer, self.clock = store, scorer, ManualClock(NOW)
        self.restart()

    def restart(self) -> None:
        self.learning = Learning(self.store, self.scorer, self.clock, 0.5)

    def add(
        self,
        made: Texts,
        at: datetime = NOW - timedelta(hours=3),
        copy_number: int = 1,
        flags: Flag = Flag.NONE,
        brand: str = "Acme",
    ) -> list[Kept]:
        """Store mentions that nobody scored anew: what they say is what ships."""
        kept, scored = list[Kept](), list[Scored]()
        start = self.store.count_mentions()
        for number, (truth, reading) in enumerate(zip(made.truth, made.readings, strict=True), start):
            mention = Mention("feed", str(number), f"text {number}", at, at, flags=flags)
            score = Score(*reading.shipped, version=self.scorer.base, embedding=reading.embedding)
            scored.append(Scored(mention, score))
            kept.append(Kept(mention.id, truth, reading))
        matches = tuple(Match(one.mention.id, brand, at, copy_number=copy_number) for one in scored)
        self.store.commit(Step(scored=tuple(scored), matches=matches))
        return kept

    def made(self, count: int, seed: int = 5) -> Texts:
        return texts(count, self.scorer.dimensions, seed)

    def look(self) -> None:
        """Let the role look whether enough is there."""
        self.clock.move(EVERY)
        self.learning.step()

    def teach(self, kept: list[Kept], label: Sentiment | None = None) -> None:
        for each in kept:
            self.store.add_correction(Correction(each.id, label or each.truth, "duty", self.clock.now()))
            self.clock.move(timedelta(seconds=1))

    def versions(self) -> dict[int, ModelState]:
        return {version.number: version.state for version in self.store.versions()}

    def version(self, state: ModelState) -> tuple[ModelVersion, Learned]:
        (version,) = [one for one in self.store.versions() if one.state is state]
        return version, Learned.unpack(version.weights, version.number)

    def told(self) -> ClassShares | None:
        text = self.store.meta(CLASS_SHARES)
        return loads(ClassShares, text) if text else None

    def scores(self) -> dict[str, Score]:
        return {row.mention.id: row.score for row in self.store.mentions(5_000)}

    def storm(self, started_at: datetime, closed_at: datetime | None) -> None:
        """Open an incident of the brand."""
        stage = Stage.FIRESTORM
        nothing = Explanation(Signal("Acme", started_at, stage), "", (), "refunds")
        incident = Incident(
            f"{started_at}", "Acme", stage, stage, started_at, started_at, started_at, nothing,
            closed_at=closed_at,
        )  # fmt: skip
        self.store.commit(Step(incidents=(incident,)))


@pytest.fixture
def space(tmp_path: Path, text_scorer: TextScorer) -> Workspace:
    return Workspace(open_store(f"memory://{tmp_path}"), text_scorer)


def test_shares_come_into_use_by_themselves_and_are_taken_back_exactly(space: Workspace) -> None:
    kept = space.add(space.made(ENOUGH))
    shipped = space.scores()
    space.look()
    version, learned = space.version(ModelState.PROMOTED)
    assert (version.number, version.changed_by, version.corrections) == (1, ITSELF, 0)
    assert distance(learned.learner.shares, SHARES) < 0.06
    told = space.told()
    assert told is not None
    assert (told.negative, told.mentions) == (learned.learner.shares[0], ENOUGH)
    after = space.scores()
    assert right(kept, after) > right(kept, shipped) + 0.02
    space.learning.roll_back_now("duty")
    assert space.scores() == shipped
    assert space.told() is None


def right(kept: list[Kept], scores: dict[str, Score]) -> float:
    rows = ((each, scores[each.id]) for each in kept)
    found = [most_probable((row.negative, row.neutral, row.positive)) is each.truth for each, row in rows]
    return sum(found) / len(found)


def test_what_a_person_took_back_does_not_return_by_itself(space: Workspace) -> None:
    space.add(space.made(ENOUGH))
    space.look()
    space.learning.roll_back_now("duty")
    for _ in range(3):
        space.clock.move(BETWEEN)
        space.look()
    assert space.versions() == {1: ModelState.RETIRED}


def test_it_changes_once_and_then_no_more(space: Workspace) -> None:
    space.add(space.made(ENOUGH))
    space.look()
    for _ in range(3):
        space.clock.move(BETWEEN)
        space.look()
    assert space.versions() == {1: ModelState.PROMOTED}


def test_a_restart_goes_on_with_the_same_shares(space: Workspace) -> None:
    kept = space.add(space.made(ENOUGH))
    space.look()
    adapted = space.scores()
    space.restart()
    space.learning.step()
    use = space.scorer.in_use.current
    assert use is not None
    row = use.apply([kept[0].reading])[0]
    assert row == (adapted[kept[0].id].negative, adapted[kept[0].id].neutral, adapted[kept[0].id].positive)
    assert space.versions() == {1: ModelState.PROMOTED}


@pytest.mark.parametrize(
    ("count", "copy_number", "flags"),
    [
        (LEAST_TEXTS - 1, 1, Flag.NONE),
        (ENOUGH, 2, Flag.NONE),
        (ENOUGH, 1, Flag.SIMULATED),
        (ENOUGH, 1, Flag.NO_TRAINING),
    ],
)
def test_too_few_copies_and_what_may_not_be_learned_from_count_nothing(
    space: Workspace, count: int, copy_number: int, flags: Flag
) -> None:
    space.add(space.made(count), copy_number=copy_number, flags=flags)
    space.look()
    assert space.versions() == {}
    assert space.told() is None


def test_a_storm_is_not_what_is_usual(space: Workspace, tmp_path: Path) -> None:
    calm, angry = space.made(ENOUGH), space.made(2 * ENOUGH, 6)
    storm = [one for one in zip(angry.truth, angry.readings, strict=True) if one[0] is Sentiment.NEGATIVE]
    space.add(calm)
    began = NOW - timedelta(hours=2)
    space.add(Texts(*map(list, zip(*storm, strict=True))), at=began)
    space.storm(began, None)
    space.look()
    assert space.versions() == {}  # it is not over
    space.storm(began, NOW)
    space.look()
    told = space.told()
    assert told is not None
    assert told.mentions == ENOUGH
    other = Workspace(open_store(f"memory://{tmp_path}/other"), space.scorer)
    other.add(calm)
    other.look()
    assert other.told() == told


def test_it_goes_no_further_at_once_than_detection_bears(space: Workspace) -> None:
    made = space.made(5 * ENOUGH)
    calm = [one for one in zip(made.truth, made.readings, strict=True) if one[0] is Sentiment.NEUTRAL]
    space.add(Texts(*map(list, zip(*calm, strict=True))))
    before = mean_negative(space)
    space.look()
    _, first = space.version(ModelState.PROMOTED)
    after = mean_negative(space)
    assert 1.0 < before / after <= LARGEST_STEP
    space.clock.move(BETWEEN)
    space.add(Texts(*map(list, zip(*calm, strict=True))), at=space.clock.now())
    space.look()
    _, second = space.version(ModelState.PROMOTED)
    assert second.learner.number > first.learner.number
    assert distance(second.learner.shares, EQUAL) > distance(first.learner.shares, EQUAL)
    assert after / mean_negative(space) <= LARGEST_STEP


def mean_negative(space: Workspace) -> float:
    scores = [row.score.negative for row in space.store.mentions(1_000)]
    return sum(scores) / len(scores)


def test_what_is_in_use_of_people_is_learned_again_on_the_shares(space: Workspace) -> None:
    kept = space.add(space.made(30))
    space.teach(kept)
    space.teach(kept[3:4], Sentiment.POSITIVE)
    space.learning.step()
    space.learning.promote_now("duty")
    taught = space.scores()
    space.add(space.made(ENOUGH, 6))
    space.clock.move(BETWEEN)
    space.look()
    version, learned = space.version(ModelState.PROMOTED)
    assert (version.number, version.stands_on, version.corrections) == (2, 0, 30)
    assert learned.vouched == 2  # a person vouched for what it knows of people
    same = Learner(space.scorer.dimensions, 2, learned.learner.shares)
    for each in (*kept[:3], *kept[4:]):
        same.learn_one(each.reading, each.truth)
    same.learn_one(kept[3].reading, Sentiment.POSITIVE)
    assert learned.learner.dump() == same.dump()
    versions = Versions(space.store, space.scorer.base, space.scorer.dimensions, NOW)
    stood = Teaching(space.store, space.scorer, versions).standing_on(1, learned.learner.shares)
    assert stood.apply([kept[0].reading]) == same.adaptation().apply([kept[0].reading])
    space.learning.roll_back_now("duty")
    restored = space.scores()
    assert {each.id: restored[each.id] for each in kept} == taught


def test_what_learns_in_shadow_is_not_lost(space: Workspace) -> None:
    kept = space.add(space.made(30))
    space.teach(kept[:20])
    space.learning.step()
    assert space.version(ModelState.SHADOW)[0].measured == 20
    space.add(space.made(ENOUGH, 6))
    space.look()
    assert space.versions() == {1: ModelState.RETIRED, 2: ModelState.PROMOTED, 3: ModelState.SHADOW}
    version, learned = space.version(ModelState.SHADOW)
    assert (version.measured, version.corrections, version.stands_on, learned.parent) == (20, 20, 2, 2)
    assert learned.learner.shares == space.version(ModelState.PROMOTED)[1].learner.shares
    space.teach(kept[20:])
    space.learning.step()
    assert space.version(ModelState.SHADOW)[0].measured == 30
    space.learning.roll_back_now("duty")  # of the shares, not of what people said
    version, learned = space.version(ModelState.SHADOW)
    assert (version.measured, version.corrections, learned.learner.shares) == (30, 30, EQUAL)
    plain = Learner(space.scorer.dimensions, version.number)
    for each in kept:
        plain.learn_one(each.reading, each.truth)
    assert learned.learner.dump() == plain.dump()
    space.learning.promote_now("duty")
    space.learning.roll_back_now("duty")
    with pytest.raises(Permanent, match="nothing to roll back"):
        space.learning.roll_back_now("duty")


def test_what_a_shadow_of_a_former_release_knows_is_kept(space: Workspace) -> None:
    """It is not recorded which corrections it learned, so they cannot be learned again."""
    space.teach(space.add(space.made(20)))
    space.learning.step()
    former, learned = space.version(ModelState.SHADOW)
    space.store.save_version(replace(former, learned=None))
    space.restart()
    space.add(space.made(ENOUGH, 6))
    space.look()
    version, moved = space.version(ModelState.SHADOW)
    assert (version.number, version.stands_on, version.corrections) == (3, 1, 20)
    assert (moved.learner.adaptation().weights == learned.learner.adaptation().weights).all()
    assert moved.learner.shares == space.version(ModelState.PROMOTED)[1].learner.shares


def test_killed_between_the_change_and_the_shadow_it_goes_on(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = space.add(space.made(20))
    space.teach(kept)
    space.learning.step()
    space.add(space.made(ENOUGH, 6))
    with monkeypatch.context() as cut:
        cut.setattr(Versions, "follow", killed)
        with pytest.raises(KeyboardInterrupt):
            space.look()
    assert space.versions() == {1: ModelState.SHADOW, 2: ModelState.PROMOTED}
    space.restart()
    space.learning.step()
    assert space.versions() == {1: ModelState.RETIRED, 2: ModelState.PROMOTED, 3: ModelState.SHADOW}
    assert space.version(ModelState.SHADOW)[0].measured == 20


def killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(("teacher", "waits"), [(flipped, True), (honest, False)])
def test_a_wrong_teacher_is_told_from_shares(
    space: Workspace, teacher: Callable[..., Sentiment], waits: bool
) -> None:
    """Trusted is the shipped model with the shares in use: they alone are never taken for nonsense."""
    kept = space.add(space.made(ENOUGH))
    space.look()
    assert space.versions() == {1: ModelState.PROMOTED}
    space.clock.move(BETWEEN)
    for each in kept[:200]:
        space.teach([each], teacher(None, each.truth, each.reading))
    space.add(space.made(500, 8), at=space.clock.now())
    space.clock.move(LOOK_BACK_EVERY)
    space.learning.step()
    said = space.store.meta(PROMOTION_WAITS)
    assert said.startswith("By what the shipped model is sure of") is waits
