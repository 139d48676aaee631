"""Escalate: a page that nobody acknowledges goes to the next level, upward only and once for each stage.

Only the newest page of an incident, its worst, escalates. Rules and their reasons stand in
`docs/design/alerts.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.incidents import VERDICTS
from alerts.pages import Facts, Tools, load_facts
from alerts.silence import covers
from core import words
from core.records import (
    Action,
    Delivery,
    DeliveryStatus,
    EventKind,
    Incident,
    IncidentEvent,
    Notification,
    Outcome,
    Reason,
    Step,
    derive,
)

_FROM_SIGNALS = (Reason.SPREADING, Reason.FIRESTORM)
_REPLACED = (Outcome.GROUPED, Outcome.DUPLICATE, Outcome.REPLAY)
"""Outcomes of a page for which another one stands, or which was only recorded."""

_LOST = {
    DeliveryStatus.DEAD: "gave up",
    DeliveryStatus.CAPPED: "has had the pages of the week",
    DeliveryStatus.HELD: "is in its quiet hours",
}
"""Ways in which a channel does not bring a page to anybody now."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One incident's newest page, and all that decides whether it goes higher."""

    root: Notification
    """The page that a signal made."""
    facts: Facts
    raised: Mapping[int, Notification]
    """Its escalations so far, by level."""
    former: int
    """The highest level that milder stages of the incident have reached."""


def escalate(now: datetime, tools: Tools) -> int:
    """Raise what is due by one level; return how many pages that were."""
    if tools.replay or all(channel.level == 1 for channel in tools.channels):
        return 0
    open_incidents = tools.store.incidents(open_only=True, limit=1_000)
    cases = [_case(incident, now, tools) for incident in open_incidents if incident.paged_at]
    return sum(_raise(case, now, tools) for case in cases if case is not None)


def _case(incident: Incident, now: datetime, tools: Tools) -> _Case | None:
    pages = tools.store.notifications(limit=100, incident_id=incident.id)
    roots = [page for page in pages if page.reason in _FROM_SIGNALS and page.outcome not in _REPLACED]
    if not roots:
        return None
    root = max(roots, key=lambda page: page.stage.severity)
    raised = [page for page in pages if page.reason is Reason.ESCALATION]
    milder = [page.level for page in raised if page.stage.severity < root.stage.severity]
    return _Case(
        root,
        load_facts(tools.store, (root,), now)[root.id],
        {page.level: page for page in raised if page.stage is root.stage},
        max(milder, default=1),
    )


def _raise(case: _Case, now: datetime, tools: Tools) -> int:
    """Make the next escalation of one page if it is due."""
    if _stopped(case):
        return 0
    last = case.root
    for level in _levels(case.root, tools):
        if level in case.raised:
            last = case.raised[level]
            continue
        why = _why(case, last, level, now, tools)
        if why:
            tools.store.commit(_step(case, level, why, now))
        return int(bool(why))
    return 0


def _levels(root: Notification, tools: Tools) -> list[int]:
    """Return the levels above the first that take pages of this stage, lowest first."""
    stage = root.stage.severity
    return sorted({one.level for one in tools.channels if one.level > 1 and stage >= one.stage.severity})


def _stopped(case: _Case) -> bool:
    """True when people have said that nobody else need be told."""
    answers, incident = case.facts.answers, case.facts.incident
    taken = answers.get(Action.ACKNOWLEDGE)
    return (
        any(action in answers for action in VERDICTS)
        or (taken is not None and taken.at >= case.root.created_at)
        or any(covers(silence, case.root, incident) for silence in case.facts.silences)
    )


def _why(case: _Case, last: Notification, level: int, now: datetime, tools: Tools) -> str:
    """Return how a sentence on its way from the level of `last` to `level` ends, "" while it stays there."""
    rows = tools.store.deliveries(last.id)
    if lost := _lost(last, rows, tools):
        return f" at once: {lost}"
    if level <= case.former:
        return ": it has had the page for the stage before"
    since = _since(case, last, rows, tools)
    wait = timedelta(minutes=tools.paging.escalate_after) * (level - last.level)
    if since is None or now - since < wait or _owned(case, rows):
        return ""
    return f": nobody acknowledged for {words.duration((now - since).total_seconds() / 60)}"


def _lost(page: Notification, rows: Sequence[Delivery], tools: Tools) -> str:
    """Say in words why no channel of a page's level brings it to anybody, "" when one may."""
    found = {row.channel: row.status for row in rows}
    states = {one.name: found.get(one.name) for one in tools.channels if one.takes(page)}
    if not states:
        return f"no channel of level {page.level} takes it"
    said = [f"{name} {_LOST[state]}" for name, state in states.items() if state in _LOST]
    return ", ".join(said) if len(said) == len(states) else ""


def _since(case: _Case, last: Notification, rows: Iterable[Delivery], tools: Tools) -> datetime | None:
    """Return since when an answer is waited for; None before the first try.

    That is since it was first sent, or made when no try has got through, or since a snooze ended.
    """
    sent = [row.at for row in rows if row.status is DeliveryStatus.SENT and row.at is not None]
    if not sent and not rows:
        return None
    return max([min(sent, default=last.created_at), *_snoozed(case, tools)])


def _snoozed(case: _Case, tools: Tools) -> list[datetime]:
    """Return when the snooze of this incident ended, if there was one that covers this stage."""
    answer = case.facts.answers.get(Action.SNOOZE)
    if answer is None:
        return []
    return [
        silence.until
        for silence in tools.store.silences(answer.at)
        if silence.incident_id == case.root.incident_id and covers(silence, case.root, case.facts.incident)
    ]


def _owned(case: _Case, rows: Iterable[Delivery]) -> bool:
    """True when somebody has the incident since an earlier stage, and this page has reached somebody."""
    reached = any(row.status is DeliveryStatus.SENT for row in rows)
    return reached and Action.ACKNOWLEDGE in case.facts.answers


def _step(case: _Case, level: int, why: str, now: datetime) -> Step:
    """Return the page for `level` and its row on the timeline; the same page is never made twice."""
    root = case.root
    told = f"Escalated to level {level}{why}"
    page = replace(
        root,
        id=derive("notification", root.incident_id, Reason.ESCALATION, root.stage, str(level)),
        reason=Reason.ESCALATION,
        level=level,
        created_at=now,
        explanation=replace(root.explanation, sentences=(f"{told}.", *root.explanation.sentences)),
        outcome=Outcome.PENDING,
        detail="",
        finished_at=None,
    )
    event = IncidentEvent(root.incident_id, now, EventKind.ESCALATED, told, root.stage)
    return Step(notifications=(page,), events=(event,))
