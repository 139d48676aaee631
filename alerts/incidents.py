"""The life of an incident: opened, growing, cooling, closed. Pure, so that a replay repeats it exactly.

Rules and their reasons stand in `docs/design/alerts.md`. A signal's own time decides how long something
lasted; the clock only dates what the product did (opened, paged, closed).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.steady import steady
from core import words
from core.records import (
    Action,
    Answer,
    EventKind,
    Explanation,
    Incident,
    IncidentEvent,
    Notification,
    Reason,
    Signal,
    Stage,
    StageChange,
    derive,
)

CALM_FOR = timedelta(hours=3)
"""Calm this long closes an incident and re-arms its pages (re-arm when S < q for 3 h)."""

COOLING_FOR = timedelta(hours=24)
"""Cooling this long closes it too: the 24 hours for which a known story stays silent are over."""

REFRESH = timedelta(minutes=5)
"""Explaining reads the store, so an unchanged stage is explained once per detection window at most."""

REFRESH_UNPAGED = timedelta(minutes=30)
"""What only smoulders was never sent to anybody; the board can wait longer for newer words."""

_ANOTHER = timedelta(hours=1)
"""A rise that began so long after an incident opened is not the one that opened it."""

_REASONS = {Stage.SPREADING: Reason.SPREADING, Stage.FIRESTORM: Reason.FIRESTORM}
_QUIET_FOR = {Stage.CALM: CALM_FOR, Stage.COOLING: COOLING_FOR}

VERDICTS = {Action.FALSE_ALARM: "false alarm", Action.NOT_US: "not us"}
"""Answers that end an incident."""

Explain = Callable[[Signal], Explanation]


@dataclass(frozen=True, slots=True)
class Transition:
    """What one signal did to one incident; all of it is committed in one transaction."""

    incident: Incident | None
    events: tuple[IncidentEvent, ...] = ()
    notifications: tuple[Notification, ...] = ()


def advance(
    incident: Incident | None,
    signal: Signal,
    now: datetime,
    explain: Explain,
    first_mention_id: str,
    simulated: bool,
    verdict: Answer | None = None,
    drill: bool = False,
) -> Transition:
    """Return what `signal` makes of its brand's incident.

    A `verdict`, "false alarm" or "not us", closes it; the same rise does not open another one.

    `incident` is the brand's newest one, or None; a closed one is left alone. `explain` is called when it
    opens, when its stage rises and else at most every `REFRESH` of signal time, but not while its stage is
    only held (`alerts.steady`) or outlives its reasons: the words stay those of what was seen.
    `first_mention_id` names the first mention of the rise and is only read when an incident opens.
    `simulated` and `drill` mark incident and pages. When nothing changed, the transition holds the very
    object that was given.
    """
    if incident is None or not incident.open:
        dismissed = incident is not None and verdict is not None and _same_rise(incident, signal)
        return (
            Transition(None) if dismissed else _open(signal, now, explain, first_mention_id, simulated, drill)
        )
    if verdict is not None:
        return _dismiss(incident, verdict, now)
    if signal.at < incident.stages[-1].at:
        return Transition(incident)  # a look back cannot undo what is known since
    told = replace(signal, stage=steady(incident, signal))
    if told.stage is not incident.stage:
        return _change(incident, told, now, explain, simulated, drill)
    if _over(incident, told):
        return _close(incident, told, now)
    held = told.stage is not signal.stage
    moved = incident if held else _refreshed(incident, signal, now, explain)
    return Transition(moved, _begun_anew(incident, moved))


def _open(
    signal: Signal, now: datetime, explain: Explain, first_mention_id: str, simulated: bool, drill: bool
) -> Transition:
    if signal.stage.severity < Stage.SMOULDERING.severity:
        return Transition(None)
    explanation = explain(signal)
    incident = Incident(
        id=derive("incident", signal.brand, first_mention_id),
        brand=signal.brand,
        stage=signal.stage,
        peak_stage=signal.stage,
        started_at=_started(signal, explanation),
        opened_at=now,
        updated_at=now,
        explanation=explanation,
        stages=(StageChange(signal.stage, signal.at),),
        simulated=simulated,
        drill=drill,
    )
    events = (*_first_mention(incident), _stage_event(incident, signal))
    return _paged(incident, Stage.CALM, events, now)


def _started(signal: Signal, explanation: Explanation) -> datetime:
    """Return the event time of the rise's first mention, else the bin in which the rise began."""
    known = explanation.first[0].at if explanation.first else signal.onset or signal.at
    return min(known, signal.at)


def _change(
    incident: Incident, signal: Signal, now: datetime, explain: Explain, simulated: bool, drill: bool
) -> Transition:
    rises = signal.stage.severity > incident.last_known.stage.severity and signal.stage is not Stage.UNKNOWN
    moved = replace(
        _retold(incident, signal, explain) if rises else incident,
        stage=signal.stage,
        peak_stage=max(incident.peak_stage, signal.stage, key=lambda stage: stage.severity),
        updated_at=now,
        stages=(*incident.stages, StageChange(signal.stage, signal.at)),
        simulated=incident.simulated or simulated,
        drill=incident.drill or drill,
    )
    events = (*_begun_anew(incident, moved), *_change_events(incident, signal))
    return _paged(moved, incident.peak_stage, events, now)


