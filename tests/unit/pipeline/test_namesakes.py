"""A mention about a namesake is kept and counts for nothing, by examples, answers and verdicts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.codec import loads
from core.config import BrandConfig
from core.records import (
    RELEVANCE,
    Action,
    Answer,
    Explanation,
    Fetched,
    Flag,
    Incident,
    Mention,
    MentionRow,
    Relevance,
    RelevanceLabel,
    Selection,
    Signal,
    Stage,
    Step,
)
from core.relevance import NOT_US_BELOW
from models.score import TextScorer, open_scorer
from pipeline.detection import Detection
from pipeline.lessons import OF_VERDICT
from pipeline.namesakes import LOOK_BACK_EVERY, Namesakes
from pipeline.scoring import BrandScorer
from pipeline.storm.reading import Reader
from pipeline.watch import open_watch
from storage.integrity import integrity
from tests.unit.pipeline.conftest import NOW, Product

OURS = (
    "Acme refused my refund twice, I want my money back",
    "The new Acme phone arrived today and it is lovely",
    "Acme support has kept me on hold for an hour",
    "Acme shares fall after the recall of its chargers",
)
NOT_OURS = (
    "The acme of his career was that final in Turin",
    "She stood at the acme of the art of her century",
    "Baroque opera reached its acme in this acme of a theatre",
    "At the acme of the empire its roads reached the sea",
)
COMPLAINT = "My Acme charger melted and they will not replace it"
HISTORY = "For many critics the acme of her poetry is the last book of her century"
LATE = HISTORY + ", it is said"
"""The chance that is in its id leaves it to be read in full later."""
EXAMPLES = BrandConfig(name="Acme", ours=OURS, not_ours=NOT_OURS)
ONLY_OURS = BrandConfig(name="Acme", ours=OURS)


class Workspace(Product):
    """A flow whose detection asks what was learned of namesakes."""

    def __init__(self, folder: Path, scorer: TextScorer, brand: BrandConfig = EXAMPLES) -> None:
        super().__init__(folder, BrandScorer(scorer, ()))
        self.url, self.scorer, self.brand = f"sqlite:///{folder}/firetower.db", scorer, brand
        self.teach(brand)

    def teach(self, brand: BrandConfig) -> None:
        """Start anew with this configuration."""
        self.namesakes = Namesakes(self.store, self.scorer, (brand,), self.clock)

    def _detection(self) -> Detection:
        return Detection(
            self.store,
            lambda brand, now: open_watch(brand, self.store, 0.5, now),
            self._coverage.seen,
            judge=self.namesakes.judge,
        )

    async def read(self, *texts: str, flags: Flag = Flag.NONE) -> None:
        await self.flow.collect("feed", Fetched(tuple(mention(text, flags) for text in texts)))
        await self.run_until_empty()

    def row(self, text: str) -> MentionRow:
        (row,) = self.store.mention(mention(text).id)
        return row

    def say(self, text: str, ours: bool | None) -> None:
        label = RelevanceLabel(mention(text).id, "Acme", ours, "duty", self.clock.now())
        self.store.add_relevance(label)
        self.clock.move(LOOK_BACK_EVERY)
        self.namesakes.step()

    def counted(self) -> int:
        return sum(row.mentions for row in self.store.rollups(NOW - timedelta(1), NOW + timedelta(1), "Acme"))

    def known(self) -> Relevance:
        (known,) = loads(tuple[Relevance, ...], self.store.meta(RELEVANCE))
        return known


def mention(text: str, flags: Flag = Flag.NONE) -> Mention:
    return Mention("feed", text, text, NOW, NOW, flags=flags)


@pytest.fixture
def space(tmp_path: Path, text_scorer: TextScorer) -> Iterator[Workspace]:
    space = Workspace(tmp_path, text_scorer)
    yield space
    space.close()


async def test_configured_examples_keep_a_namesake_out_of_every_count(space: Workspace) -> None:
    await space.read(COMPLAINT, HISTORY)
    ours, theirs = space.row(COMPLAINT), space.row(HISTORY)
    assert ours.ours is not None
    assert theirs.ours is not None
    assert theirs.ours < NOT_US_BELOW < ours.ours
    assert (ours.not_us, theirs.not_us) == (False, True)
    assert space.counted() == 1
    assert (theirs.narrative, theirs.copy_number) == ("", 1)
    assert [row.mention.text for row in space.store.mentions(9, Selection(not_us=True))] == [HISTORY]
    assert integrity(space.url) == []
    known = space.known()
    assert (known.ours, known.not_ours, known.answers) == (4, 4, 0)


async def test_without_examples_nothing_changes_bit_for_bit(
    tmp_path: Path, text_scorer: TextScorer, product: Product
) -> None:
    (tmp_path / "judged").mkdir()
    space = Workspace(tmp_path / "judged", text_scorer, BrandConfig(name="Acme"))
    for one in (space, product):
        await one.flow.collect("feed", Fetched(tuple(mention(text) for text in (COMPLAINT, HISTORY))))
        await one.run_until_empty()
    assert space.store.mentions(9) == product.store.mentions(9)
    assert {row.ours for row in space.store.mentions(9)} == {None}
    hours = (NOW - timedelta(1), NOW + timedelta(1))
    assert space.store.rollups(*hours) == product.store.rollups(*hours)
    space.close()


async def test_answers_teach_what_stored_and_new_mentions_are(space: Workspace) -> None:
    space.teach(ONLY_OURS)
    await space.read(*NOT_OURS, HISTORY, COMPLAINT)
    assert space.counted() == 6
    for text in NOT_OURS:
        space.say(text, False)
    assert space.row(HISTORY).not_us
    assert not space.row(COMPLAINT).not_us
    assert space.counted() == 1
    later = "The acme of the poetry of that century was her first book"
    await space.read(later)
    assert space.row(later).not_us
    assert integrity(space.url) == []


async def test_withdrawn_answers_put_everything_back(space: Workspace) -> None:
    space.teach(ONLY_OURS)
    await space.read(*NOT_OURS, HISTORY, COMPLAINT)
    for text in NOT_OURS:
        space.say(text, False)
    for text in NOT_OURS:
        space.say(text, None)
    assert space.counted() == 6
    assert {row.ours for row in space.store.mentions(9) if row.not_us} == set()
    assert (space.known().not_ours, space.known().answers) == (0, 0)
    assert integrity(space.url) == []


async def test_an_answer_against_the_model_stands_and_is_measured(space: Workspace) -> None:
    await space.read(HISTORY, COMPLAINT, NOT_OURS[0])
    space.say(HISTORY, True)
    assert not space.row(HISTORY).not_us
    space.say(NOT_OURS[0], False)
    space.say(COMPLAINT, False)
    known = space.known()
    assert (known.answers, known.said_not_us) == (3, 2)
    assert 1 <= known.hidden_rightly < known.hidden <= 3
    assert space.counted() == 1


async def test_the_same_answers_give_the_same_after_a_restart(space: Workspace) -> None:
    await space.read(HISTORY, COMPLAINT)
    space.say(HISTORY, True)
    before, told = space.row(COMPLAINT), space.store.meta(RELEVANCE)
    space.teach(EXAMPLES)
    space.namesakes.step()
    assert space.row(COMPLAINT) == before
    assert space.store.meta(RELEVANCE) == told


async def test_a_source_that_forbids_training_teaches_nothing(space: Workspace) -> None:
    space.teach(ONLY_OURS)
    await space.read(*NOT_OURS, flags=Flag.NO_TRAINING)
    await space.read(HISTORY)
    for text in NOT_OURS:
        space.say(text, False)
    assert space.row(NOT_OURS[0]).not_us
    assert space.known().not_ours == 0
    assert not space.row(HISTORY).not_us


async def test_what_was_deleted_does_not_teach_any_more(space: Workspace) -> None:
    space.teach(ONLY_OURS)
    await space.read(NOT_OURS[0])
    space.say(NOT_OURS[0], False)
    assert space.known().not_ours == 1
    space.store.forget([mention(NOT_OURS[0]).id])
    space.clock.move(LOOK_BACK_EVERY)
    space.namesakes.step()
    assert space.known().not_ours == 0


async def test_a_verdict_on_an_incident_teaches_its_negative_mentions(space: Workspace) -> None:
    space.teach(ONLY_OURS)
    texts = [
        f"{text}, a sad and bitter, shameful end, they say, part {n}" for text in NOT_OURS for n in range(8)
    ]
    await space.read(*texts, HISTORY)
    signal = Signal("Acme", NOW, Stage.SPREADING)
    explanation = Explanation(signal, "Acme: spreading", (), "end")
    incident = Incident(
        "i1", "Acme", Stage.SPREADING, Stage.SPREADING, NOW - timedelta(hours=1), NOW, NOW, explanation
    )
    drill = replace(incident, id="i2", drill=True)
    space.store.commit(Step(incidents=(incident, drill)))
    space.clock.move(LOOK_BACK_EVERY)
    space.store.answer(Answer("i2", Action.NOT_US, "duty", space.clock.now(), "board"))
    space.namesakes.step()
    assert space.known().not_ours == 0
    space.store.answer(Answer("i1", Action.NOT_US, "duty", space.clock.now(), "board"))
    space.clock.move(LOOK_BACK_EVERY)
    space.namesakes.step()
    assert 0 < space.known().not_ours <= OF_VERDICT
    assert space.known().answers == 0
    again = space.known()
    space.clock.move(LOOK_BACK_EVERY)
    space.namesakes.step()
    assert space.known() == again


async def test_a_score_of_another_model_is_not_judged(space: Workspace) -> None:
    await space.read(HISTORY)
    row = space.row(HISTORY)
    space.store.rescore({row.mention.id: replace(row.score, version="another")})
    space.teach(ONLY_OURS)
    space.namesakes.step()
    assert not space.row(HISTORY).not_us
    space.teach(EXAMPLES)
    space.clock.move(LOOK_BACK_EVERY)
    space.namesakes.step()
    assert space.row(HISTORY).ours is None


def _storm_mode(space: Workspace) -> Reader:
    reader = Reader(space.store, BrandScorer(open_scorer(remembered=1), ()), space.clock.now)
    reader.switch.on, reader.since = True, NOW
    space.flow.reader = reader
    return reader


async def test_what_storm_mode_skimmed_is_judged_when_it_is_read_in_full(space: Workspace) -> None:
    reader = _storm_mode(space)
    await space.read(COMPLAINT, LATE)
    assert space.row(LATE).score.unread
    assert (space.row(LATE).ours, space.counted()) == (None, 2)
    space.clock.move(LOOK_BACK_EVERY)
    space.namesakes.step()
    assert space.counted() == 2
    late = reader.late(space.store.unread(9))
    space.store.read_late(late.scored, late.towards)
    space.clock.move(LOOK_BACK_EVERY)
    space.namesakes.step()
    assert space.row(LATE).not_us
    assert space.counted() == 1
    assert integrity(space.url) == []


async def test_a_late_reading_leaves_alone_what_was_set_apart(space: Workspace) -> None:
    reader = _storm_mode(space)
    await space.read(COMPLAINT, LATE)
    assert space.row(LATE).score.unread
    space.say(LATE, False)
    assert space.counted() == 1
    late = reader.late(space.store.unread(9))
    space.store.read_late(late.scored, late.towards)
    assert space.counted() == 1
    assert integrity(space.url) == []
