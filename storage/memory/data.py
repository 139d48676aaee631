"""The data behind `memory://NAME`: plain dictionaries under one lock."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock

from core.records import (
    Action,
    Answer,
    Correction,
    Delivery,
    Entry,
    Hook,
    Incident,
    IncidentEvent,
    Job,
    Match,
    Merge,
    ModelVersion,
    Narrative,
    NarrativeBin,
    Notification,
    Pulse,
    RelevanceLabel,
    Report,
    Rollup,
    Scored,
    Signal,
    Silence,
    Snapshot,
    SourceState,
)


@dataclass
class Workspace:
    """All that one name holds. Whoever reads or changes it holds `lock`."""

    lock: RLock = field(default_factory=RLock)
    mentions: dict[str, Scored] = field(default_factory=dict)
    matches: dict[tuple[str, str], tuple[int, Match]] = field(default_factory=dict)
    """By mention and brand: running number and match, in the order they were counted."""
    rollups: dict[tuple[str, int, str], Rollup] = field(default_factory=dict)
    last_seq: int = 0
    tombstones: set[str] = field(default_factory=set)
    narratives: dict[str, Narrative] = field(default_factory=dict)
    merges: dict[str, Merge] = field(default_factory=dict)
    narrative_bins: dict[tuple[str, int], NarrativeBin] = field(default_factory=dict)
    corrections: dict[str, tuple[int, Correction]] = field(default_factory=dict)
    """By id: position and correction, in the order they were given."""
    last_correction: int = 0
    relevance: dict[str, tuple[int, RelevanceLabel]] = field(default_factory=dict)
    """By id: position and label, in the order they were given."""
    last_relevance: int = 0
    versions: dict[int, ModelVersion] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    signals: dict[tuple[str, datetime], Signal] = field(default_factory=dict)
    states: dict[str, Signal] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    events: dict[str, IncidentEvent] = field(default_factory=dict)
    answers: dict[tuple[str, Action], Answer] = field(default_factory=dict)
    notifications: dict[str, Notification] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    sources: dict[str, SourceState] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    pulse: Pulse | None = None
    waiting: dict[int, tuple[str, Entry]] = field(default_factory=dict)
    """Log: position to key and entry."""
    cursors: dict[str, str] = field(default_factory=dict)
    last_position: int = 0


_workspaces: dict[str, Workspace] = {}
_opening = RLock()


def workspace(name: str) -> Workspace:
    """Return the data of `name`: the same for everybody in this process, until it ends."""
    with _opening:
        return _workspaces.setdefault(name, Workspace())


class Part:
    """One topic of the store's methods, on one workspace."""

    def __init__(self, data: Workspace) -> None:
        self._data = data


def within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    """Return whether `since <= at < until`, where an end is given."""
    return (since is None or at >= since) and (until is None or at < until)