def _paged(incident: Incident, peak: Stage, events: tuple[IncidentEvent, ...], now: datetime) -> Transition:
    """Add the page that is due: upward only, so a stage at or below the former `peak` never pages again."""
    reason = _REASONS.get(incident.stage)
    if reason is None or incident.stage.severity <= peak.severity:
        return Transition(incident, events)
    notification = Notification(
        id=derive("notification", incident.id, reason),
        incident_id=incident.id,
        brand=incident.brand,
        reason=reason,
        stage=incident.stage,
        created_at=now,
        explanation=incident.explanation,
        started_at=incident.started_at,
        simulated=incident.simulated,
        drill=incident.drill,
    )
    event = IncidentEvent(incident.id, now, EventKind.PAGED, f"Page for {reason}", incident.stage)
    return Transition(replace(incident, paged_at=incident.paged_at or now), (*events, event), (notification,))


def _same_rise(incident: Incident, signal: Signal) -> bool:
    """True while what a verdict closed goes on: its rise began before it was closed, at most a day ago."""
    closed, onset = incident.closed_at, signal.onset
    return closed is not None and onset is not None and onset < closed and signal.at - closed < COOLING_FOR


def _dismiss(incident: Incident, verdict: Answer, now: datetime) -> Transition:
    text = f"Closed: {VERDICTS[verdict.action]}, said {verdict.who}"
    event = IncidentEvent(incident.id, now, EventKind.CLOSED, text, incident.stage)
    return Transition(replace(incident, updated_at=now, closed_at=now), (event,))


def _over(incident: Incident, signal: Signal) -> bool:
    quiet = _QUIET_FOR.get(signal.stage)
    return quiet is not None and signal.at - incident.stages[-1].at >= quiet


def _close(incident: Incident, signal: Signal, now: datetime) -> Transition:
    lasted = words.duration((signal.at - incident.stages[-1].at).total_seconds() / 60)
    text = f"Closed after {lasted} of {'calm' if signal.stage is Stage.CALM else 'cooling'}"
    event = IncidentEvent(incident.id, now, EventKind.CLOSED, text, signal.stage)
    return Transition(replace(incident, updated_at=now, closed_at=now), (event,))


def _refreshed(incident: Incident, signal: Signal, now: datetime, explain: Explain) -> Incident:
    """Explain a burning incident anew from time to time; a quiet one keeps what made it page."""
    burning = signal.stage.severity >= Stage.SMOULDERING.severity
    every = REFRESH if incident.paged_at else REFRESH_UNPAGED
    if not burning or signal.at - incident.explanation.signal.at < every or _says_less(incident, signal):
        return incident
    return replace(_retold(incident, signal, explain), updated_at=now)


def _says_less(incident: Incident, signal: Signal) -> bool:
    """True where the reasons are gone, which a stage outlives by hours, or weaker before any page."""
    told = incident.explanation.signal
    if signal.topics is not None and incident.paged_at is None:
        return False
    reasons = signal.contributions or signal.conditions or signal.topics
    weaker = incident.paged_at is None and signal.evidence < told.evidence
    return not reasons or weaker or (told.topics is not None and signal.topics is None)


def _retold(incident: Incident, signal: Signal, explain: Explain) -> Incident:
    """Return it in newer words. Where it began stays, but for another rise that nobody was paged for yet."""
    explanation = explain(signal)
    another = signal.onset is not None and signal.onset > incident.stages[0].at + _ANOTHER
    if another and incident.paged_at is None:
        return replace(incident, explanation=explanation, started_at=_started(signal, explanation))
    first = incident.explanation.first or explanation.first
    return replace(incident, explanation=replace(explanation, first=first))


def _first_mention(incident: Incident) -> tuple[IncidentEvent, ...]:
    if not incident.explanation.first:
        return ()
    quote = incident.explanation.first[0]
    text = f"First mention, on {quote.source}"
    return (IncidentEvent(incident.id, quote.at, EventKind.FIRST_MENTION, text),)


def _begun_anew(before: Incident, after: Incident) -> tuple[IncidentEvent, ...]:
    return _first_mention(after) if after.started_at != before.started_at else ()


def _change_events(incident: Incident, signal: Signal) -> tuple[IncidentEvent, ...]:
    """Tell blindness as coverage, once when it begins and once when it ends; all else as a stage."""
    if signal.stage is Stage.UNKNOWN:
        return (_coverage_event(incident, signal, "Blind"),)
    if incident.stage is not Stage.UNKNOWN:
        return (_stage_event(incident, signal),)
    seeing = _coverage_event(incident, signal, "Seeing again")
    same = incident.last_known.stage is signal.stage
    return (seeing,) if same else (seeing, _stage_event(incident, signal))


def _coverage_event(incident: Incident, signal: Signal, verb: str) -> IncidentEvent:
    text = f"{verb}: {words.percent(signal.coverage)} of the expected stream is seen"
    return IncidentEvent(incident.id, signal.at, EventKind.COVERAGE, text, signal.stage)


def _stage_event(incident: Incident, signal: Signal) -> IncidentEvent:
    expected = words.band(signal.expected, signal.low, signal.high)
    text = (
        f"{words.STAGE_WORDS[signal.stage]}: "
        f"{words.number(signal.seen)} negative mentions in the last hour, {expected}"
    )
    return IncidentEvent(incident.id, signal.at, EventKind.STAGE, text, signal.stage)
