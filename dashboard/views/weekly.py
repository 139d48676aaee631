"""Weekly: better or worse than last week, by how much, why, what comes next, can I trust it?"""

import streamlit as st
from streamlit.navigation.page import Page

from dashboard import widgets
from dashboard.queries import weekly as queries
from dashboard.queries.shared import REFRESH
from dashboard.viewmodels import BrandSheet, WeeklyArchive, WeeklyPage

_WEEK, _BRAND = "week", "brand"
_BUSY = "weekly_busy"


def route() -> Page:
    """Return the page as the router and links know it."""
    return st.Page(page, title="Weekly", url_path="weekly")


def page() -> None:
    """Show the week that the address names, or the newest."""
    asked_for = st.query_params.get(_WEEK, "")
    archive = queries.archive(asked_for)
    week = asked_for or next(iter(archive.weeks), "")
    found = None if archive.title else queries.page(week, st.query_params.get(_BRAND, ""))
    with st.container(key="weekly"):
        _head(archive, week, found)
        _asked()
        if found is None:
            _nothing(archive)
        else:
            _sheet(found)


def _head(archive: WeeklyArchive, week: str, found: WeeklyPage | None) -> None:
    with st.container(key="weekly_head", horizontal=True, vertical_alignment="bottom"):
        widgets.show("weekly_head", page=found)
        if archive.weeks:
            _choice("Week", _WEEK, archive.weeks, week)
        if found is not None and found.brands:
            names = tuple(line.name for line in found.brands)
            shown = next(line.name for line in found.brands if line.shown)
            _choice("Brand", _BRAND, names, shown)
        for file in queries.downloads(week) if found else ():
            label = f"Download {file.name.rpartition('.')[2].upper()}"
            st.download_button(label, file.data, file.name, file.mime, on_click="ignore")
        st.button("Make this week's page", on_click=queries.ask_for_page)


def _choice(label: str, key: str, options: tuple[str, ...], value: str) -> None:
    """Put a choice onto the page that follows the address and is followed by it.

    Its value is part of its key: a widget that keeps its key would keep its own choice, too.
    """
    widget = f"weekly_choice_{key}_{value}"
    st.selectbox(
        label,
        options,
        index=options.index(value) if value in options else None,
        key=widget,
        label_visibility="collapsed",
        placeholder=f"Choose a {key}",
        on_change=_chosen,
        args=(key, widget),
        width=180,
    )


def _chosen(key: str, widget: str) -> None:
    value = st.session_state[widget]
    if value is not None:
        st.query_params[key] = value


@st.fragment(run_every=REFRESH)
def _asked() -> None:
    """Say what became of the page that was asked for; once it is made, show it: it is the newest."""
    asked = queries.asked()
    busy = asked is not None and asked.busy
    if st.session_state.get(_BUSY) and not busy:
        st.session_state[_BUSY] = False
        queries.read_anew()
        st.query_params.pop(_WEEK, None)
        st.rerun()
    st.session_state[_BUSY] = busy
    if asked is not None:
        widgets.show("asked", asked=asked)


def _nothing(archive: WeeklyArchive) -> None:
    with st.container(key="card_weekly_none"):
        widgets.show("weekly_none", archive=archive)


def _sheet(found: WeeklyPage) -> None:
    with st.container(key="card_sheet"):
        widgets.show("weekly_title", page=found)
        if found.sheet is not None:
            _brand(found.sheet)
        widgets.show("weekly_risks", page=found)
        if found.sheet is not None:
            widgets.show("weekly_account", sheet=found.sheet)
    if found.brands:
        with st.container(key="card_weekly_brands"):
            widgets.show("weekly_brands", page=found)


def _brand(sheet: BrandSheet) -> None:
    left, right = st.columns([336, 620], gap="large")
    with left:
        widgets.show("weekly_index", sheet=sheet)
    with right:
        widgets.show("weekly_story", sheet=sheet)
        if sheet.plot is not None:
            st.vega_lite_chart(dict(sheet.plot.spec), theme=None, alt=sheet.plot.alt, key="weekly_plot")
    widgets.show("weekly_shares", sheet=sheet)
