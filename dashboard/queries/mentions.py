"""What Mentions reads: a bounded, indexed list; and how a correct label is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import streamlit as st

from core.errors import FiretowerError
from core.ports import Store
from core.records import (
    Correction,
    MentionRow,
    ModelState,
    RelevanceLabel,
    Selection,
    Sentiment,
    Word,
)
from dashboard import phrases
from dashboard.present import learning as present_learning
from dashboard.present import manner, mention_file
from dashboard.present import mentions as present_mentions
from dashboard.present.learning import Standing
from dashboard.queries.shared import REFRESH, facts_in, workspace_in
from dashboard.viewmodels import Choices, MentionLine, MentionList, MentionsHead
from dashboard.workspace import folder_from_environment

SPANS = {
    "1 hour": timedelta(hours=1),
    "6 hours": timedelta(hours=6),
    "24 hours": timedelta(hours=24),
    "7 days": timedelta(days=7),
}
"""Times that can be chosen, as they are written."""
TONES = (manner.ANGRY, manner.OFFENSIVE)
"""Tones that can be chosen. Irony cannot: it is read too poorly to look for it."""
NEWER = 100
"""Newer mentions that are counted: enough to know whether to look."""
OFFERED = 100
"""Narratives among which the filter chooses, those with the newest mentions."""
SAMPLE = 300
"""Newest mentions that name the sources of an archive, which has no monitors."""
HITS = 500
"""Newest hits of a search among which those of the chosen time are looked for."""
FILE_ROWS = 10_000
"""Most lines of a file: some 5 MB, made within a second. `firetower export` has no bound."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the filters select; what is empty does not matter."""

    brand: str = ""
    source: str = ""
    sentiment: Word | None = None
    span: str = ""
    """A key of `SPANS`."""
    search: str = ""
    narrative: str = ""
    tone: str = ""
    """One of `TONES`."""
    not_us: bool = False
    """True for what is about namesakes, False for what counts."""

    def since(self, anchor: datetime) -> datetime | None:
        """Return where the chosen time begins, None for all of it."""
        return anchor - SPANS[self.span] if self.span else None

    def selection(self, since: datetime | None, until: datetime | None) -> Selection:
        """Return what the store is asked for.

        A search has no beginning: to fill its list, the store would read all older hits of a common word.
        """
        return Selection(
            brand=self.brand,
            search=self.search,
            since=None if self.search else since,
            until=until,
            source=self.source,
            narrative=self.narrative,
            sentiment=self.sentiment,
            angry=self.tone == manner.ANGRY,
            offensive=self.tone == manner.OFFENSIVE,
            not_us=self.not_us,
        )


def present() -> datetime:
    """Return the time of the mentions."""
    return facts_in(folder_from_environment()).now


def choices() -> Choices:
    """Return what the filters offer."""
    folder = folder_from_environment()
    return _choices(folder, tuple(signal.brand for signal in facts_in(folder).states))


def narrative_label(narrative_id: str) -> str:
    """Return a narrative's label, "" when there is no such one."""
    narrative = workspace_in(folder_from_environment()).store.narrative(narrative_id)
    return phrases.capital(narrative.label) if narrative else ""


def mentions(wanted: Wanted, anchor: datetime, limit: int, before: Mapping[str, float | None]) -> MentionList:
    """Return the newest `limit` mentions before `anchor`; `before` as in `present.mentions.listed`.

    What was said of in this view stays in it, even where its label does not meet the filter any more: a row
    that goes away under the pointer would let the next press fall on another one.
    """
    folder = folder_from_environment()
    return _mentions(folder, wanted, anchor, limit, dict(before), _model_in_use(folder))


def lines(mention_ids: Sequence[str], before: Mapping[str, float | None]) -> tuple[MentionLine, ...]:
    """Return these mentions in this order; `before` as in `present.mentions.listed`."""
    folder = folder_from_environment()
    return _lines(folder, tuple(mention_ids), dict(before), _model_in_use(folder))


def head(wanted: Wanted, anchor: datetime) -> MentionsHead:
    """Say how fresh the list is."""
    return _head(folder_from_environment(), wanted, anchor)


def model_in_use() -> int:
    """Return the number of the version that reads mentions now, 0 for what ships."""
    return _model_in_use(folder_from_environment())


def say(mention_id: str, sentiment: Sentiment | None) -> tuple[str, float | None]:
    """Record what somebody says a mention is, None to withdraw it.

    Return why it failed, or "", and the former probability of the class.
    """
    folder = folder_from_environment()
    store = workspace_in(folder).store
    try:
        rows = store.mention(mention_id)
        store.add_correction(Correction(mention_id, sentiment, "board", facts_in(folder).wall))
    except FiretowerError as error:
        return f"Nothing was recorded. {error}", None
    _mentions.clear()
    _lines.clear()
    return "", present_mentions.probability(rows[0], sentiment) if rows and sentiment else None


