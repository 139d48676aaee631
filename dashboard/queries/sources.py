"""What Sources reads, and how a query is tried."""

from pathlib import Path

import streamlit as st

from dashboard.present import trial as present_trial
from dashboard.present import watch as present_watch
from dashboard.queries import asking
from dashboard.queries.shared import REFRESH, facts_in, workspace_in
from dashboard.viewmodels import QueryTrial, SourcesPage
from dashboard.workspace import folder_from_environment

KIND = "query_preview"
"""The job that tries a query, `pipeline/preview.py`."""
DAY = 86_400


def page() -> SourcesPage:
    """Return the sources and what they usually bring."""
    return _page(folder_from_environment())


def try_query(query: str) -> str:
    """Ask the main process what a query finds; return the job's id."""
    return asking.ask(folder_from_environment(), KIND, {"query": query})


def trial(job_id: str) -> QueryTrial | None:
    """Return what became of a trial, None when there is no such job."""
    folder = folder_from_environment()
    job = workspace_in(folder).store.job(job_id)
    return present_trial.trial(facts_in(folder), job) if job else None


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _page(folder: Path) -> SourcesPage:
    facts = facts_in(folder)
    return present_watch.page(facts, _material(folder))


@st.cache_data(ttl="30s", show_spinner=False)
def _material(folder: Path) -> present_watch.Material:
    """Return the sums of a day and of a fortnight, which change slowly."""
    now = facts_in(folder).now
    store = workspace_in(folder).store
    return present_watch.Material(
        day=store.rollups(present_watch.first_hour(now), now, seconds=3600),
        usual=store.rollups(now - present_watch.USUAL, now, seconds=DAY),
        folder=str(folder),
    )
