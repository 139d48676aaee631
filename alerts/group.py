"""Group: of several waiting pages of one incident only the worst leaves."""

from alerts.pages import Context, Facts, Pages, Stop
from core import words
from core.records import Notification, Outcome, Reason

_STANDS = (Outcome.PENDING, Outcome.SENT, Outcome.PARTIAL)
"""Outcomes of a page that people have or will get; one that failed replaces nothing."""


async def group(pages: Pages, context: Context) -> Pages:
    """Stop pages that a worse one of the same incident has overtaken.

    In a replay every page leaves, in virtual time, at the moment it is made: nothing can overtake it.
    """
    if context.tools.replay:
        return pages
    return pages.sift(lambda page: _overtaken(page, context.facts[page.id]))


def _overtaken(page: Notification, facts: Facts) -> Stop | None:
    worse = [
        other
        for other in facts.siblings
        if other.reason is not Reason.TEST
        and other.outcome in _STANDS
        and other.stage.severity > page.stage.severity
    ]
    if not worse:
        return None
    worst = max(worse, key=lambda other: other.stage.severity)
    return Stop(Outcome.GROUPED, f"the page for {words.STAGE_WORDS[worst.stage].lower()} replaced it")
