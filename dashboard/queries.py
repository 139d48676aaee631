"""The board's only data access: short reads, shared by all sessions, turned into view models.

The store is asked for the same thing at most once every two seconds, however many people look.
"""

from datetime import timedelta
from pathlib import Path

import streamlit as st

from core.clock import from_seconds
from core.errors import FiretowerError, Permanent
from core.ports import Store
from core.records import BIN_SECONDS, Action, DeliveryStatus, Incident, Outcome, SignalPoint
from dashboard import (
    answers,
    phrases,
    present_incident,
    present_live,
    present_proof,
    present_sources,
    present_stream,
)
from dashboard.facts import Facts
from dashboard.phrases import Paging
from dashboard.spark import SPAN
from dashboard.viewmodels import (
    IncidentLine,
    IncidentPage,
    OpenIncidents,
    Reasons,
    Stream,
    Strip,
    Tile,
    Trouble,
)
from dashboard.workspace import NoWorkspace, Workspace, folder_from_environment, open_for_reading

REFRESH = "2s"
"""How often the live zones look again, and how long what they read is shared."""
STREAM = 60
"""Mentions in the stream, 86 px each: several screens."""
LISTED = 100
"""Incidents in the list, newest first."""
WEEK = timedelta(days=7)


def trouble() -> Trouble | None:
    """Return why nothing can be shown and what to do, or None."""
    folder = folder_from_environment()
    try:
        workspace = _workspace(folder)
    except NoWorkspace as error:
        return Trouble("Nothing to show yet", str(error), f"firetower run --workspace {folder}")
    except Permanent as error:
        return Trouble("This workspace cannot be read", str(error), f"firetower check --workspace {folder}")
    if not workspace.config.brands and not _facts(folder).states:
        missing = f"Add a brand to {folder / 'firetower.toml'}, then start again."
        return Trouble("No brand is watched", missing, workspace.command)
    return None


def strip() -> Strip:
    """Return the line on top of Live."""
    return _strip(folder_from_environment())


def reasons() -> Reasons:
    """Return why sources are not seen."""
    return present_sources.reasons(_facts(folder_from_environment()))


def open_incidents() -> OpenIncidents:
    """Return the open incidents."""
    return present_live.open_incidents(_facts(folder_from_environment()))


def tiles() -> tuple[Tile, ...]:
    """Return a tile per brand, in the order in which they are shown."""
    return _tiles(folder_from_environment())


def stream() -> Stream:
    """Return the newest mentions."""
    return _stream(folder_from_environment())


def incident_page(incident_id: str) -> IncidentPage | None:
    """Return an incident's page, None when there is no such incident."""
    return _incident_page(folder_from_environment(), incident_id)


def incident_lines() -> tuple[IncidentLine, ...]:
    """Return all incidents, newest first."""
    return _incident_lines(folder_from_environment())


def answer(incident_id: str, action: Action) -> str:
    """Record an answer from the board; return the one that counts, in words."""
    folder = folder_from_environment()
    workspace = _workspace(folder)
    incident = workspace.store.incident(incident_id)
    if incident is None:
        return "This incident is gone."
    now = workspace.now(workspace.store.pulse())
    try:
        counts = answers.record(workspace.store, incident, action, "board", "board", now)
    except FiretowerError as error:
        return f"Nothing was recorded. {error}"
    for cached in (_facts, _incident_page, _incident_lines):
        cached.clear()
    return phrases.answer_sentence(counts, workspace.zone, now)


@st.cache_resource(show_spinner=False)
def _workspace(folder: Path) -> Workspace:
    return open_for_reading(folder)


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _facts(folder: Path) -> Facts:
    workspace = _workspace(folder)
    store = workspace.store
    pulse = store.pulse()
    incidents = tuple(store.incidents(open_only=True))
    return Facts(
        now=workspace.now(pulse),
        zone=workspace.zone,
        purpose=workspace.purpose,
        pulse=pulse,
        silent_since=workspace.silent_since(pulse),
        wall=workspace.clock.now(),
        command=workspace.command,
        channels=tuple(channel.name for channel in workspace.config.channels),
        states=tuple(store.states()),
        sources=tuple(store.sources()),
        incidents=incidents,
        answers={incident.id: store.answers(incident.id) for incident in incidents},
        paging={incident.id: _paging(store, incident.id) for incident in incidents},
    )


def _paging(store: Store, incident_id: str) -> Paging:
    """Return which channels took a page of the incident, and what became of the newest."""
    pages = store.notifications(incident_id=incident_id)
    deliveries = [delivery for page in pages for delivery in store.deliveries(page.id)]
    took = {delivery.channel for delivery in deliveries if delivery.status is DeliveryStatus.SENT}
    return Paging(tuple(sorted(took)), pages[0].outcome if pages else Outcome.PENDING)


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _strip(folder: Path) -> Strip:
    return present_live.strip(_facts(folder), *_week(folder))


@st.cache_data(ttl="30s", show_spinner=False)
def _week(folder: Path) -> tuple[int, int]:
    """Return the pages of the last seven days, and how many of their incidents were called false alarms."""
    workspace = _workspace(folder)
    since = _facts(folder).now - WEEK
    recent = [page for page in workspace.store.notifications() if page.created_at >= since]
    incidents = {page.incident_id for page in recent}
    called_false = sum(Action.FALSE_ALARM in workspace.store.answers(incident) for incident in incidents)
    return present_live.count_pages(recent), called_false


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _tiles(folder: Path) -> tuple[Tile, ...]:
    facts = _facts(folder)
    window = int(facts.now.timestamp()) // BIN_SECONDS
    return present_live.tiles(facts, _lines(folder, window, tuple(signal.brand for signal in facts.states)))


@st.cache_data(ttl="30s", max_entries=4, show_spinner=False)
def _lines(folder: Path, window: int, brands: tuple[str, ...]) -> dict[str, list[SignalPoint]]:
    """Return six hours of closed bins for each brand; they change when a 5-minute window ends."""
    end = from_seconds((window + 1) * BIN_SECONDS)
    store = _workspace(folder).store
    return {brand: store.signals(brand, end - SPAN, end) for brand in brands}


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _stream(folder: Path) -> Stream:
    facts = _facts(folder)
    store = _workspace(folder).store
    rollups = store.rollups(facts.now - timedelta(hours=1), facts.now)
    return present_stream.stream(facts, store.mentions(STREAM), rollups)


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _incident_page(folder: Path, incident_id: str) -> IncidentPage | None:
    store = _workspace(folder).store
    incident = store.incident(incident_id)
    if incident is None:
        return None
    facts = _facts(folder)
    material = present_incident.Material(
        incident=incident,
        answers=store.answers(incident_id),
        events=store.events(incident_id),
        points=store.signals(incident.brand, *present_incident.span(incident, facts.now)),
        rollups=store.rollups(*present_proof.heat_span(incident, facts.now), incident.brand),
    )
    return present_incident.page(facts, material)


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _incident_lines(folder: Path) -> tuple[IncidentLine, ...]:
    store = _workspace(folder).store
    facts = _facts(folder)
    return tuple(_line_of(folder, facts, incident) for incident in store.incidents(limit=LISTED))


def _line_of(folder: Path, facts: Facts, incident: Incident) -> IncidentLine:
    answered = _workspace(folder).store.answers(incident.id)
    return present_incident.line(facts, incident, answered)
