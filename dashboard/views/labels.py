"""A mention that can be set right in one click, wherever it is listed."""

from collections.abc import Mapping

import streamlit as st

from core.records import Sentiment
from dashboard import widgets
from dashboard.queries import mentions as queries
from dashboard.viewmodels import MentionLine

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
            st.session_state[key] = line.said
            st.segmented_control(
                "What it is",
                tuple(Sentiment),
                key=key,
                label_visibility="collapsed",
                on_change=_say,
                args=(key, line.id, line.said, line.withdraws),
            )


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
