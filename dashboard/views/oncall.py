"""On-call: who is paged, who is next, what became of every page, and does the way to people work?"""

import streamlit as st
from streamlit.navigation.page import Page

from dashboard import widgets
from dashboard.queries import live
from dashboard.queries import oncall as queries
from dashboard.queries.shared import REFRESH
from dashboard.viewmodels import OncallPage
from dashboard.views import incident

_CHANNEL = "test_channel"
_ALL = "All channels"


def route() -> Page:
    """Return the page as the router and links know it."""
    return st.Page(page, title="On-call", url_path="on-call")


def page() -> None:
    """Show the zones; each one refreshes by itself."""
    _head()
    left, right = st.columns([68, 32], gap="small")
    with left:
        _log()
    with right:
        _people()
        _test()


@st.fragment(run_every=REFRESH)
def _head() -> None:
    found = queries.page()
    with st.container(key="card_oncall_head"):
        widgets.show("oncall_head", strip=live.strip(), page=found)
    if found.letters:
        with st.container(key="card_letters"):
            widgets.show("letters", page=found)
    _waiting(found)


def _waiting(found: OncallPage) -> None:
    """Show the unfinished escalations, each a link to its incident."""
    for row in found.waiting:
        with st.container(key=f"card_line_waiting_{row.incident_id}"):
            widgets.show("waiting", row=row)
            incident.link(row.incident_id, f"Open {row.label}")


@st.fragment(run_every=REFRESH)
def _log() -> None:
    found = queries.page()
    with st.container(key="card_delivery"):
        widgets.show("delivery", page=found)


@st.fragment(run_every=REFRESH)
def _people() -> None:
    found = queries.page()
    with st.container(key="card_duty"):
        widgets.show("duty", page=found)


def _test() -> None:
    """Put the test of the way to people onto the page."""
    found = queries.page()
    with st.container(key="card_test"):
        _tested()
        if found.can_test:
            with st.container(key="test_form", horizontal=True, vertical_alignment="center"):
                options = (_ALL, *found.channels)
                st.selectbox("Channel", options, key=_CHANNEL, label_visibility="collapsed", width="stretch")
                st.button("Send a test page", on_click=_send)


@st.fragment(run_every=REFRESH)
def _tested() -> None:
    widgets.show("tested", page=queries.page())
    asked = queries.asked()
    if asked is not None:
        widgets.show("asked", asked=asked)


def _send() -> None:
    chosen = st.session_state[_CHANNEL]
    queries.send_test("" if chosen == _ALL else chosen)
