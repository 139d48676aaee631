"""What processes leave for each other: jobs, hooks, steps, snapshots, signs of life."""

from dataclasses import dataclass, field
from datetime import datetime

from core.records.incident import Incident, IncidentEvent
from core.records.narrative import Merge, Narrative
from core.records.outbox import Notification
from core.records.score import Match, Scored
from core.records.signal import Signal
from core.records.storm import Storm


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A saved state. `revision` is the one it replaces; the store writes `revision + 1`."""

    key: str
    revision: int
    schema: int
    position: int
    """Sequence number of the last match that is inside the state.

    Under a key `detector/<brand>` the store sets it: only the store knows the numbers that a commit
    gives to the matches of its own step, all of which are inside the state.
    """
    state: bytes


FORECASTS = "forecast/"
"""How the key of a state begins that holds a brand's forecasts; the brand follows."""

PAGE_STATE = "page/"
"""How the key of a state begins that is kept with a page, from before it; the page's id follows."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the board asks the main process to do."""

    id: str
    kind: str
    arguments: dict[str, str]
    created_at: datetime
    state: str = "waiting"
    """`waiting`, `running`, `done` or `failed`."""
    result: str = ""


HOOK_PATHS = "hooks"
"""Meta key under which the main process names the hook paths that it takes, separated by blanks."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Raw bytes and headers of an incoming web hook, as received."""

    id: str
    path: str
    headers: dict[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Everything one round of detection leaves behind, committed in one transaction."""

    scored: tuple[Scored, ...] = ()
    matches: tuple[Match, ...] = ()
    signals: tuple[Signal, ...] = ()
    """Closed bins that are kept for charts."""
    states: tuple[Signal, ...] = ()
    """The newest signal per brand, for tiles."""
    snapshots: tuple[Snapshot, ...] = ()
    incidents: tuple[Incident, ...] = ()
    events: tuple[IncidentEvent, ...] = ()
    notifications: tuple[Notification, ...] = ()
    narratives: tuple[Narrative, ...] = ()
    """Narratives that changed, as they are now."""
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the main process lives: role name to last sign of life, and its clock."""

    started_at: datetime
    at: datetime
    roles: dict[str, str] = field(default_factory=dict)
    """Role to its state in words."""
    backlog: int = 0
    demo: bool = False
    catching_up: bool = False
    storm: Storm | None = None
    """None when every stored mention was read in full."""
