"""Sentiment towards one brand: how a text is taken apart, and how the rule does on its own sentences."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from core.query import simple_query
from core.records import Sentiment
from models.adaptation import most_probable
from models.score import TextScorer, open_scorer
from models.towards import Towards
from models.towards_clauses import clauses
from models.towards_names import Names
from pipeline.evaluate.towards import Case, measure, read_sentences

HERE = Path(__file__).parent
DEVELOPMENT = HERE / "towards_development.jsonl"
QUERIES = {"Acme": "acme OR @acmecare", "Zenith": "zenith -astronomy", "Crendle Bank": '"crendle bank"'}
WORDS = {"awful": (0.8, 0.1, 0.1), "lovely": (0.1, 0.1, 0.8)}


def by_words(texts: Sequence[str]) -> NDArray[np.float64]:
    """Tell feelings by two words, so that a test sees which clause was read for which brand."""
    rows = [next((row for word, row in WORDS.items() if word in text), (0.1, 0.8, 0.1)) for text in texts]
    return np.array(rows)


@pytest.fixture(scope="module")
def towards() -> Towards:
    return Towards(QUERIES, by_words)


def said(towards: Towards, text: str) -> str:
    """Return what a text says of Acme and Zenith as two signs."""
    (found,) = towards.read([text])
    signs = {Sentiment.NEGATIVE: "-", Sentiment.NEUTRAL: "0", Sentiment.POSITIVE: "+"}
    return "".join(signs[most_probable(found[brand])] for brand in ("Acme", "Zenith"))


@pytest.mark.parametrize(
    ("text", "brands"),
    [
        ("ACME's shop", ("Acme",)),
        ("acmeology is no brand", ()),
        ("hi @acmecare, @zenith_help says hi", ("Acme", "Zenith")),
        ("#boycottZenith now", ("Zenith",)),
        ("@crendlebank or Crendle  Bank, not crendle", ("Crendle Bank",)),
        ("\u0131 \u0130 zen\u0131th ZEN\u0130TH", ()),
        ("a \ue000 of its own and Zenith", ("Zenith",)),
        ("", ()),
    ],
)
def test_names_are_found_as_words_and_in_tags(text: str, brands: tuple[str, ...]) -> None:
    assert Names(QUERIES).mark(text).brands == brands


def test_a_workspace_without_brands_finds_none() -> None:
    assert Towards({}, by_words).read(["Acme and Zenith"]) == [{}]


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("left Acme for Zenith, never happier", "-+"),
        ("Acme -> Zenith", "-+"),
        ("my office switched from Acme to Zenith", "00"),
        ("switched from Acme to Zenith, big mistake", "+-"),
        ("wish I had stayed with Acme, Zenith is down again", "+-"),
        ("Has anyone switched from Acme to Zenith?", "00"),
        ("switched from Acme to Zenith and never going back", "-+"),
        ("Moved from Zenith to Acme years ago, never looked back", "+-"),
        ("switched from Acme to Zenith, going back tomorrow", "+-"),
        ("I'd rather eat glass than go back to Acme, Zenith is lovely", "-+"),
        ("Zenith is lovely, no way I'm going back to Acme", "-+"),
        ("Never again, I won't go back to the old Acme. Zenith is lovely", "-+"),
        ("Zenith was awful, so glad to be back with Acme", "+-"),
        ("@acmecare I left you guys for Zenith, never happier", "-+"),
        ("@acmecare just switched from you to Zenith", "-+"),
        ("@zenith_uk just dumped Acme for you", "-+"),
        ("@acmecare switched from you to Zenith, big mistake", "+-"),
        ("Can't wait to go back to Acme, Zenith is awful", "+-"),
        ("Never happier to be back at Acme, Zenith was awful", "+-"),
        ("Acme is better than Zenith", "+-"),
        ("Acme is no better than Zenith", "--"),
        ("Zenith is worse than Acme", "+-"),
        ("Acme >>> Zenith", "+-"),
        ("Zenith, unlike Acme, is lovely", "-+"),
        ("Acme is as good as Zenith", "++"),
        ("out of Acme and Zenith I'd take Acme", "+-"),
        ("Acme sues Zenith", "0-"),
        ("Acme says Zenith is awful", "00"),
    ],
)
def test_turns_of_speech_decide(towards: Towards, text: str, signs: str) -> None:
    assert said(towards, text) == signs


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Acme was awful but Zenith was lovely", "-+"),
        ("Zenith was awful, Acme was lovely", "+-"),
        ("Acme and Zenith are both awful", "--"),
        ("Thanks to Acme and Zenith for a lovely day, lovely", "++"),
        ("My Acme lamp arrived via Zenith. Awful, they broke it. awful", "0-"),
        ("an awful day, met my ex near the Zenith tower, in the Acme car park", "00"),
        ("I know Acme and Zenith. The latter is awful", "0-"),
        ("Acme was lovely, Zenith not so much", "+-"),
    ],
)
def test_clauses_are_read_for_the_brand_they_speak_of(towards: Towards, text: str, signs: str) -> None:
    assert said(towards, text) == signs


def test_texts_with_one_brand_or_none_are_left_alone(towards: Towards) -> None:
    assert towards.read(["Acme is awful", "lovely day", ""]) == [{}, {}, {}]


def test_a_batch_changes_nothing(towards: Towards) -> None:
    texts = ["Acme was awful but Zenith was lovely", "Acme opens", "Acme and Zenith open"]
    assert towards.read(texts) == [towards.read([text])[0] for text in texts]


def test_what_a_hashtag_says_besides_the_name_is_read() -> None:
    assert Names(QUERIES).mark("#boycottAcme @acme_help").text == "boycott \ue000 \ue000"


def test_a_reading_does_not_depend_on_a_name(scorer: TextScorer) -> None:
    text = "{} was late again, but {} called me back at once"
    found = []
    for one, other in (("Acme", "Zenith"), ("Horrid", "Lovely")):
        queries = {one: simple_query(one), other: simple_query(other)}
        found.append(Towards(queries, scorer.probabilities).read([text.format(one, other)])[0])
    assert list(found[0].values()) == list(found[1].values())


def test_readings_are_probabilities(towards: Towards) -> None:
    for row in towards.read(["Acme is awful but Zenith opens at nine", "left Acme for Zenith"]):
        for probabilities in row.values():
            assert sum(probabilities) == pytest.approx(1.0)
            assert min(probabilities) >= 0.0


def test_hostile_texts_stay_short_work(towards: Towards) -> None:
    for text in ("Acme zenith " * 9_000, "acme " + "a " * 9_000 + "zenith", "@" * 9_000 + "acme zenith"):
        marked = Names(QUERIES).mark(text[:1_000])
        assert len(clauses(marked.text)) <= 1_000
        assert all(len(found) in {0, 2} for found in towards.read([text]))


# On the sentences that it was made with.


@pytest.fixture(scope="module")
def development() -> list[Case]:
    rows = [json.loads(line) for line in DEVELOPMENT.read_text("utf-8").rstrip("\n").split("\n")]
    return [
        Case(row["text"], brand, Sentiment(label), "development")
        for row in rows
        for brand, label in row["towards"].items()
    ]


@pytest.fixture(scope="module")
def scorer() -> TextScorer:
    return open_scorer()


def test_it_is_far_better_than_the_score_of_the_text(development: list[Case], scorer: TextScorer) -> None:
    found = measure(development, scorer)
    assert found["labels"] == len(development) == 444
    assert found["accuracy"] >= 0.70
    assert found["macro_f1"] >= 0.70
    assert found["accuracy"] >= found["whole_text"]["accuracy"] + 0.15


def test_none_of_them_stands_in_the_test(development: list[Case]) -> None:
    mine = sorted({case.text.lower() for case in development})
    test = sorted({case.text.lower() for case in read_sentences(HERE.parents[1] / "towards")})
    assert process.cdist(mine, test, scorer=fuzz.token_sort_ratio).max() < 80


def test_each_brand_is_found_under_the_query_that_is_given_by_default() -> None:
    assert Names({"Acme Cola": simple_query("Acme Cola")}).mark("ACME-COLA!").brands == ("Acme Cola",)
