"""What the weekly page reads from the archive, and how one is asked for."""

from pathlib import Path

import streamlit as st

from core.codec import loads
from core.records import Report, Week
from dashboard.present import weekly as present_weekly
from dashboard.queries import asking
from dashboard.queries.shared import REFRESH, facts_in, workspace_in
from dashboard.viewmodels import Asked, Download, WeeklyArchive, WeeklyPage
from dashboard.workspace import folder_from_environment

WEEKS = 520
"""Weeks that can be chosen: ten years."""
KIND = "report"
"""The job that makes a page, `pipeline/weekly`."""


def archive(week: str) -> WeeklyArchive:
    """Return which weeks have a page, and what to do when `week`, or any, has none."""
    return _archive(folder_from_environment(), week)


def page(week: str, brand: str) -> WeeklyPage | None:
    """Return the page of a week with the sheet of a brand, None when it was never made."""
    return _page(folder_from_environment(), week, brand)


def downloads(week: str) -> tuple[Download, ...]:
    """Return a week's files."""
    found = _report(folder_from_environment(), week)
    if found is None:
        return ()
    name = present_weekly.file_name(found.week)
    html = Download(f"{name}.html", found.html.encode(), "text/html")
    return (html, Download(f"{name}.pdf", found.pdf, "application/pdf"))


def ask_for_page() -> None:
    """Ask the main process for the page of the present week, as far as it has come."""
    folder = folder_from_environment()
    facts = facts_in(folder)
    asking.ask(folder, KIND, {"week": f"{facts.now.astimezone(facts.zone):%G-W%V}"})


def asked() -> Asked | None:
    """Say what became of the newest page that was asked for."""
    return asking.newest(folder_from_environment(), KIND)


def read_anew() -> None:
    """Forget what was read: a page has just been made."""
    for cached in (_archive, _report, _page):
        cached.clear()


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _archive(folder: Path, week: str) -> WeeklyArchive:
    weeks = workspace_in(folder).store.report_weeks(WEEKS)
    return present_weekly.archive(weeks, week, str(folder))


@st.cache_data(ttl=REFRESH, max_entries=8, show_spinner=False)
def _report(folder: Path, week: str) -> Report | None:
    return workspace_in(folder).store.report(week)


@st.cache_data(ttl=REFRESH, max_entries=16, show_spinner=False)
def _page(folder: Path, week: str, brand: str) -> WeeklyPage | None:
    found = _report(folder, week)
    return present_weekly.page(loads(Week, found.data), found, brand) if found else None
