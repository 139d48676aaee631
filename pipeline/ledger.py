"""What a round of detection has found and not committed yet."""

from collections.abc import Iterable

from core.records import (
    Incident,
    IncidentEvent,
    Match,
    Merge,
    Narrative,
    Notification,
    Scored,
    Signal,
    Snapshot,
    Step,
)


class Ledger:
    """Collects the parts of a `Step`; `take` hands them over and empties it."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.scored: dict[str, Scored] = {}
        self.matches: list[Match] = []
        self.signals: list[Signal] = []
        self.states: dict[str, Signal] = {}
        self.snapshots: list[Snapshot] = []
        self.incidents: dict[str, Incident] = {}
        self.events: list[IncidentEvent] = []
        self.notifications: list[Notification] = []
        self.narratives: dict[str, Narrative] = {}
        self.merges: list[Merge] = []

    @property
    def empty(self) -> bool:
        """True when there is nothing to commit."""
        found = (self.matches, self.signals, self.states, self.snapshots, self.incidents, self.events)
        return not any((*found, self.narratives, self.merges))

    def tell(self, narratives: Iterable[Narrative], merges: Iterable[Merge]) -> None:
        """Add what changed among narratives; of one that changed twice the newer record counts."""
        self.narratives.update({narrative.id: narrative for narrative in narratives})
        self.merges += merges

    def take(self) -> Step:
        """Return everything as one step and start afresh."""
        step = Step(
            scored=tuple(self.scored.values()),
            matches=tuple(self.matches),
            signals=tuple(self.signals),
            states=tuple(self.states.values()),
            snapshots=tuple(self.snapshots),
            incidents=tuple(self.incidents.values()),
            events=tuple(self.events),
            notifications=tuple(self.notifications),
            narratives=tuple(self.narratives.values()),
            merges=tuple(self.merges),
        )
        self._clear()
        return step
