"""A brand is told from its namesakes by a handful of examples, and by nothing without them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.records import Mention
from core.relevance import NOT_US_BELOW
from models.relevance import Asked, Course, Example, learn, spelling
from models.score import TextScorer, open_scorer

OURS = (
    "Larch refused my refund twice, I want my money back",
    "The new Larch phone arrived today and it is lovely",
    "Larch support has kept me on hold for an hour",
    "Larch shares fall after the recall of its chargers",
)
NOT_OURS = (
    "A larch turns golden in October before its needles drop",
    "We planted two larch trees behind the barn",
    "Larch timber lasts for decades without paint",
    "The path climbs through larch and pine to the pass",
)
COMPLAINT = "My Larch charger melted and they will not replace it"
FOREST = "Sunlight in the larch forest above the valley"


@pytest.fixture(scope="module")
def scorer() -> TextScorer:
    return open_scorer()


def example(scorer: TextScorer, text: str, ours: bool, answer: bool = False) -> Example:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    (reading,) = scorer.read([Mention("feed", text, text, at, at)])
    return Example(reading.embedding, spelling("Larch", text), ours, answer=answer)


@pytest.fixture(scope="module")
def handful(scorer: TextScorer) -> list[Example]:
    return [
        example(scorer, text, ours) for texts, ours in ((OURS, True), (NOT_OURS, False)) for text in texts
    ]


def judged(scorer: TextScorer, examples: list[Example], text: str) -> float:
    relevance, asked = learn(examples), example(scorer, text, True)
    assert relevance is not None
    ours = relevance.ours(asked.embedding, asked.spelling)
    assert ours is not None
    return ours


def test_a_handful_tells_the_brand_from_the_tree(scorer: TextScorer, handful: list[Example]) -> None:
    assert judged(scorer, handful, FOREST) < NOT_US_BELOW < 0.5 < judged(scorer, handful, COMPLAINT)


def test_examples_of_one_side_teach_nothing(handful: list[Example]) -> None:
    assert learn([]) is None
    assert learn(handful[:4]) is None
    assert learn(handful[4:]) is None


def test_what_is_like_neither_side_is_taken_for_ours(scorer: TextScorer, handful: list[Example]) -> None:
    assert judged(scorer, handful, "The meeting is on Tuesday at nine") > 0.5


def test_many_of_one_side_do_not_outvote_a_few_of_the_other(
    scorer: TextScorer, handful: list[Example]
) -> None:
    lopsided = handful[:2] + 10 * handful[4:]
    assert judged(scorer, lopsided, COMPLAINT) > 0.5
    assert judged(scorer, lopsided, FOREST) < 0.5


def test_a_light_example_moves_less_than_a_full_one(scorer: TextScorer, handful: list[Example]) -> None:
    wrong = example(scorer, COMPLAINT, False)
    light, full = ([*handful, replace(wrong, weight=weight)] for weight in (0.2, 1.0))
    plain = judged(scorer, handful, COMPLAINT)
    assert judged(scorer, full, COMPLAINT) < judged(scorer, light, COMPLAINT) < plain


def test_another_encoder_s_embedding_is_not_judged(handful: list[Example]) -> None:
    relevance = learn(handful)
    assert relevance is not None
    assert relevance.ours(b"", 0.0) is None
    assert relevance.ours(handful[0].embedding[:-1], 0.0) is None


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Red Kite", "RedKite put my bill up", 1.0),
        ("Red Kite", "Saw a red kite over the M40", -1.0),
        ("Swift", "taylor swift again", 0.0),
        ("Swift", "Nobody names it", 0.0),
        ("iPhone", "My iPhone broke", -1.0),
        ("C++ (Ltd)", "I like C++ (Ltd) best", 1.0),
        ("三菱", "三菱 Motors", 0.0),
    ],
)
def test_spelling(name: str, text: str, found: float) -> None:
    assert spelling(name, text) == found


def test_each_answer_is_predicted_before_it_is_learned(scorer: TextScorer, handful: list[Example]) -> None:
    answers = [example(scorer, FOREST, False, answer=True), example(scorer, COMPLAINT, False, answer=True)]
    course = Course()
    assert course.take([*handful, *answers])
    assert course.asked == [Asked(ours=False, hidden=True), Asked(ours=False, hidden=False)]
    early = Course()
    early.take([answers[0], *handful])
    assert early.asked == [Asked(ours=False, hidden=False)]  # nothing was known yet


def test_a_withdrawn_answer_leaves_nothing_behind(scorer: TextScorer, handful: list[Example]) -> None:
    wrong = example(scorer, COMPLAINT, False, answer=True)
    right = example(scorer, FOREST, False, answer=True)
    course, fresh = Course(), Course()
    course.take([*handful, wrong, right])
    assert course.take([*handful, right])
    fresh.take([*handful, right])
    assert course.asked == fresh.asked
    assert not course.take([*handful, right])
    for each in handful:
        assert course.relevance is not None
        assert fresh.relevance is not None
        assert course.relevance.ours(each.embedding, 0.0) == fresh.relevance.ours(each.embedding, 0.0)
