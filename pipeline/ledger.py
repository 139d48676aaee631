"""What a round of detection has found and not committed yet."""

from core.records import (
    Incident,
    IncidentEvent,
    Match,
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

    @property
    def empty(self) -> bool:
        """True when there is nothing to commit."""
        return not (
            self.matches or self.signals or self.states or self.snapshots or self.incidents or self.events
        )

    def take_counts(self) -> Step:
        """Return what was counted, so that it can be read back; everything else stays for `take`."""
        step = Step(scored=tuple(self.scored.values()), matches=tuple(self.matches))
        self.scored, self.matches = {}, []
        return step

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
        )
        self._clear()
        return step
