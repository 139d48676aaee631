"""Deduplicate: the same thing about the same incident is told once."""

from zoneinfo import ZoneInfo

from alerts.pages import Context, Facts, Pages, Stop
from core import words
from core.records import Notification, Outcome, Reason

_TOLD = (Outcome.SENT, Outcome.PARTIAL)


async def deduplicate(pages: Pages, context: Context) -> Pages:
    """Stop pages whose incident has already told the same reason."""
    return pages.sift(lambda page: _told(page, context.facts[page.id], context.tools.zone))


def _told(page: Notification, facts: Facts, zone: ZoneInfo) -> Stop | None:
    if page.reason is Reason.TEST:
        return None  # a test is asked for each time
    for other in facts.siblings:
        if _same(other, page) and (other.outcome in _TOLD or _first(other, page)):
            at = words.moment(other.created_at, zone)
            return Stop(Outcome.DUPLICATE, f"the page for {page.reason} was made {at}")
    return None


def _same(other: Notification, page: Notification) -> bool:
    """True when both say the same to the same level: an escalation repeats a page for other people."""
    return (other.reason, other.stage, other.level) == (page.reason, page.stage, page.level)


def _first(other: Notification, page: Notification) -> bool:
    """True when `other` waits too and came first; ids break a tie so that one of the two goes on."""
    key = (page.created_at, page.id)
    return other.outcome is Outcome.PENDING and (other.created_at, other.id) < key
