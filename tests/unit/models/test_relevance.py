"""A brand is told from its namesakes by a handful of examples, and by nothing without them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.records import Mention
from core.relevance import NOT_US_BELOW
from models.naming import capital, spelling, traits
from models.relevance import Asked, Course, Example, learn
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
        ("iPhone", "My iPhone broke", 0.0),
        ("iPhone", "My IPHONE broke", 0.0),
        ("C++ (Ltd)", "I like C++ (Ltd) best", 1.0),
        ("三菱", "三菱 Motors", 0.0),
    ],
)
def test_capital(name: str, text: str, found: float) -> None:
    assert capital(name, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("swift lost my bag", ""),
        ("Is Swift late?", "capital"),
        ("My swift flight", "small"),
        ("A swift reply", "small article"),
        ("seen the swift nest", "article"),
        ("I love Swift Airlines a lot", "capital longer"),
        ("It was Taylor Swift again in the news", "capital longer"),
        ("Taylor Swift again in the news", "capital"),
        ("The Swift Airlines Strike Goes Into Its Third Week", "capital"),
        ("I flew with Swift. Great!", "capital"),
        ("I fly with SWIFT UK now", "capital"),
        ("Thanks, I say to Swift, Bob and you", "capital"),
        ("@FlySwift where is my bag", "capital handle"),
        ("Never again #swift", "small handle"),
    ],
)
def test_traits(text: str, found: str) -> None:
    names = ("small", "capital", "article", "longer", "handle")
    given = traits("Swift", text)
    assert " ".join(name for name, holds in zip(names, given, strict=True) if holds) == found


def test_a_name_that_is_written_small_says_nothing_by_its_letters() -> None:
    assert {spelling("eBay", text) for text in ("eBay is down", "EBAY Is Down", "an ebay", "Nothing")} == {
        0.0
    }


@pytest.mark.parametrize(
    "text", ["\0 " * 300_000 + "Comet", "Comet " * 200_000, "@" * 10**6 + "comet", "🙂\u202e"]
)
def test_a_hostile_text_gets_a_finite_answer(text: str) -> None:
    assert -5.0 < spelling("Comet", text) < 5.0


def test_examples_correct_what_spelling_says(scorer: TextScorer, handful: list[Example]) -> None:
    """A brand whose own texts are the ones in small letters."""
    text = "My larch arrived and it was broken"
    turned = [replace(one, spelling=-2.3 if one.ours else 1.0) for one in handful]
    straight = [replace(one, spelling=1.0 if one.ours else -2.3) for one in handful]
    assert judged(scorer, straight, text) < judged(scorer, turned, text)


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
