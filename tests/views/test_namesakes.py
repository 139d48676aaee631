"""Whether a mention is about us: said in one click, withdrawn, put back, and what is known of it in words."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from core.codec import dumps
from core.ports import Store
from core.records import (
    RELEVANCE,
    Flag,
    Match,
    Mention,
    Relevance,
    RelevanceLabel,
    Score,
    Scored,
    Selection,
    Step,
)
from dashboard.present import namesakes as present
from tests.views.mentions_page import html_of, open_mentions

BRAND = "Orchard Mobile"


def _rows(test: AppTest) -> list[str]:
    return [body for body in html_of(test).split("</article>") if 'class="mention one' in body]


def _controls(test: AppTest) -> list[ButtonGroup[str]]:
    groups = [one for one in test.get("button_group") if isinstance(one, ButtonGroup)]
    return [one for one in groups if one.key and one.key.startswith("ours_list_")]


def _press(test: AppTest, word: str) -> None:
    (control,) = _controls(test)
    control.set_value(None if control.value == word else word).run()


def _mention_id(store: Store) -> str:
    (row,) = store.mentions(1, Selection(brand=BRAND, not_us=None))
    return row.mention.id


def _said(store: Store) -> list[bool | None]:
    return [label.ours for _, label in store.relevance_labels()]


def test_one_click_sets_a_mention_apart_and_it_stays_in_view(store: Store, incident_id: str) -> None:
    test = open_mentions(brand=BRAND)
    _press(test, "not us")
    ((_, label),) = store.relevance_labels()
    assert (label.brand, label.ours, label.who) == (BRAND, False, "board")
    assert store.mentions(9, Selection(brand=BRAND)) == []
    (row,) = _rows(test)
    assert "you said: not us" in row
    assert "does not count" in row
    assert _controls(test)[0].value == "not us"
    assert "No mention meets these filters" in html_of(open_mentions(brand=BRAND))


def test_pressing_it_again_withdraws_it(store: Store, incident_id: str) -> None:
    test = open_mentions(brand=BRAND)
    _press(test, "not us")
    _press(test, "not us")
    assert _said(store) == [False, None]
    assert len(store.mentions(9, Selection(brand=BRAND))) == 1
    (row,) = _rows(test)
    assert "you said" not in row
    assert "counts 1.0" in row


def test_the_filter_shows_what_is_apart_with_its_probability_and_one_click_puts_it_back(
    store: Store, incident_id: str
) -> None:
    store.judge({(_mention_id(store), BRAND): 0.124})
    assert "No mention meets these filters" in html_of(open_mentions(brand=BRAND))
    test = open_mentions(brand=BRAND, about="Not us")
    (row,) = _rows(test)
    assert "not us: 0.12" in row
    assert "0.12, counts from 0.30" in row
    _press(test, "us")
    assert _said(store) == [True]
    assert "you said: us" in _rows(test)[0]
    assert len(store.mentions(9, Selection(brand=BRAND))) == 1
    assert _rows(open_mentions(brand=BRAND, about="Not us")) == []


def test_an_answer_that_may_not_be_learned_from_says_so(
    store: Store, incident_id: str, now: datetime
) -> None:
    mention = Mention("reddit", "r1", "Orchards in bloom", now, now, flags=Flag.NO_TRAINING)
    match = Match(mention.id, "Halden Energy", now)
    store.commit(Step(scored=(Scored(mention, Score(0.1, 0.8, 0.1)),), matches=(match,)))
    store.add_relevance(RelevanceLabel(mention.id, match.brand, False, "duty", now))
    (row,) = _rows(open_mentions(brand=match.brand, about="Not us"))
    assert "you said: not us, not learned: its source forbids that" in row


def test_the_panel_says_what_it_knows_and_what_it_cannot(store: Store, incident_id: str) -> None:
    assert present.NOTHING_YET in html_of(open_mentions())
    store.set_meta(RELEVANCE, dumps((Relevance("<b>Acme</b>", 4, 6, 12, 5, 4, 6),)))
    html = html_of(open_mentions())
    assert "&lt;b&gt;Acme&lt;/b&gt;" in html
    assert "4 examples of us, 6 of namesakes." in html
    assert "Asked before it learned each of 12 answers, it would have set 5 apart: " in html
    assert "4 of 5 (80 %, 95 % interval 38 to 96 %) were not us." in html
    assert "Of those that were not us it found 4 of 6 (67 %, 95 % interval 30 to 90 %)." in html
    assert present.CHOSEN in html


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Relevance("Acme", 1, 0), "1 example of us, 0 of namesakes. Nothing is set apart by itself before"),
        (
            Relevance("Acme", 0, 2),
            "one of us, too. No answers yet: how often it is wrong is not known.",
        ),
        (Relevance("Acme", 3, 3), "3 examples of us, 3 of namesakes. No answers yet"),
        (Relevance("Acme", 3, 3, 1, 0, 0, 1), "none apart, so its precision is not known. 1 were not us."),
        (Relevance("Acme", 3, 3, 2, 1, 0, 0), "1 apart: 0 of 1 (0 %, 95 % interval 0 to 79 %) were not us."),
    ],
)
def test_words_for_few_answers(known: Relevance, said: str) -> None:
    (row,) = present.namesakes((known, Relevance("Zenith")))
    assert said in f"{row.taught} {row.measured}"
