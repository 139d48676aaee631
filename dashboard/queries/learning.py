"""What the learning panel reads, and what it asks the main process to do."""

from pathlib import Path

import streamlit as st

from core.codec import loads
from core.records import (
    CLASS_SHARES,
    LEARNED_BARS,
    MODEL_DRIFT,
    PROMOTION_WAITS,
    RELEVANCE,
    TEXT_DRIFT,
    ClassShares,
    Drift,
    Relevance,
    TextDrift,
)
from dashboard.present import learning as present_learning
from dashboard.present.learning import Told
from dashboard.queries import asking
from dashboard.queries.shared import REFRESH, facts_in, workspace_in
from dashboard.viewmodels import LearningPanel
from dashboard.workspace import folder_from_environment

PROMOTE, ROLL_BACK = "promote", "rollback"
"""Kinds of jobs, `pipeline/run`."""
VERSIONS = 8
"""Newest versions that are listed: more than a week of daily changes."""


def panel() -> LearningPanel:
    """Return the learning panel."""
    return _panel(folder_from_environment())


def promote() -> None:
    """Ask the main process to put the shadow into use."""
    _ask(PROMOTE)


def roll_back() -> None:
    """Ask the main process to put the former version back."""
    _ask(ROLL_BACK)


def _ask(kind: str) -> None:
    asking.ask(folder_from_environment(), kind, {"who": "board"})
    _panel.clear()


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _panel(folder: Path) -> LearningPanel:
    store = workspace_in(folder).store
    jobs = [job for kind in (PROMOTE, ROLL_BACK) for job in store.jobs(kind, limit=1)]
    drift, texts, relevance, shares = map(store.meta, (MODEL_DRIFT, TEXT_DRIFT, RELEVANCE, CLASS_SHARES))
    told = Told(
        bars=store.meta(LEARNED_BARS),
        waits=store.meta(PROMOTION_WAITS),
        drift=loads(Drift, drift) if drift else None,
        texts=loads(tuple[TextDrift, ...], texts) if texts else (),
        relevance=loads(tuple[Relevance, ...], relevance) if relevance else (),
        shares=loads(ClassShares, shares) if shares else None,
    )
    return present_learning.panel(facts_in(folder), store.versions(VERSIONS), told, jobs)
