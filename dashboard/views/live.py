"""Live: is something burning, whose, how fast, who has it, and what can we not see?"""

import streamlit as st

from core.records import Action
from dashboard import widgets
from dashboard.queries import live as queries
from dashboard.queries import narratives as narrative_queries
from dashboard.queries.shared import REFRESH
from dashboard.viewmodels import Banner, Calm, Tile
from dashboard.views import incident, narratives

TILES = 24
"""Brands with a tile, the worst ones: eight rows on a laptop, and a refresh stays cheap."""
_PAUSED = "paused_stream"
_EVERY_BRAND = "every_brand_shown"


def page() -> None:
    """Show the zones; each one refreshes by itself."""
    _strip()
    left, right = st.columns([7, 3], gap="small")
    with left:
        _incidents()
        _tiles()
        _narratives()
    with right:
        _stream()


@st.fragment(run_every=REFRESH)
def _strip() -> None:
    with st.container(key="card_strip"):
        widgets.show("strip", strip=queries.strip())
        storm, reasons = queries.limits()
        if storm:
            widgets.show("storm", storm=storm)
        if reasons.rows:
            widgets.show("reasons", reasons=reasons)


@st.fragment(run_every=REFRESH)
def _incidents() -> None:
    incident.say_what_was_answered()
    found = queries.open_incidents()
    for banner in found.banners:
        _banner(banner)
    if found.more:
        st.page_link(incident.route(), label=f"{found.more} more open incidents")
    if not found.banners:
        with st.container(key="card_calm"):
            widgets.show("calm", calm=found.calm)


def _banner(banner: Banner) -> None:
    with st.container(key=f"card_banner_{banner.id}"):
        widgets.show("banner_bar", banner=banner)
        with st.container(key=f"banner_head_{banner.id}", horizontal=True, vertical_alignment="center"):
            widgets.show("banner_label", banner=banner)
            if banner.answerable:
                incident.answer_button(banner.id, Action.ACKNOWLEDGE, banner.answered)
            incident.link(banner.id, "Open incident")
            if banner.answerable:
                incident.answer_button(banner.id, Action.FALSE_ALARM, banner.answered)
        widgets.show("banner_columns", banner=banner)


@st.fragment(run_every=REFRESH)
def _tiles() -> None:
    note = "negative mentions in the last hour; lines show six hours against the expected band"
    widgets.show("section", title="Brands", note=note)
    everything = _EVERY_BRAND in st.session_state
    tiles = queries.tiles(None if everything else TILES)
    if not tiles:
        with st.container(key="card_calm_tiles"):
            widgets.show("calm", calm=Calm(queries.no_tiles()))
        return
    with st.grid(3, min_column_width=250, gap="small", key="tiles"):
        for tile in tiles:
            _tile(tile)
    if everything:
        st.button("Show fewer brands", key="fewer_brands", on_click=_fewer_brands)
    elif label := queries.further_tiles(len(tiles)):
        st.button(label, key="every_brand", on_click=_every_brand)


def _tile(tile: Tile) -> None:
    with st.container(key=f"card_tile_{tile.key}"):
        widgets.show("tile", tile=tile)
        if tile.incident_id:
            incident.link(tile.incident_id, f"Open the incident of {tile.brand}")


@st.fragment(run_every=REFRESH)
def _narratives() -> None:
    found = narrative_queries.on_live()
    widgets.show("section", title="Narratives by risk", note=found.note)
    if found.lines:
        with st.container(key="card_narratives_live"):
            narratives.rows(found.lines, "live")
        return
    with st.container(key="card_calm_narratives"):
        widgets.show("calm", calm=Calm(found.empty))


@st.fragment(run_every=REFRESH)
def _stream() -> None:
    """Show the newest mentions; while paused, those of the moment when it was pressed."""
    stream = st.session_state.get(_PAUSED) or queries.stream()
    paused = _PAUSED in st.session_state
    with st.container(key="card_stream"):
        with st.container(key="stream_head", horizontal=True, vertical_alignment="center"):
            widgets.show("stream_head", stream=stream, paused=paused)
            if paused:
                st.button("Resume", key="resume", icon=":material/play_arrow:", on_click=_resume)
            else:
                st.button("Pause", key="pause", icon=":material/pause:", on_click=_pause)
        with st.container(key="stream_rows"):
            widgets.show("stream", stream=stream)


def _every_brand() -> None:
    st.session_state[_EVERY_BRAND] = True


def _fewer_brands() -> None:
    del st.session_state[_EVERY_BRAND]


def _pause() -> None:
    st.session_state[_PAUSED] = queries.stream()


def _resume() -> None:
    del st.session_state[_PAUSED]
