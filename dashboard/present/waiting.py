"""Open incidents that nobody has answered, and to whom they go next: pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.config import ChannelConfig, PagingConfig
from core.records import (
    VERDICTS,
    Action,
    Delivery,
    DeliveryStatus,
    Incident,
    Notification,
    Outcome,
    Reason,
    Stage,
)
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.viewmodels import WaitingRow

_CHAIN = frozenset({Reason.SPREADING, Reason.FIRESTORM, Reason.ESCALATION})
_REPLACED = frozenset({Outcome.GROUPED, Outcome.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Duty:
    """Who may be paged, and when."""

    channels: Sequence[ChannelConfig]
    paging: PagingConfig


def waiting(
    facts: Facts,
    duty: Duty,
    pages: Mapping[str, Sequence[Notification]],
    deliveries: Mapping[str, Sequence[Delivery]],
) -> Iterator[WaitingRow]:
    """Yield the unfinished escalations; `pages` by incident, `deliveries` by page."""
    for incident in facts.incidents:
        answers = facts.answers.get(incident.id, {})
        done = VERDICTS | {Action.ACKNOWLEDGE}
        if incident.paged_at is None or not done.isdisjoint(answers):
            continue
        text = facts.owner(incident, answers)
        last = _last(pages.get(incident.id, ()))
        if last is not None and not answers:
            text += f", at level {last.level}" if last.level > 1 else ""
            text += _goes_to(facts, duty, incident, last, _sent_at(last, deliveries.get(last.id, ())))
        yield WaitingRow(incident.id, incident.brand, phrases.capital(incident.explanation.label), text)


def _last(pages: Sequence[Notification]) -> Notification | None:
    """Return the page that reached the highest level, of the worst stage."""
    mine = [page for page in pages if page.reason in _CHAIN and page.outcome not in _REPLACED]
    return max(mine, key=lambda page: (page.stage.severity, page.level), default=None)


def _sent_at(page: Notification, rows: Sequence[Delivery]) -> datetime:
    """Return since when an answer is waited for: the first delivery, before it the page itself."""
    sent = [row.at for row in rows if row.status is DeliveryStatus.SENT and row.at is not None]
    return min(sent, default=page.created_at)


def _goes_to(facts: Facts, duty: Duty, incident: Incident, last: Notification, since: datetime) -> str:
    """Say who is next and when, by the rule of `docs/design/alerts.md`."""
    if last.outcome is Outcome.REPLAY:
        return ""
    above = [
        channel
        for channel in duty.channels
        if channel.level > last.level and Stage(channel.stage).severity <= incident.stage.severity
    ]
    if not above:
        return "; nobody is next"
    level = min(channel.level for channel in above)
    people = list(dict.fromkeys(channel.person for channel in above if channel.level == level))
    due = since + timedelta(minutes=duty.paging.escalate_after) * (level - last.level)
    when = f"at {facts.time(due)}" if due > facts.now else "now"
    return f"; goes to {', '.join(people)} {when}"
