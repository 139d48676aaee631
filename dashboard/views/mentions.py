"""Mentions: every single one, found in seconds, and set right in one click."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Thread

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import ScriptRunContext, add_script_run_ctx, get_script_run_ctx

from core.records import UNSURE, Sentiment, Word
from dashboard import widgets
from dashboard.queries import mentions as queries
from dashboard.queries.mentions import SPANS, TONES, Wanted
from dashboard.queries.shared import REFRESH
from dashboard.viewmodels import Calm, MentionList, NarrativeChoice
from dashboard.views import labels, learning, questions

EVERY_BRAND, EVERY_SOURCE = "All brands", "All sources"
EVERY_SENTIMENT, EVERY_TONE = "Any sentiment", "Any tone"
EVERY_TIME, EVERY_NARRATIVE = "All time", "All narratives"
US, NOT_US = "Us", "Not us"
"""What counts, and what is about a namesake."""
WORDS: Mapping[str, Word] = {word: word for word in (*Sentiment, UNSURE)}
STEP = 25
"""Mentions that one press adds."""
MOST = 200
"""Mentions on one page; older ones begin a new one, so that a page stays quick."""

FILE, CSV = "firetower-mentions.csv", "text/csv"

_ANCHOR, _WANTED, _LIMIT = "as_of", "wanted", "shown"
_MODEL = "model_in_use"


def route() -> Page:
    """Return the page as the router and links know it."""
    return st.Page(page, title="Mentions", url_path="mentions")


def page() -> None:
    """Show the filters, the list, and what was learned."""
    left, right = st.columns([70, 30], gap="small")
    with left:
        wanted = _filters()
        _hold(wanted)
        if not (wanted.search or wanted.narrative):  # who looks for something has other things to do
            questions.card(wanted.brand)
        with st.container(key="card_mentions"):
            with st.container(key="mentions_head", horizontal=True, vertical_alignment="center"):
                _head(wanted)
                _export(wanted)
            _list(wanted)
    with right:
        learning.panel()


def _filters() -> Wanted:
    """Show the filters; each one stands in the address, so that a view can be shared."""
    offered = queries.choices()
    with st.container(key="card_filters"):
        search = _search()
        with st.container(key="filter_row", horizontal=True):
            brand = _choose("Brand", "brand", EVERY_BRAND, offered.brands)
            source = _choose("Source", "source", EVERY_SOURCE, offered.sources)
            sentiment = _choose("Sentiment", "sentiment", EVERY_SENTIMENT, tuple(WORDS))
            tone = _choose("Tone", "tone", EVERY_TONE, TONES)
            span = _choose("Time", "span", EVERY_TIME, tuple(SPANS))
            narrative = _choose_narrative(offered.narratives)
            about = _choose("About", "about", US, (NOT_US,))
    return Wanted(brand, source, WORDS.get(sentiment), span, search, narrative, tone, about == NOT_US)


def _search() -> str:
    """Return the words to search for; looked for while they are typed, after a short rest."""
    typed = st.text_input(
        "Search",
        key="search",
        bind="query-params",
        type="search",
        live=True,
        max_chars=200,
        label_visibility="collapsed",
        placeholder="Search words, or a phrase in quotes",
    )
    return (typed or "").strip()


def _choose(label: str, key: str, everything: str, options: Sequence[str]) -> str:
    """Return what was chosen, "" for everything."""
    chosen = st.selectbox(label, (everything, *options), key=key, bind="query-params", filter_mode="contains")
    return "" if chosen in (None, everything) else str(chosen)


def _choose_narrative(offered: Sequence[NarrativeChoice]) -> str:
    """Return the id of the chosen narrative; the address names the id, because labels change and repeat."""
    asked = st.query_params.get("narrative", "")
    labels = {one.id: one.label for one in offered}
    if asked and asked not in labels:
        labels[asked] = queries.narrative_label(asked) or "a narrative that is not here"
    st.session_state["narrative_choice"] = asked
    st.selectbox(
        "Narrative",
        ("", *labels),
        format_func=lambda one: labels.get(one, EVERY_NARRATIVE),
        key="narrative_choice",
        on_change=_narrative_chosen,
        filter_mode="contains",
    )
    return asked


def _narrative_chosen() -> None:
    chosen = st.session_state["narrative_choice"]
    if chosen:
        st.query_params["narrative"] = chosen
    else:
        st.query_params.pop("narrative", None)


def _hold(wanted: Wanted) -> None:
    """Let the list stand still as of the moment in which its filters were set.

    Rows that move while somebody presses a button under them would be set wrong.
    """
    if st.session_state.get(_WANTED) != wanted:
        st.session_state[_WANTED] = wanted
        _begin_at(queries.present())


def _begin_at(anchor: datetime) -> None:
    st.session_state[_ANCHOR] = anchor
    st.session_state[_LIMIT] = STEP
    labels.forget()


def _as_of() -> datetime:
    anchor: datetime = st.session_state[_ANCHOR]
    return anchor


@st.fragment(run_every=REFRESH)
def _head(wanted: Wanted) -> None:
    _follow_model()
    found = queries.head(wanted, _as_of())
    with st.container(key="mentions_fresh", horizontal=True, vertical_alignment="center"):
        widgets.show("mentions_head", head=found)
        label = f"Show {found.newer}" if found.newer else "Up to date"
        if st.button(label, key="newest", disabled=not found.newer):
            _begin_at(queries.present())
            st.rerun()


def _follow_model() -> None:
    """Show the list anew once another version is in use: which labels count may have changed."""
    model = queries.model_in_use()
    if st.session_state.setdefault(_MODEL, model) != model:
        st.session_state[_MODEL] = model
        st.rerun()


def _export(wanted: Wanted) -> None:
    """Offer the list as a file, made when it is asked for."""
    st.download_button(
        "Export CSV",
        data=partial(_file, wanted, _as_of(), get_script_run_ctx()),
        file_name=FILE,
        mime=CSV,
        on_click="ignore",
        key="export",
        help=f"At most the newest {queries.FILE_ROWS:,} of this list. For more: firetower export",
    )


def _file(wanted: Wanted, as_of: datetime, session: ScriptRunContext | None) -> bytes:
    """Return the list as a file, and hold it for the session.

    What is made on demand belongs to no session (Streamlit 1.67): the second refresh of anybody's board
    removes it, often before the browser has fetched it.
    """
    made = queries.file(wanted, as_of)
    hold = Thread(target=get_instance().media_file_mgr.add, args=(made, CSV, "export", FILE, True))
    add_script_run_ctx(hold, session).start()
    hold.join()
    return made


@st.fragment
def _list(wanted: Wanted) -> None:
    labels.tell_failure()
    limit: int = st.session_state[_LIMIT]
    found = queries.mentions(wanted, _as_of(), limit, labels.before())
    with st.container(key="mentions_rows", gap=None):
        for line in found.lines:
            labels.row(line, "list")
    if not found.lines:
        with st.container(key="mentions_empty"):
            widgets.show("calm", calm=Calm(found.empty))
    if found.more:
        _offer_older(found, limit)
    if questions.asks(labels.just_said()):
        st.rerun()


def _offer_older(found: MentionList, limit: int) -> None:
    with st.container(key="mentions_more", horizontal=True):
        if limit < MOST:
            st.button(f"Load {STEP} more", key="more", on_click=_more)
        elif found.oldest_at is not None:
            # The last moment is shown again: more mentions than fitted may bear it.
            begin = found.oldest_at + timedelta(microseconds=1)
            st.button(f"Older than {found.oldest}", key="older", on_click=_begin_at, args=(begin,))


def _more() -> None:
    st.session_state[_LIMIT] += STEP
