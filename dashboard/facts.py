"""What every page looks at, read at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.records import Action, Answer, Incident, Pulse, Signal, SourceState
from dashboard import phrases
from dashboard.viewmodels import Meter


@dataclass(frozen=True, slots=True)
class Facts:
    """The state of the workspace at `now`, on its own clock."""

    now: datetime
    zone: ZoneInfo
    purpose: str
    pulse: Pulse | None
    silent_since: datetime | None
    wall: datetime
    """The system's time, which a demo catches up with."""
    command: str
    """How to start the main process."""
    channels: tuple[str, ...]
    states: tuple[Signal, ...]
    sources: tuple[SourceState, ...]
    incidents: tuple[Incident, ...]
    """The open ones."""
    answers: Mapping[str, Mapping[Action, Answer]]
    """By incident id."""
    paging: Mapping[str, phrases.Paging]
    """By incident id."""

    def owner(self, incident: Incident, answers: Mapping[Action, Answer]) -> str:
        """Say who has an incident."""
        paging = self.paging.get(incident.id, phrases.Paging())
        return phrases.owner(incident, answers, paging, self.zone, self.now)

    def time(self, at: datetime) -> str:
        """Write a time of day in the workspace's zone."""
        return phrases.time_of_day(at, self.zone, self.now)

    @property
    def unseen(self) -> str:
        """Say what the numbers of now do not hold, "" when they hold everything."""
        if self.silent_since is not None:
            return f"Nobody watches since {self.time(self.silent_since)}: the numbers are of then"
        return f"{self.meter.blind}: the true size is larger" if self.meter.blind else ""

    @property
    def meter(self) -> Meter:
        """The sources that are set up; an archive is complete by itself."""
        if self.purpose == "replay" and not self.sources:
            return Meter((), "archive, complete", "")
        return phrases.meter(self.sources, self.now, self.zone)
