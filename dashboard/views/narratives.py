"""Narratives: what is being said, which of it is dangerous, and since when."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.navigation.page import Page

from dashboard import widgets
from dashboard.queries import narratives as queries
from dashboard.queries.shared import REFRESH
from dashboard.viewmodels import Calm, Kin, NarrativeLine, NarrativePage
from dashboard.views import mentions
from dashboard.views.address import shown_id

EVERY_BRAND = "All brands"


def route() -> Page:
    """Return the page as the router and links know it."""
    return st.Page(page, title="Narratives", url_path="narratives")


def page() -> None:
    """Show the narrative that the address names, or all."""
    narrative_id = shown_id()
    if narrative_id:
        _one(narrative_id)
        return
    _list(_brand())


def link(narrative_id: str, label: str) -> None:
    """Put a link to a narrative onto the page."""
    st.page_link(route(), label=widgets.plain(label), query_params={"id": narrative_id})


def rows(lines: Sequence[NarrativeLine], place: Literal["live", "list"]) -> None:
    """Put a table of narratives onto the page; each row leads to its page."""
    widgets.show("narratives_head")
    for line in lines:
        with st.container(key=f"nrow_{place}_{line.id}"):
            widgets.show("narrative_line", line=line)
            link(line.id, f"Open {line.label}")


def _brand() -> str:
    options = (EVERY_BRAND, *queries.brands())
    with st.container(key="narrative_filters"):
        chosen = st.selectbox("Brand", options, key="brand", bind="query-params", width=260)
    return "" if chosen in (None, EVERY_BRAND) else str(chosen)


@st.fragment(run_every=REFRESH)
def _list(brand: str) -> None:
    found = queries.riskiest(brand)
    widgets.show("section", title="Narratives by risk", note=found.note)
    if found.lines:
        with st.container(key="card_narratives_list"):
            rows(found.lines, "list")
        return
    _nothing(found.empty)


def _nothing(text: str) -> None:
    with st.container(key="card_calm"):
        widgets.show("calm", calm=Calm(text))


@st.fragment(run_every=REFRESH)
def _one(narrative_id: str) -> None:
    found = queries.narrative_page(narrative_id)
    if found is None:
        _nothing("There is no such narrative here. The list is under Narratives.")
        return
    widgets.show("narrative_story", page=found)
    _links(found)
    with st.container(key="card_figures"):
        widgets.show("figures", figures=found.figures)
    left, right = st.columns([62, 38], gap="small")
    with left:
        _plot(found)
        if found.absorbed:
            _kin("absorbed", "Turned out to be the same", found.absorbed)
        if found.split_off:
            _kin("parts", "Became narratives of their own", found.split_off)
        with st.container(key="card_life"):
            widgets.show("happened", rows=found.life, zone="the newest first")
    with right, st.container(key="card_examples"):
        widgets.show("narrative_examples", rows=found.examples)


def _plot(found: NarrativePage) -> None:
    with st.container(key="card_plot"):
        widgets.show("narrative_plot", page=found)
        if found.plot is not None:
            st.vega_lite_chart(dict(found.plot.spec), theme=None, alt=found.plot.alt, key="plot")


def _links(found: NarrativePage) -> None:
    if found.became is not None:
        _kin("became", "Became part of another one", (found.became,))
    if found.split_from is not None:
        _kin("origin", "Split off from another one", (found.split_from,))
    with st.container(key="narrative_links", horizontal=True):
        parameters = {"narrative": found.line.id}
        st.page_link(mentions.route(), label="All its mentions", query_params=parameters)
        st.page_link(route(), label="All narratives")


def _kin(key: str, title: str, kindred: Sequence[Kin]) -> None:
    """List relatives; `key` tells the lists of a page apart, as one that split off may come back."""
    with st.container(key=f"card_parts_{key}"):
        widgets.show("narratives_title", title=title, note="each row opens it")
        for kin in kindred:
            with st.container(key=f"nrow_{key}_{kin.id}"):
                widgets.show("kin", kin=kin)
                link(kin.id, f"Open {kin.label}")
