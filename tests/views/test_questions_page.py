"""Worth your judgement on the board: which mentions are asked about, one click, and what it says of why."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from core.ports import Store
from core.questions import Question
from core.records import Correction, Flag, Match, Mention, Score, Scored, Sentiment, Step
from core.vectors import pack_vector
from dashboard.present import questions as present
from dashboard.queries import questions as queries
from tests.views.mentions_page import html_of, open_mentions

BRAND = "Zenith Bank"
HOSTILE = "<img src=x onerror='window.__pwned=1'> balance"


def _asked(test: AppTest) -> list[ButtonGroup[str]]:
    """Return the labels of the mentions that are asked about."""
    groups = [one for one in test.get("button_group") if isinstance(one, ButtonGroup)]
    return [one for one in groups if one.key and one.key.startswith("said_asked_")]


@pytest.fixture
def pool(store: Store, now: datetime) -> list[Mention]:
    """Twenty unsure mentions that have nothing to do with each other, the newest first."""
    times = [now - timedelta(minutes=5 + number) for number in range(20)]
    mentions = [
        Mention("rss", f"pool {n}", f"{HOSTILE} {n}", at, at, title=f"question {n}")
        for n, at in enumerate(times)
    ]
    _add(store, mentions)
    return mentions


def _add(store: Store, mentions: list[Mention], seed: int = 5, version: str = "v1") -> None:
    vectors = np.random.default_rng(seed).normal(size=(len(mentions), 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = [Score(0.4, 0.35, 0.25, version=version, embedding=pack_vector(row)) for row in vectors]
    store.commit(
        Step(
            scored=tuple(Scored(*pair) for pair in zip(mentions, scores, strict=True)),
            matches=tuple(Match(one.id, BRAND, one.event_at) for one in mentions),
        )
    )


def test_ten_are_asked_about_three_of_them_at_once(pool: list[Mention]) -> None:
    test = open_mentions()
    assert not test.exception
    html = html_of(test)
    assert "Worth your judgement" in html
    assert "10 whose label teaches most" in html
    assert "2 are drawn by lot" in html
    assert "every version would look worse than it is" in html
    assert len(_asked(test)) == 3
    test.button(key="questions_rest").click().run()
    assert len(_asked(test)) == 10
    assert html_of(test).count(">by lot<") == 2
    assert "<img" not in html_of(test)


def test_one_click_labels_and_the_row_stays_until_others_are_asked_for(
    store: Store, pool: list[Mention]
) -> None:
    test = open_mentions(brand=BRAND)
    first = _asked(test)[0]
    first.set_value(Sentiment.NEGATIVE).run()
    ((_, given),) = store.corrections()
    assert first.key == f"said_asked_{given.mention_id}"
    assert (given.label, given.who) == (Sentiment.NEGATIVE, "board")
    assert "1 of 10 judged" in html_of(test)
    assert html_of(test).count("you said: negative") == 2  # the list of all says so, too
    assert _asked(test)[0].key == first.key
    test.button(key="questions_others").click().run()
    assert "10 whose label teaches most" in html_of(test)
    assert first.key not in [one.key for one in _asked(test)]


def test_a_label_given_in_the_list_is_seen_above_it(store: Store, pool: list[Mention]) -> None:
    test = open_mentions(brand=BRAND)
    key = str(_asked(test)[0].key).replace("asked", "list")
    (same,) = [one for one in test.get("button_group") if one.key == key]
    assert isinstance(same, ButtonGroup)
    same.set_value(Sentiment.POSITIVE).run()
    assert "1 of 10 judged" in html_of(test)


@pytest.mark.parametrize("flag", [Flag.NO_TRAINING, Flag.DRILL | Flag.SIMULATED, Flag.EDITED])
def test_what_may_not_be_learned_from_is_never_asked_about(
    store: Store, pool: list[Mention], flag: Flag
) -> None:
    barred = [replace(one, native_id=f"barred {n}", flags=flag) for n, one in enumerate(pool)]
    _add(store, barred, seed=6)
    chosen = {one.id for one in queries.choose(BRAND)}
    assert len(chosen) == 10
    assert not chosen & {one.id for one in barred}


def test_what_was_erased_labelled_or_withdrawn_is_not_asked_about(
    store: Store, now: datetime, pool: list[Mention]
) -> None:
    store.forget([one.id for one in pool[:8]])
    for number, one in enumerate(pool[8:14]):
        label = Sentiment.NEUTRAL if number % 2 else None
        store.add_correction(Correction(one.id, label, "board", now))
    assert {one.id for one in queries.choose(BRAND)} <= {one.id for one in pool[14:]}


def test_only_mentions_of_late_that_one_model_has_read_are_compared(
    store: Store, now: datetime, pool: list[Mention]
) -> None:
    old = [replace(one, native_id=f"old {n}", event_at=now - timedelta(days=3)) for n, one in enumerate(pool)]
    _add(store, old, seed=7)
    former = [
        replace(one, native_id=f"former {n}", event_at=one.event_at - timedelta(hours=1))
        for n, one in enumerate(pool)
    ]
    _add(store, former, seed=8, version="v0")
    assert {one.id for one in queries.choose(BRAND)} <= {one.id for one in pool}


def test_a_mention_of_two_brands_is_asked_about_once(store: Store, pool: list[Mention]) -> None:
    store.commit(Step(matches=tuple(Match(one.id, "Orchard Mobile", one.event_at) for one in pool)))
    chosen = [one.id for one in queries.choose("")]
    assert len(chosen) == len(set(chosen)) == 10


def test_without_anything_to_ask_there_is_no_card(incident_id: str) -> None:
    test = open_mentions()
    assert not test.exception
    assert "Worth your judgement" not in html_of(test)


def test_the_words_follow_the_lots() -> None:
    assert "One is drawn by lot" in present.listed((), [Question("a", at_random=True)]).why
    assert "drawn" not in present.listed((), [Question("a")]).why
