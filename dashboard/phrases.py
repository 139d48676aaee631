"""Sentences that the board and the page behind a link share: sources, growth, answers, owners, labels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core import words
from core.records import (
    VERDICTS,
    Action,
    Answer,
    Growth,
    Incident,
    Outcome,
    Signal,
    SourceState,
    SourceStatus,
)
from dashboard.viewmodels import Meter, Sight

SNOOZE = timedelta(minutes=30)
"""How long "Snooze 30 min" holds further pages of an incident."""

MADE_UP = "No source was read for this: its mentions are made up."
"""What stands in the place of coverage in a drill, whose mentions come from no source."""

_DONE = {
    Action.ACKNOWLEDGE: "Acknowledged",
    Action.SNOOZE: "Snoozed",
    Action.FALSE_ALARM: "Called a false alarm",
    Action.NOT_US: "Said to be not us",
}


def time_of_day(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Write `14:26`, with the date in front when it is not today's: `24 Feb 2015 14:26`."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = f" {local:%Y}" if local.year != today.year else ""
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def capital(text: str) -> str:
    """Write a label of ours as a title; names that somebody gave stay as they are."""
    return words.capital(text)


def asked(sources: Iterable[SourceState]) -> list[SourceState]:
    """Return the sources that are set up: one that lacks its keys never watched, so it counts nowhere."""
    return [source for source in sources if source.configured]


def meter(sources: Iterable[SourceState], now: datetime, zone: ZoneInfo) -> Meter:
    """Say how many of the sources that are set up are seen at `now`, and which are blind since when."""
    sources = asked(sources)
    blind = [source for source in sources if source.blind(now)]
    cells = tuple(Sight.BLIND if source in blind else Sight.SEEN for source in sources)
    if not sources:
        return Meter((), "no source is watched", "")
    return Meter(
        tuple(sorted(cells, reverse=True)),
        f"{len(sources) - len(blind)} of {len(sources)} sources seen",
        _blind(blind, now, zone),
    )


def _blind(blind: list[SourceState], now: datetime, zone: ZoneInfo) -> str:
    if not blind:
        return ""
    who = blind[0].name if len(blind) == 1 else f"{len(blind)} sources"
    return f"{who} {_how_blind(blind, zone, now)}"


def _how_blind(blind: list[SourceState], zone: ZoneInfo, now: datetime) -> str:
    stopped = [source.status is SourceStatus.STOPPED for source in blind]
    if all(stopped):
        return "stopped"
    moments = sorted(source.heartbeat_at for source in blind if source.heartbeat_at)
    if moments:
        first, last = (time_of_day(at, zone, now) for at in (moments[0], moments[-1]))
        return f"blind since {first}" if first == last else f"blind, the first since {first}"
    return "blind" if any(stopped) else "not seen yet"


@dataclass(frozen=True, slots=True)
class GrowthWords:
    """Growth in three parts: `Doubles in`, `48 min`, `(35–80)`."""

    label: str
    value: str
    range: str

    @property
    def sentence(self) -> str:
        """As a sentence of its own."""
        if self.label == "Growth":
            return f"Growth {self.value}." if self.value == "unknown" else f"{self.value.capitalize()}."
        return f"{self.label} {self.value} {self.range}."


def growth(value: Growth | None) -> GrowthWords:
    """Take `core.words.growth` apart, for a label at the left and a figure at the right."""
    text = words.growth(value)
    for label in ("doubles in", "halves in"):
        if text.startswith(label):
            figure, _, span = text.removeprefix(label).strip().partition(" (")
            return GrowthWords(label.capitalize(), figure, f"({span}")
    return GrowthWords("Growth", text, "")


def expected(signal: Signal) -> str:
    """Write `18 expected (6–34)`."""
    return words.band(signal.expected, signal.low, signal.high)


def answerable(incident: Incident, answers: Mapping[Action, Answer]) -> bool:
    """Return whether an incident still takes answers: it is open and nobody gave a verdict."""
    return incident.open and VERDICTS.isdisjoint(answers)


def answered(answers: Mapping[Action, Answer], zone: ZoneInfo, now: datetime) -> dict[Action, str]:
    """Write each answer: `Acknowledged by mail at 14:26`."""
    return {action: answer_sentence(answer, zone, now) for action, answer in answers.items()}


def answer_sentence(answer: Answer, zone: ZoneInfo, now: datetime) -> str:
    """Write who answered what and when."""
    who = "on the board" if answer.via == "board" else f"by {answer.who}"
    sentence = f"{_DONE[answer.action]} {who} at {time_of_day(answer.at, zone, now)}"
    if answer.action is Action.SNOOZE:
        sentence += f", until {time_of_day(answer.at + SNOOZE, zone, now)}"
    return sentence


@dataclass(frozen=True, slots=True)
class Paging:
    """What became of an incident's pages."""

    channels: tuple[str, ...] = ()
    """Those that took one."""
    outcome: Outcome = Outcome.SENT
    """Of the newest page."""


_NOT_SENT = {
    Outcome.PENDING: "is on its way",
    Outcome.FAILED: "could not be delivered",
    Outcome.SILENCED: "was silenced",
    Outcome.REPLAY: "was recorded, never sent",
    Outcome.NOBODY: "went to nobody: add a channel",
}


def owner(
    incident: Incident, answers: Mapping[Action, Answer], paging: Paging, zone: ZoneInfo, now: datetime
) -> str:
    """Say who has the incident: the verdict or the latest answer, else who was paged when."""
    if answers:
        latest = max(answers.values(), key=lambda answer: (answer.action in VERDICTS, answer.at))
        return answer_sentence(latest, zone, now)
    if incident.paged_at is None:
        return "not paged, on the board only"
    at = time_of_day(incident.paged_at, zone, now)
    if paging.channels:
        return f"{', '.join(paging.channels)} paged {at}, not acknowledged"
    if paging.outcome in _NOT_SENT:
        return f"page of {at} {_NOT_SENT[paging.outcome]}"
    return f"paged {at}, not acknowledged"
