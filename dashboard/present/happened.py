"""What happened to an incident, minute by minute: pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.records import (
    Action,
    Answer,
    Delivery,
    DeliveryStatus,
    EventKind,
    Incident,
    IncidentEvent,
    Stage,
)
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.present import pages as present_pages
from dashboard.viewmodels import Happening


def happened(
    facts: Facts,
    incident: Incident,
    events: Sequence[IncidentEvent],
    answers: Mapping[Action, Answer],
    deliveries: Sequence[Delivery],
) -> tuple[Happening, ...]:
    """Return the timeline; answers come from the rows that count.

    The newest minute is first. Within a minute, which is all that a row shows, a cause stands before its
    effect: the stage, the page for it, its delivery. `events` are oldest first, as the store keeps them.
    """
    sent = [row for row in deliveries if row.status is DeliveryStatus.SENT]
    rows = [
        (event.at, _happening(facts, event, _text(facts, event, incident, sent)))
        for event in events
        if event.kind is not EventKind.ANSWERED
    ]
    rows += [(answer.at, _answer_row(facts, answer)) for answer in answers.values()]
    rows.sort(key=lambda pair: pair[0])
    rows.sort(key=lambda pair: _minute(pair[0]), reverse=True)
    return tuple(row for _, row in rows)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _happening(facts: Facts, event: IncidentEvent, text: str) -> Happening:
    strong, _, rest = text.partition(": ")
    if event.kind is not EventKind.STAGE or not rest:
        strong, rest = "", text
    return Happening(
        time=facts.time(event.at),
        stage=event.stage if event.kind is EventKind.STAGE else None,
        blind=event.kind is EventKind.COVERAGE and event.stage is Stage.UNKNOWN,
        strong=f"{strong}." if strong else "",
        text=phrases.capital(rest),
    )


def _text(facts: Facts, event: IncidentEvent, incident: Incident, sent: Sequence[Delivery]) -> str:
    """Return an event's text; sources and deliveries are told as on the rest of the board."""
    if event.kind is EventKind.FIRST_MENTION:
        for quote in incident.explanation.first:
            if quote.at == event.at:
                return f"First mention, on {quote.source}"
    if event.kind is EventKind.DELIVERED:
        for row in sent:
            # A demo's clock runs faster than people's: only the delivery knows its real seconds.
            if row.at == event.at and event.text.startswith(f"Page to {row.channel} delivered"):
                return f"Page to {row.channel} {present_pages.delivery(facts, row).word}"
    return event.text


def _answer_row(facts: Facts, answer: Answer) -> Happening:
    sentence = phrases.answer_sentence(answer, facts.zone, facts.now)
    return Happening(facts.time(answer.at), None, False, "", sentence)
