"""What was learned from people: measured, and put into use or taken back by one press."""

import streamlit as st

from dashboard import widgets
from dashboard.queries import learning as queries
from dashboard.queries.shared import REFRESH


@st.fragment(run_every=REFRESH)
def panel() -> None:
    """Put the learning panel onto the page."""
    found = queries.panel()
    with st.container(key="card_learning"):
        widgets.show("learning", panel=found)
        with st.container(key="learning_buttons", horizontal=True):
            st.button(
                "Promote",
                key="promote",
                disabled=not found.can_promote,
                on_click=queries.promote,
                help="Put what learns in shadow into use now; stored mentions of two days are read again.",
            )
            st.button(
                "Roll back",
                key="roll_back",
                disabled=not found.can_roll_back,
                on_click=queries.roll_back,
                help="Put the version before the one in use back, exactly.",
            )
        widgets.show("learning_versions", panel=found)
        widgets.show("namesakes", panel=found)
