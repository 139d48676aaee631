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

_Sent = Sequence[tuple[Notification, Sequence[Delivery]]]
"""An incident's pages, each with what became of it on its channels."""


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
        mine = _mine(pages.get(incident.id, ()))
        if mine and not answers:
            last = max(mine, key=lambda page: (page.stage.severity, page.level))
            text += f", at level {last.level}" if last.level > 1 else ""
            text += _goes_to(
                facts, duty, incident, last, [(page, deliveries.get(page.id, ())) for page in mine]
            )
        yield WaitingRow(incident.id, incident.brand, phrases.capital(incident.explanation.label), text)


def _mine(pages: Sequence[Notification]) -> list[Notification]:
    """Return the pages that are meant for people one after the other."""
    return [page for page in pages if page.reason in _CHAIN and page.outcome not in _REPLACED]


def _sent_at(page: Notification, rows: Sequence[Delivery]) -> datetime:
    """Return since when an answer is waited for: the first delivery, before it the page itself."""
    sent = [row.at for row in rows if row.status is DeliveryStatus.SENT and row.at is not None]
    return min(sent, default=page.created_at)


def _goes_to(facts: Facts, duty: Duty, incident: Incident, last: Notification, sent: _Sent) -> str:
    """Say who is next and when: whose quiet hours end, or the next level, whichever comes first."""
    if last.outcome is Outcome.REPLAY:
        return ""
    rows = next(rows for page, rows in sent if page is last)
    coming = [*_after_quiet_hours(duty, sent), *_above(duty, incident, last, _sent_at(last, rows))]
    if not coming:
        return "; nobody is next"
    due = min(at for at, _ in coming)
    people = list(dict.fromkeys(person for at, person in coming if at == due))
    when = f"at {facts.time(due)}" if due > facts.now else "now"
    return f"; goes to {', '.join(people)} {when}"


def _after_quiet_hours(duty: Duty, sent: _Sent) -> Iterator[tuple[datetime, str]]:
    """Yield when a held page comes, and to whom."""
    people = {channel.name: channel.person for channel in duty.channels}
    for row in (row for _, rows in sent for row in rows):
        if row.status is DeliveryStatus.HELD and row.next_at is not None and row.channel in people:
            yield row.next_at, people[row.channel]


def _above(
    duty: Duty, incident: Incident, last: Notification, since: datetime
) -> Iterator[tuple[datetime, str]]:
    """Yield when the level above is due and who is there, by the rule of `docs/design/alerts.md`."""
    above = [
        channel
        for channel in duty.channels
        if channel.level > last.level and Stage(channel.stage).severity <= incident.stage.severity
    ]
    level = min((channel.level for channel in above), default=0)
    due = since + timedelta(minutes=duty.paging.escalate_after) * (level - last.level)
    return ((due, channel.person) for channel in above if channel.level == level)
