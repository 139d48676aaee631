"""Answered: who is only told because nobody answered is not told once somebody has."""

import asyncio

from alerts.pages import Context, Facts, Pages, Stop, Tools
from core import words
from core.records import Action, DeliveryStatus, Notification, Outcome, Reason


async def answered(pages: Pages, context: Context) -> Pages:
    """Stop escalations that were acknowledged since they were made; what is held stays for its digest."""
    return await asyncio.to_thread(_sift, pages, context)


def _sift(pages: Pages, context: Context) -> Pages:
    return pages.sift(
        lambda page: (
            _taken(page, context.facts[page.id], context.tools) if page.reason is Reason.ESCALATION else None
        )
    )


def _taken(page: Notification, facts: Facts, tools: Tools) -> Stop | None:
    taken = facts.answers.get(Action.ACKNOWLEDGE)
    held = any(row.status is DeliveryStatus.HELD for row in tools.store.deliveries(page.id))
    if taken is None or taken.at < page.created_at or held:
        return None
    return Stop(Outcome.SILENCED, f"{taken.who} acknowledged at {words.moment(taken.at, tools.zone)}")
