"""Sources: what is seen, what is not since when, and who has to do something about it."""

import streamlit as st
from streamlit.navigation.page import Page

from dashboard import widgets
from dashboard.queries import live
from dashboard.queries import sources as queries
from dashboard.queries.shared import REFRESH

_TRIAL = "query_trial"
_EXAMPLE = '"Northwind Air" AND (refund OR voucher)'


def route() -> Page:
    """Return the page as the router and links know it."""
    return st.Page(page, title="Sources", url_path="sources")


def page() -> None:
    """Show the sources, and below them a place to try a query."""
    _sources()
    _try_query()


@st.fragment(run_every=REFRESH)
def _sources() -> None:
    found = queries.page()
    with st.container(key="card_sources_strip"):
        widgets.show("sources_strip", strip=live.strip(), page=found)
    with st.container(key="card_sources"):
        widgets.show("sources", page=found)
    with st.container(key="card_mixes"):
        widgets.show("mixes", page=found)


def _try_query() -> None:
    with st.container(key="card_trial"):
        widgets.show("trial_head")
        with (
            st.form("trial", border=False),
            st.container(key="trial_form", horizontal=True, vertical_alignment="center"),
        ):
            query = _query()
            if st.form_submit_button("Try the query", width="content") and query:
                st.session_state[_TRIAL] = queries.try_query(query)
        _trial()


def _query() -> str:
    typed = st.text_input("Query", max_chars=2_000, placeholder=_EXAMPLE, label_visibility="collapsed")
    return (typed or "").strip()


@st.fragment(run_every=REFRESH)
def _trial() -> None:
    found = queries.trial(st.session_state[_TRIAL]) if _TRIAL in st.session_state else None
    if found is not None:
        widgets.show("trial", trial=found)