def say_ours(mention_id: str, brand: str, ours: bool | None) -> str:
    """Record whether somebody says that a mention is about a brand, None to withdraw it.

    Return why it failed, or "".
    """
    folder = folder_from_environment()
    label = RelevanceLabel(mention_id, brand, ours, "board", facts_in(folder).wall)
    try:
        workspace_in(folder).store.add_relevance(label)
    except FiretowerError as error:
        return f"Nothing was recorded. {error}"
    _mentions.clear()
    _lines.clear()
    return ""


def file(wanted: Wanted, anchor: datetime) -> bytes:
    """Return the newest selected mentions as CSV, at most `FILE_ROWS`."""
    store = workspace_in(folder_from_environment()).store
    return mention_file.csv_file(_find(store, wanted, anchor, FILE_ROWS))


def _find(store: Store, wanted: Wanted, anchor: datetime, limit: int) -> list[MentionRow]:
    """Return the newest `limit` mentions before `anchor`."""
    since = wanted.since(anchor)
    if not wanted.search or since is None:
        return store.mentions(limit, wanted.selection(since, anchor))
    hits = store.mentions(max(limit, HITS), wanted.selection(None, anchor))
    return [row for row in hits if row.mention.event_at >= since][:limit]


@st.cache_data(ttl="30s", show_spinner=False)
def _choices(folder: Path, brands: tuple[str, ...]) -> Choices:
    facts, store = facts_in(folder), workspace_in(folder).store
    sources = () if facts.sources else {row.mention.source for row in store.mentions(SAMPLE)}
    narratives = [replace(one, label=phrases.capital(one.label)) for one in store.narratives(limit=OFFERED)]
    return present_mentions.choices(facts, sorted(sources), narratives)


@st.cache_data(ttl=REFRESH, max_entries=32, show_spinner=False)
def _mentions(
    folder: Path, wanted: Wanted, anchor: datetime, limit: int, before: dict[str, float | None], model: int
) -> MentionList:
    """Return the list; what became of labels depends on the `model` in use."""
    facts, store = facts_in(folder), workspace_in(folder).store
    found = _find(store, wanted, anchor, limit)
    present = {row.mention.id for row in found}
    gone = [row for key in before if key not in present for row in store.mention(key)]
    rows = present_mentions.together(found, gone, wanted.brand)
    empty = present_mentions.empty(facts, wanted != Wanted(), wanted.span)
    more = len(found) == limit
    standings = _standings(store, rows)
    return present_mentions.listed(facts, rows, more, _labels(folder, rows), before, standings, empty)


@st.cache_data(ttl=REFRESH, max_entries=32, show_spinner=False)
def _lines(
    folder: Path, mention_ids: tuple[str, ...], before: dict[str, float | None], model: int
) -> tuple[MentionLine, ...]:
    """Return the lines; what became of labels depends on the `model` in use."""
    facts, store = facts_in(folder), workspace_in(folder).store
    rows = [row for key in mention_ids for row in store.mention(key)]
    labels, standings = _labels(folder, rows), _standings(store, rows)
    return present_mentions.listed(facts, rows, False, labels, before, standings, "").lines


def _standings(store: Store, rows: Sequence[MentionRow]) -> dict[str, Standing]:
    """Return what became of the labels of these mentions; most have none."""
    said = store.said({row.mention.id for row in rows})
    if not said:
        return {}
    taught = present_learning.taught(store.versions())
    return {key: present_learning.standing(given, taught) for key, given in said.items()}


@st.cache_data(ttl=REFRESH, show_spinner=False)
def _model_in_use(folder: Path) -> int:
    versions = workspace_in(folder).store.versions()
    return next((version.number for version in versions if version.state is ModelState.PROMOTED), 0)


def _labels(folder: Path, rows: Sequence[MentionRow]) -> dict[str, str]:
    known = {one.id: one.label for one in _choices(folder, ()).narratives}
    return {row.narrative: known[row.narrative] for row in rows if row.narrative in known}


@st.cache_data(ttl=REFRESH, max_entries=32, show_spinner=False)
def _head(folder: Path, wanted: Wanted, anchor: datetime) -> MentionsHead:
    newest = workspace_in(folder).store.mentions(NEWER, wanted.selection(anchor, None))
    count = len({row.mention.id for row in newest if row.mention.event_at >= anchor})
    return present_mentions.head(facts_in(folder), anchor, count, NEWER)
