"""A page and what each channel said to it, in words: pure."""

from collections.abc import Collection, Iterable

from core import words
from core.records import Delivery, DeliveryStatus, Incident, Notification, Outcome, Reason
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.viewmodels import DeliveryRow, PageRow

ERROR = 160
"""Characters of an error: it may quote what a mail server answered."""

_WHAT = {
    Reason.SPREADING: "Spreading",
    Reason.FIRESTORM: "Firestorm",
    Reason.ESCALATION: "Escalation",
    Reason.DIGEST: "Digest of quiet hours",
    Reason.TEST: "Test page",
}
_OUTCOME = {
    Outcome.PENDING: ("waiting", "on its way"),
    Outcome.SENT: ("sent", "sent"),
    Outcome.PARTIAL: ("dead", "not taken by all"),
    Outcome.FAILED: ("dead", "could not be delivered"),
    Outcome.SILENCED: ("held", "silenced"),
    Outcome.DUPLICATE: ("held", "repeats an earlier page"),
    Outcome.GROUPED: ("held", "replaced by a later page"),
    Outcome.REPLAY: ("held", "recorded, never sent"),
    Outcome.NOBODY: ("dead", "went to nobody"),
}
_STATES = {
    DeliveryStatus.RESERVED: "waiting",
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.RETRY: "waiting",
    DeliveryStatus.DEAD: "dead",
    DeliveryStatus.HELD: "held",
    DeliveryStatus.CAPPED: "held",
    DeliveryStatus.WITHDRAWN: "held",
}


def row(facts: Facts, page: Notification, deliveries: Iterable[Delivery]) -> PageRow:
    """Return a page with the results of its channels."""
    rows = tuple(delivery(facts, each) for each in sorted(deliveries, key=lambda each: each.channel))
    state, outcome = _outcome(page, rows)
    return PageRow(
        id=page.id,
        time=facts.time(page.created_at),
        what=f"{_WHAT[page.reason]}, level {page.level}" if page.level > 1 else _WHAT[page.reason],
        brand=page.brand,
        label=phrases.capital(page.explanation.label),
        outcome=outcome,
        state=state,
        detail=short(page.detail),
        simulated=mark(page),
        deliveries=rows,
        incident_id=page.incident_id,
    )


def mark(of: Incident | Notification) -> str:
    """Return the word that marks what is made up: `drill`, `simulated`, or ""."""
    return "drill" if of.drill else "simulated" if of.simulated else ""


def _outcome(page: Notification, rows: Collection[DeliveryRow]) -> tuple[str, str]:
    """Return what became of a page; one that every channel keeps back is not on its way."""
    if page.outcome is Outcome.PENDING and rows and all(each.state == "held" for each in rows):
        return "held", "kept back"
    return _OUTCOME[page.outcome]


def delivery(facts: Facts, row: Delivery) -> DeliveryRow:
    """Return what one channel said."""
    return DeliveryRow(
        channel=row.channel,
        state=_STATES[row.status],
        word=_word(facts, row),
        service=row.service,
        detail="" if row.status is DeliveryStatus.SENT else short(row.error),
    )


def _word(facts: Facts, row: Delivery) -> str:
    tries = f"{words.number(row.attempts)} {'try' if row.attempts == 1 else 'tries'}"
    match row.status:
        case DeliveryStatus.SENT:
            again = f", {tries}" if row.attempts > 1 else ""
            return f"sent in {words.took(row.seconds)}{again}"
        case DeliveryStatus.RETRY:
            due = f", again at {facts.time(row.next_at)}" if row.next_at else ""
            return f"failed, {tries}{due}"
        case DeliveryStatus.DEAD | DeliveryStatus.WITHDRAWN:
            verb = "gave up" if row.status is DeliveryStatus.DEAD else "withdrawn"
            return f"{verb} after {tries}" if row.attempts else verb
        case DeliveryStatus.HELD:
            return f"held until {facts.time(row.next_at)}" if row.next_at else "held"
        case DeliveryStatus.CAPPED:
            return "kept back, the week's pages are used up"
    return "being sent"


def about(page: Notification) -> str:
    """Say in a few words what a page is about: `Firestorm, Northwind Air: Refund refused`."""
    parts = ", ".join(filter(None, (_WHAT[page.reason], page.brand)))
    label = phrases.capital(page.explanation.label)
    return f"{parts}: {label}" if label else parts


def short(text: str) -> str:
    """Write an error on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= ERROR else f"{line[: ERROR - 1]}…"
