"""What an incident's page and the list of incidents read, and how an answer is recorded."""

from pathlib import Path

import streamlit as st

from core.certainty import EVEN
from core.errors import FiretowerError
from core.records import Action, Incident, Selection
from dashboard import answers, phrases
from dashboard.facts import Facts
from dashboard.present import incident as present_incident
from dashboard.present import proof as present_proof
from dashboard.queries.shared import REFRESH, facts_in, workspace_in
from dashboard.viewmodels import IncidentLine, IncidentPage
from dashboard.workspace import folder_from_environment

LISTED = 100
"""Incidents in the list, newest first."""


def incident_page(incident_id: str) -> IncidentPage | None:
    """Return an incident's page, None when there is no such incident."""
    return _incident_page(folder_from_environment(), incident_id)


def incident_lines() -> tuple[IncidentLine, ...]:
    """Return all incidents, newest first."""
    return _incident_lines(folder_from_environment())


def answer(incident_id: str, action: Action) -> str:
    """Record an answer from the board; return the one that counts, in words."""
    folder = folder_from_environment()
    workspace = workspace_in(folder)
    incident = workspace.store.incident(incident_id)
    if incident is None:
        return "This incident is gone."
    now = workspace.now(workspace.store.pulse())
    try:
        counts = answers.record(workspace.store, incident, action, "board", "board", now)
    except FiretowerError as error:
        return f"Nothing was recorded. {error}"
    for cached in (facts_in, _incident_page, _incident_lines):
        cached.clear()
    return phrases.answer_sentence(counts, workspace.zone, now)


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _incident_page(folder: Path, incident_id: str) -> IncidentPage | None:
    store = workspace_in(folder).store
    incident = store.incident(incident_id)
    if incident is None:
        return None
    facts = facts_in(folder)
    material = present_incident.Material(
        incident=incident,
        answers=store.answers(incident_id),
        events=store.events(incident_id),
        points=store.signals(incident.brand, *present_incident.span(incident, facts.now)),
        rollups=store.rollups(*present_proof.heat_span(incident, facts.now), incident.brand),
        deliveries=[
            row for page in store.notifications(incident_id=incident_id) for row in store.deliveries(page.id)
        ],
        negative=store.mentions(present_incident.ANGER_OF, _negative(incident)),
    )
    return present_incident.page(facts, material)


def _negative(incident: Incident) -> Selection:
    return Selection(
        brand=incident.brand, since=incident.started_at, until=incident.closed_at, min_negative=EVEN
    )


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _incident_lines(folder: Path) -> tuple[IncidentLine, ...]:
    store = workspace_in(folder).store
    facts = facts_in(folder)
    return tuple(_line_of(folder, facts, incident) for incident in store.incidents(limit=LISTED))


def _line_of(folder: Path, facts: Facts, incident: Incident) -> IncidentLine:
    answered = workspace_in(folder).store.answers(incident.id)
    return present_incident.line(facts, incident, answered)
