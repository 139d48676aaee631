"""Digest: when a channel's quiet hours are over, what was held for it comes as one message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.channels import Channel
from alerts.incidents import VERDICTS
from alerts.pages import Facts, Tools, load_facts
from alerts.quiet import quiet_until
from core import words
from core.ports import Store
from core.records import (
    Action,
    Answer,
    Delivery,
    DeliveryStatus,
    Explanation,
    Notification,
    Outcome,
    Reason,
    Step,
    derive,
)

HELD = 10_000
"""Held deliveries that are looked at: far more than a night can bring."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One incident in a digest."""

    page: Notification
    """Its worst page that was held."""
    facts: Facts

    @property
    def waits(self) -> bool:
        """True while it is open and nobody has answered."""
        incident = self.facts.incident
        return incident is not None and incident.open and not self.facts.answers

    @property
    def rank(self) -> tuple[bool, int, datetime]:
        """Sort what waits for an answer first, then by stage, then by time."""
        return (not self.waits, -self.page.stage.severity, self.page.created_at)


def digest(now: datetime, tools: Tools) -> int:
    """Make one digest for each channel whose quiet hours are over; return how many that were.

    What was held waits on until its digest is done, and is completed with it.
    """
    if tools.replay:
        return 0
    held = [row for row in tools.store.deliveries(limit=HELD, status=DeliveryStatus.HELD) if not row.service]
    made = 0
    for channel in tools.channels:
        rows = [row for row in held if row.channel == channel.name]
        if rows and quiet_until(channel, now, tools.zone) is None:
            _release(channel, rows, now, tools)
            made += 1
    return made


def _release(channel: Channel, rows: Sequence[Delivery], now: datetime, tools: Tools) -> None:
    """Put the digest into the outbox and mark what is inside it.

    Its id follows from what is inside, so that killed in between the next start finds the same digest, which
    may have been sent by then.
    """
    page = _page(channel, rows, now, tools)
    tools.store.commit(Step(notifications=(page,)))
    for row in rows:
        tools.store.save_delivery(replace(row, service=_mark(page)))
    known = tools.store.notification(page.id)
    if known is not None and known.outcome is not Outcome.PENDING:
        complete(tools.store, known, known.outcome, now)


def complete(store: Store, page: Notification, outcome: Outcome, at: datetime) -> None:
    """Complete what a finished digest told; without a try of its own it counts as no page of its person."""
    told = outcome in {Outcome.SENT, Outcome.PARTIAL}
    status, error = (DeliveryStatus.SENT, "") if told else (DeliveryStatus.DEAD, "the digest reached nobody")
    for row in store.deliveries(limit=HELD, status=DeliveryStatus.HELD):
        if row.service == _mark(page):
            store.save_delivery(replace(row, status=status, attempts=0, at=at, next_at=None, error=error))


def _mark(page: Notification) -> str:
    return f"digest {page.id[:8]}"


def _page(channel: Channel, rows: Sequence[Delivery], now: datetime, tools: Tools) -> Notification:
    entries = _entries(rows, now, tools)
    first = entries[0].page
    brands = sorted({entry.page.brand for entry in entries})
    return Notification(
        id=derive("notification", Reason.DIGEST, *sorted(row.id for row in rows)),
        incident_id="",
        brand=", ".join(brands),
        reason=Reason.DIGEST,
        stage=first.stage,
        created_at=now,
        explanation=_explanation(entries, tools),
        started_at=min(entry.page.created_at for entry in entries),
        simulated=all(entry.page.simulated for entry in entries),
        drill=all(entry.page.drill for entry in entries),
        channel=channel.name,
        about=tuple(entry.page.incident_id for entry in entries),
    )


def _entries(rows: Iterable[Delivery], now: datetime, tools: Tools) -> list[_Entry]:
    """Return one entry per incident, those that wait for an answer first."""
    found = [tools.store.notification(row.notification_id) for row in rows]
    pages = sorted((page for page in found if page is not None), key=lambda page: page.stage.severity)
    worst = tuple({page.incident_id: page for page in pages}.values())
    facts = load_facts(tools.store, worst, now)
    return sorted((_Entry(page, facts[page.id]) for page in worst), key=lambda entry: entry.rank)


def _explanation(entries: Sequence[_Entry], tools: Tools) -> Explanation:
    count = f"{len(entries)} {'incident' if len(entries) == 1 else 'incidents'}"
    waiting = sum(entry.waits for entry in entries)
    left = f"{waiting} still {'waits' if waiting == 1 else 'wait'} for an answer" if waiting else "none waits"
    return Explanation(
        signal=entries[0].page.explanation.signal,
        headline=f"In your quiet hours: {count}, {left}.",
        sentences=tuple(_sentence(entry, tools) for entry in entries),
        label=f"{count} in your quiet hours, {left}",
    )


def _sentence(entry: _Entry, tools: Tools) -> str:
    """Say what an incident was and what became of it."""
    page = entry.page
    mark = "DRILL: " if page.drill else "SIMULATED: " if page.simulated else ""
    at = words.clock_time(page.created_at.astimezone(tools.zone))
    about = ": ".join(filter(None, (page.brand, page.explanation.label)))
    return f"{mark}{words.STAGE_WORDS[page.stage]} at {at}, {about}. {_fate(entry, tools)}"


def _fate(entry: _Entry, tools: Tools) -> str:
    incident = entry.facts.incident
    said = [_said(answer, tools) for answer in sorted(entry.facts.answers.values(), key=lambda one: one.at)]
    if incident is None:
        return "It is no longer known."
    if incident.peak_stage.severity > entry.page.stage.severity:
        said.insert(0, f"It has reached {incident.peak_stage}")
    if incident.closed_at is not None:
        said.append(f"Closed at {words.clock_time(incident.closed_at.astimezone(tools.zone))}")
    else:
        said.append(f"Now {words.STAGE_WORDS[incident.stage].lower()}")
    if entry.waits:
        said.append("Nobody has answered")
    return "".join(f"{part}. " for part in said).strip()


_DONE = {Action.ACKNOWLEDGE: "acknowledged it", Action.SNOOZE: "snoozed it"}


def _said(answer: Answer, tools: Tools) -> str:
    done = _DONE.get(answer.action) or f"said {VERDICTS[answer.action]}"
    return f"{answer.who} {done} at {words.clock_time(answer.at.astimezone(tools.zone))}"
