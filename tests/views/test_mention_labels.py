"""The label of a mention: given in one click, given again after a roll back, withdrawn."""

from dataclasses import replace
from datetime import datetime

import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from core.ports import Store
from core.records import ModelState, ModelVersion, Sentiment


def _mentions() -> None:
    import streamlit

    from dashboard.views import mentions

    streamlit.navigation([mentions.route()]).run()


def _open(**parameters: str) -> AppTest:
    """Open Mentions alone: AppTest cannot choose among a router's function pages."""
    test = AppTest.from_function(_mentions, default_timeout=120)
    for name, value in parameters.items():
        test.query_params[name] = value
    return test.run()


def _rows(test: AppTest) -> list[str]:
    return [body for body in (e.proto.body for e in test.get("html")) if 'class="mention one' in body]


def _press(test: AppTest, sentiment: Sentiment) -> None:
    """Press one of the three buttons of the only row; the chosen one is no longer chosen then."""
    control = test.get("button_group")[0]
    assert isinstance(control, ButtonGroup)
    control.set_value(None if control.value == sentiment else sentiment).run()


def test_one_click_corrects_a_label_and_confirms_one(store: Store, incident_id: str) -> None:
    test = _open(brand="Orchard Mobile")
    _press(test, Sentiment.POSITIVE)
    ((_, correction),) = store.corrections()
    assert (correction.label, correction.who) == (Sentiment.POSITIVE, "board")
    assert "you said: positive" in _rows(test)[0]
    _press(test, Sentiment.NEUTRAL)
    assert [given.label for _, given in store.corrections()] == [Sentiment.POSITIVE, Sentiment.NEUTRAL]
    assert "you said: neutral" in _rows(test)[0]


def test_pressing_a_label_again_withdraws_it(store: Store, incident_id: str) -> None:
    test = _open(brand="Orchard Mobile")
    _press(test, Sentiment.POSITIVE)
    _press(test, Sentiment.POSITIVE)
    assert [given.label for _, given in store.corrections()] == [Sentiment.POSITIVE, None]
    (row,) = _rows(test)
    assert "label withdrawn" in row
    assert "you said" not in row
    control = test.get("button_group")[0]
    assert isinstance(control, ButtonGroup)
    assert control.value is None


def test_a_label_that_was_rolled_back_says_so_and_can_be_given_again(
    store: Store, now: datetime, incident_id: str
) -> None:
    test = _open(brand="Orchard Mobile")
    _press(test, Sentiment.POSITIVE)
    version = ModelVersion(1, now, ModelState.PROMOTED, "base", 1, changed_at=now, learned=(1,))
    store.save_version(version)
    st.cache_data.clear()
    test.run()
    assert "you said: positive<" in _rows(test)[0]
    store.save_version(replace(version, state=ModelState.RETIRED))
    st.cache_data.clear()
    test.run()
    assert "you said: positive, not in the model in use" in _rows(test)[0]
    assert "positive; press it again to teach it again" in _rows(test)[0]
    _press(test, Sentiment.POSITIVE)
    assert [given.label for _, given in store.corrections()] == [Sentiment.POSITIVE, Sentiment.POSITIVE]
    assert "you said: positive<" in _rows(test)[0]


def test_a_row_that_was_set_right_stays_where_it_is(store: Store, incident_id: str) -> None:
    test = _open(brand="Orchard Mobile", sentiment="neutral")
    _press(test, Sentiment.NEGATIVE)
    assert "you said: negative" in _rows(test)[0]
    assert _rows(_open(brand="Orchard Mobile", sentiment="neutral")) == []
