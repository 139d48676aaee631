"""A mention that can be set right in one click, wherever it is listed."""

from collections.abc import Mapping

import streamlit as st

from core.records import Sentiment
from dashboard import widgets
from dashboard.queries import mentions as queries
from dashboard.viewmodels import MentionLine

US, NOT_US = "us", "not us"
"""What a mention may be about: the brand, or a namesake."""

_BEFORE, _FAILED, _SAID = "before", "failed", "just_said"


def before() -> Mapping[str, float | None]:
    """Return what was said of in this view, by mention id: the former probability of the class, if any."""
    said: dict[str, float | None] = st.session_state.setdefault(_BEFORE, {})
    return said


def forget() -> None:
    """Begin a new view."""
    st.session_state[_BEFORE] = {}


def just_said() -> str:
    """Return the mention that was judged since the last call, "" when none was."""
    mention_id: str = st.session_state.pop(_SAID, "")
    return mention_id


def tell_failure() -> None:
    """Say that the last label could not be recorded."""
    if _FAILED in st.session_state:
        st.toast(st.session_state.pop(_FAILED))


def row(line: MentionLine, where: str) -> None:
    """Show a mention with its three labels; `where` names the list, as the same one may stand in two."""
    key = f"said_{where}_{line.id}"
    with st.container(key=f"mrow_{where}_{line.id}"):
        widgets.show("mention", line=line)
        if line.correctable:
            with st.container(key=f"mpress_{where}_{line.id}", horizontal=True):
                st.session_state[key] = line.said
                st.segmented_control(
                    "What it is",
                    tuple(Sentiment),
                    key=key,
                    label_visibility="collapsed",
                    on_change=_say,
                    args=(key, line.id, line.said, line.withdraws),
                )
                if line.brand:
                    _about(line, f"ours_{where}_{line.id}")


def _about(line: MentionLine, key: str) -> None:
    """Show whether a mention is about the brand or about a namesake."""
    st.session_state[key] = None if line.said_ours is None else US if line.said_ours else NOT_US
    st.segmented_control(
        f"Is it about {line.brand}?",
        (US, NOT_US),
        key=key,
        label_visibility="collapsed",
        on_change=_say_ours,
        args=(key, line.id, line.brand),
    )


def _say_ours(key: str, mention_id: str, brand: str) -> None:
    """Record what was pressed; the chosen one again withdraws it."""
    pressed = st.session_state[key]
    failed = queries.say_ours(mention_id, brand, None if pressed is None else pressed == US)
    if failed:
        st.session_state[_FAILED] = failed
    else:
        st.session_state[_BEFORE] = {mention_id: None, **before()}
        st.session_state[_SAID] = mention_id


def _say(key: str, mention_id: str, said: Sentiment | None, withdraws: bool) -> None:
    """Record the label that was pressed; the chosen one again withdraws it, or gives it again."""
    pressed = st.session_state[key]
    if pressed is None and said is None:  # a double click on a label: it was chosen and withdrawn at once
        return
    label = Sentiment(pressed) if pressed is not None else None if withdraws else said
    failed, former = queries.say(mention_id, label)
    if failed:
        st.session_state[_FAILED] = failed
    else:
        st.session_state[_BEFORE] = {**before(), mention_id: former}
        st.session_state[_SAID] = mention_id
