"""What On-call reads, and how a test page is asked for."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import streamlit as st

from core.config import Config
from core.ports import Store
from core.records import Delivery, DeliveryStatus, Notification
from dashboard.facts import Facts
from dashboard.present import oncall as present_oncall
from dashboard.present.waiting import Duty, waiting
from dashboard.queries import asking
from dashboard.queries.shared import REFRESH, facts_in, workspace_in
from dashboard.viewmodels import Asked, OncallPage, WaitingRow
from dashboard.workspace import folder_from_environment

KIND = "test_page"
"""The job that sends a test, `pipeline/testpage.py`."""
EVERY = "all"
"""Stands for all channels in its arguments."""
PAGES = 60
"""Pages in the log, newest first."""
DEAD = 100
"""Dead letters that are looked through."""


def page() -> OncallPage:
    """Return who is on call, and what became of the pages."""
    return _page(folder_from_environment())


def send_test(channel: str) -> None:
    """Ask the main process for a test page to a channel, or with "" to all."""
    asking.ask(folder_from_environment(), KIND, {"channel": channel or EVERY})
    _page.clear()


def asked() -> Asked | None:
    """Say what became of the newest test that was asked for."""
    return asking.newest(folder_from_environment(), KIND)


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _page(folder: Path) -> OncallPage:
    workspace = workspace_in(folder)
    facts = facts_in(folder)
    return present_oncall.page(facts, _material(folder, workspace.config, facts))


def _material(folder: Path, config: Config, facts: Facts) -> present_oncall.Material:
    store = workspace_in(folder).store
    pages = store.notifications(PAGES)
    week = facts.now - present_oncall.WEEK
    return present_oncall.Material(
        channels=config.channels,
        paging=config.paging,
        pages=pages,
        deliveries=_by_page(store, pages),
        dead=_with_pages(store, _dead(store, week)),
        had=_had(folder),
        waiting=_waiting(store, config, facts),
    )


@st.cache_data(ttl="30s", show_spinner=False)
def _had(folder: Path) -> list[tuple[Delivery, Notification | None]]:
    """Return what was delivered in seven days, which is read page by page."""
    store = workspace_in(folder).store
    return _with_pages(store, store.delivered_since(facts_in(folder).now - present_oncall.WEEK))


def _by_page(store: Store, pages: list[Notification]) -> dict[str, list[Delivery]]:
    return {page.id: store.deliveries(page.id) for page in pages}


def _dead(store: Store, since: datetime) -> list[Delivery]:
    """Return the dead letters since then, newest first: given up, or withdrawn after tries that failed."""
    lost = (DeliveryStatus.DEAD, DeliveryStatus.WITHDRAWN)
    rows = [row for status in lost for row in store.deliveries(limit=DEAD, status=status)]
    dated = [(row.at, row) for row in rows if row.at is not None and row.at >= since and _failed(row)]
    return [row for _, row in sorted(dated, key=lambda each: each[0], reverse=True)]


def _failed(row: Delivery) -> bool:
    """True unless it was withdrawn before anything was tried: then its channel has failed nobody."""
    return row.status is DeliveryStatus.DEAD or row.attempts > 0


def _with_pages(store: Store, rows: Iterable[Delivery]) -> list[tuple[Delivery, Notification | None]]:
    return [(row, store.notification(row.notification_id)) for row in rows]


def _waiting(store: Store, config: Config, facts: Facts) -> list[WaitingRow]:
    paged = [incident for incident in facts.incidents if incident.paged_at is not None]
    pages = {incident.id: store.notifications(incident_id=incident.id) for incident in paged}
    deliveries = _by_page(store, [page for each in pages.values() for page in each])
    return list(waiting(facts, Duty(config.channels, config.paging), pages, deliveries))
