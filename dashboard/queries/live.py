"""What Live reads."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import streamlit as st

from core.clock import from_seconds
from core.records import BIN_SECONDS, Action, SignalPoint
from dashboard.present import live as present_live
from dashboard.present import sources as present_sources
from dashboard.present import stream as present_stream
from dashboard.queries.shared import REFRESH, facts_in, workspace_in
from dashboard.spark import SPAN
from dashboard.viewmodels import OpenIncidents, Reasons, Stream, Strip, Tile
from dashboard.workspace import folder_from_environment

STREAM = 60
"""Mentions in the stream, 86 px each: several screens."""
WEEK = timedelta(days=7)


def strip() -> Strip:
    """Return the line on top of Live."""
    return _strip(folder_from_environment())


def limits() -> tuple[str, Reasons]:
    """Return what storm mode means for the numbers, "" while all is read, and why sources are not seen."""
    facts = facts_in(folder_from_environment())
    return present_live.storm(facts), present_sources.reasons(facts)


def open_incidents() -> OpenIncidents:
    """Return the open incidents."""
    return present_live.open_incidents(facts_in(folder_from_environment()))


def tiles(most: int | None) -> tuple[Tile, ...]:
    """Return a tile per brand, in the order in which they are shown, at most so many."""
    return _tiles(folder_from_environment(), most)


def further_tiles(shown: int) -> str:
    """Say which brands have no tile when that many have one."""
    return present_live.further(facts_in(folder_from_environment()), shown)


def no_tiles() -> str:
    """Say why there is no tile."""
    folder = folder_from_environment()
    brands = [brand.name for brand in workspace_in(folder).config.brands]
    return present_live.no_tiles(facts_in(folder), brands)


def stream() -> Stream:
    """Return the newest mentions."""
    return _stream(folder_from_environment())


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _strip(folder: Path) -> Strip:
    return present_live.strip(facts_in(folder), *_week(folder))


@st.cache_data(ttl="30s", show_spinner=False)
def _week(folder: Path) -> tuple[int, int]:
    """Return the pages of the last seven days, and how many of their incidents were called false alarms."""
    workspace = workspace_in(folder)
    since = facts_in(folder).now - WEEK
    recent = [page for page in workspace.store.notifications() if page.created_at >= since]
    incidents = {page.incident_id for page in recent}
    called_false = sum(Action.FALSE_ALARM in workspace.store.answers(incident) for incident in incidents)
    return present_live.count_pages(recent), called_false


@st.cache_data(ttl=REFRESH, max_entries=4, show_spinner=False)
def _tiles(folder: Path, most: int | None) -> tuple[Tile, ...]:
    facts = facts_in(folder)
    shown = replace(facts, states=tuple(present_live.by_risk(facts.states)[:most]))
    window = int(facts.now.timestamp()) // BIN_SECONDS
    brands = tuple(sorted(signal.brand for signal in shown.states))
    return present_live.tiles(shown, _lines(folder, window, brands))


@st.cache_data(ttl="30s", max_entries=4, show_spinner=False)
def _lines(folder: Path, window: int, brands: tuple[str, ...]) -> dict[str, list[SignalPoint]]:
    """Return six hours of closed bins for each brand; they change when a 5-minute window ends."""
    end = from_seconds((window + 1) * BIN_SECONDS)
    store = workspace_in(folder).store
    return {brand: store.signals(brand, end - SPAN, end) for brand in brands}


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _stream(folder: Path) -> Stream:
    facts = facts_in(folder)
    store = workspace_in(folder).store
    rollups = store.rollups(facts.now - timedelta(hours=1), facts.now)
    return present_stream.stream(facts, store.mentions(STREAM), rollups)
