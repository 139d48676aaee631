"""Worth your judgement: the few mentions whose label teaches most, above the list of all."""

from collections.abc import Sequence

import streamlit as st

from core.questions import Question
from dashboard import widgets
from dashboard.queries import questions as queries
from dashboard.viewmodels import QuestionList
from dashboard.views import labels

FIRST = 3
"""Mentions that are shown at once, so that the list of all begins on the first screen."""

_HELD, _ALL = "questions", "questions_all"


@st.fragment
def card(brand: str) -> None:
    """Show what is worth asking about `brand`, "" for all; nothing while there is nothing."""
    asked = _hold(brand)
    if not asked:
        return
    found = queries.questions(asked, labels.before())
    labels.tell_failure()
    with st.container(key="card_questions"):
        with st.container(key="questions_head", horizontal=True, vertical_alignment="center"):
            widgets.show("questions_head", questions=found)
            st.button("Ask others", key="questions_others", on_click=_let_go, help="Choose anew, as of now.")
        widgets.show("questions_why", questions=found)
        _rows(found)
    if labels.just_said():  # the same mention may stand in the list of all
        st.rerun()


def asks(mention_id: str) -> bool:
    """Return whether a mention stands in the card."""
    return any(one.id == mention_id for one in st.session_state.get(_HELD, ("", ()))[1])


def _hold(brand: str) -> Sequence[Question]:
    """Let the choice stand still until others are asked for: rows must not move under a press."""
    held = st.session_state.get(_HELD)
    if held is None or held[0] != brand or not held[1]:
        held = (brand, queries.choose(brand))
        st.session_state[_HELD] = held
        st.session_state[_ALL] = False
    asked: Sequence[Question] = held[1]
    return asked


def _let_go() -> None:
    st.session_state.pop(_HELD, None)


def _rows(found: QuestionList) -> None:
    shown = found.lines if st.session_state[_ALL] else found.lines[:FIRST]
    with st.container(key="questions_rows", gap=None):
        for line in shown:
            labels.row(line, "asked")
    rest = len(found.lines) - len(shown)
    if rest:
        with st.container(key="questions_more"):
            st.button(f"Show {rest} more", key="questions_rest", on_click=_show_all)


def _show_all() -> None:
    st.session_state[_ALL] = True
