"""The board's only data access: short reads, shared by all sessions, turned into view models.

The store is asked for the same thing at most once every two seconds, however many people look.
This file has what all pages need; each page's own reads stand in a file of its name.
"""

from pathlib import Path
from shlex import quote

import streamlit as st

from core.errors import Permanent
from core.ports import Store
from core.records import DeliveryStatus, Outcome
from dashboard.facts import Facts
from dashboard.phrases import Paging
from dashboard.viewmodels import Trouble
from dashboard.workspace import NoWorkspace, Workspace, folder_from_environment, open_for_reading

REFRESH = "2s"
"""How often the live zones look again, and how long what they read is shared."""


def trouble() -> Trouble | None:
    """Return why nothing can be shown and what to do, or None."""
    folder = folder_from_environment()
    try:
        workspace = workspace_in(folder)
    except NoWorkspace as error:
        return Trouble("Nothing to show yet", str(error), f"firetower run --workspace {quote(str(folder))}")
    except Permanent as error:
        return Trouble(
            "This workspace cannot be read", str(error), f"firetower check --workspace {quote(str(folder))}"
        )
    if not workspace.config.brands and not facts_in(folder).states:
        missing = f"Add a brand to {folder / 'firetower.toml'}, then start again."
        return Trouble("No brand is watched", missing, workspace.command)
    return None


@st.cache_resource(show_spinner=False)
def workspace_in(folder: Path) -> Workspace:
    """Return the open workspace in `folder`, one for all sessions."""
    return open_for_reading(folder)


@st.cache_data(ttl=REFRESH, show_spinner=False)
def facts_in(folder: Path) -> Facts:
    """Return what every page stands on."""
    workspace = workspace_in(folder)
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
