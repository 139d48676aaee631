"""Recording what a person answers, on the board or behind a link: once, for good, and never by looking."""

from datetime import datetime

from core.ports import Store
from core.records import Action, Answer, Incident, Silence, derive
from dashboard.phrases import SNOOZE


def record(store: Store, incident: Incident, action: Action, who: str, via: str, at: datetime) -> Answer:
    """Record an answer and return the one that counts: the first of its kind.

    Snoozing also silences the incident, for half an hour from the answer that counts. The
    silence's id follows from the incident, so a press repeated after a crash completes the work.
    """
    counts = store.answer(Answer(incident.id, action, who, at, via))
    if action is Action.SNOOZE:
        store.add_silence(_snooze(incident, counts))
    return counts


def _snooze(incident: Incident, answer: Answer) -> Silence:
    return Silence(
        id=derive("snooze", incident.id),
        brand=incident.brand,
        incident_id=incident.id,
        reason="snoozed for 30 minutes",
        created_by=answer.who,
        created_at=answer.at,
        until=answer.at + SNOOZE,
    )
