"""What is read of narratives: lists by risk, one by itself, and what an incident consists of."""

from datetime import datetime, timedelta
from pathlib import Path

import streamlit as st

from core.clock import from_seconds
from core.ports import Store
from core.records import BIN_SECONDS, Merge, Narrative, NarrativeBin, Selection
from dashboard.present import narratives as present_narratives
from dashboard.present import rise as present_rise
from dashboard.present.narrative_life import Episode, Relatives, episodes
from dashboard.queries.shared import REFRESH, facts_in, workspace_in
from dashboard.spark import SPAN
from dashboard.viewmodels import NarrativeList, NarrativePage, Rise
from dashboard.workspace import folder_from_environment

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ON_LIVE = 6
"""Narratives on Live: what somebody reads in passing."""
LISTED = 50
"""Narratives in the list, the riskiest ones."""
WEIGHED = 300
"""Newest narratives among which the riskiest are looked for."""
NEWEST = 40
"""Newest mentions among which examples are looked for: most of a storm are copies."""

LIFE = timedelta(days=90)
"""How far back a narrative's life is told: some 26,000 sums at most."""

Bins = dict[str, list[NarrativeBin]]


def on_live() -> NarrativeList:
    """Return the riskiest narratives of the last hour, of all brands."""
    return _listed(folder_from_environment(), "", HOUR, ON_LIVE, "in the last hour")


def riskiest(brand: str) -> NarrativeList:
    """Return the riskiest narratives of the last day, of one brand or of all."""
    return _listed(folder_from_environment(), brand, DAY, LISTED, "in the last 24 hours")


def brands() -> tuple[str, ...]:
    """Return the brands by name."""
    states = facts_in(folder_from_environment()).states
    return tuple(sorted((signal.brand for signal in states), key=str.casefold))


def narrative_page(narrative_id: str) -> NarrativePage | None:
    """Return a narrative's page, None when there is no such narrative."""
    return _narrative_page(folder_from_environment(), narrative_id)


def in_incident(incident_id: str) -> Rise | None:
    """Return what the rise behind an incident consists of, None while no narrative is known."""
    return _in_incident(folder_from_environment(), incident_id)


@st.cache_data(ttl=REFRESH, max_entries=64, show_spinner=False)
def _listed(folder: Path, brand: str, back: timedelta, limit: int, span: str) -> NarrativeList:
    facts = facts_in(folder)
    found = workspace_in(folder).store.narratives(brand, facts.now - back, WEIGHED)
    shown = present_narratives.riskiest(found, facts.now)[:limit]
    bins = _bins(folder, _window(facts.now), tuple(one.id for one in shown))
    note = present_narratives.note(found, span, WEIGHED)
    return present_narratives.listed(facts, shown, bins, note, brand)


def _window(now: datetime) -> int:
    return int(now.timestamp()) // BIN_SECONDS


@st.cache_data(ttl="10s", max_entries=64, show_spinner=False)
def _bins(folder: Path, window: int, narrative_ids: tuple[str, ...]) -> Bins:
    """Return what the small lines need: six hours, and the hour before them."""
    end = from_seconds((window + 1) * BIN_SECONDS)
    store = workspace_in(folder).store
    return present_narratives.by_id(store.narrative_bins(narrative_ids, end - SPAN - 2 * HOUR, end))


@st.cache_data(ttl=REFRESH, max_entries=16, show_spinner=False)
def _narrative_page(folder: Path, narrative_id: str) -> NarrativePage | None:
    facts, store = facts_in(folder), workspace_in(folder).store
    narrative = store.narrative(narrative_id)
    if narrative is None:
        return None
    since, _ = present_narratives.span(narrative, facts.now)
    earliest = min(since, facts.now - SPAN - 2 * HOUR)
    material = present_narratives.NarrativeMaterial(
        narrative=narrative,
        bins=store.narrative_bins([narrative_id], earliest, facts.now + HOUR),
        example=store.mention(narrative.example) if narrative.example else (),
        newest=store.mentions(NEWEST, Selection(brand=narrative.brand, narrative=narrative_id)),
        relatives=_relatives(store, narrative),
        alive=_alive(folder, _minute(facts.now), (narrative_id,))[narrative_id],
    )
    return present_narratives.page(facts, material)


def _relatives(store: Store, narrative: Narrative) -> Relatives:
    parts = [store.narrative(each) for each in narrative.split_off]
    return Relatives(
        origin=store.narrative(narrative.split_from) if narrative.split_from else None,
        parts=[part for part in parts if part is not None],
        absorbed=[
            (merge, part)
            for merge in store.merges(narrative.id)
            if (part := store.narrative(merge.narrative_id)) is not None
        ],
        became=_became(store, narrative) if narrative.merged_into else None,
    )


def _became(store: Store, narrative: Narrative) -> tuple[Merge, Narrative] | None:
    """Return when it was merged, and what it is part of now."""
    root = store.narrative_roots([narrative.id]).get(narrative.id)
    merges = [each for each in store.merges(narrative.merged_into) if each.narrative_id == narrative.id]
    return (merges[0], root) if merges and root is not None else None


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60


@st.cache_data(ttl="60s", max_entries=64, show_spinner=False)
def _alive(folder: Path, minute: int, narrative_ids: tuple[str, ...]) -> dict[str, list[Episode]]:
    """Return when narratives were alive, as far as their life is told."""
    end = from_seconds(60 * minute)
    bins = workspace_in(folder).store.narrative_bins(narrative_ids, end - LIFE, end + HOUR)
    own = present_narratives.by_id(bins)
    return {each: episodes(own.get(each, ())) for each in narrative_ids}


@st.cache_data(ttl=REFRESH, max_entries=32, show_spinner=False)
def _in_incident(folder: Path, incident_id: str) -> Rise | None:
    facts, store = facts_in(folder), workspace_in(folder).store
    incident = store.incident(incident_id)
    if incident is None or not incident.explanation.narratives:
        return None
    named = [share.narrative_id for share in incident.explanation.narratives]
    found = store.narrative_roots(named)
    roots = [found[each] for each in named if each in found]
    since, until = present_rise.span(incident, facts.now)
    bins = present_narratives.by_id(store.narrative_bins([root.id for root in roots], since, until))
    rollups = store.rollups(since, until, incident.brand, seconds=BIN_SECONDS)
    alive = _alive(folder, _minute(facts.now), tuple(root.id for root in roots))
    return present_rise.rise(facts, incident, roots, bins, rollups, alive)
