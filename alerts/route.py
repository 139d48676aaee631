"""Route: pages of a replay stay here, and a page that nobody takes says so."""

from alerts.pages import Context, Pages, Stop, Tools
from core.records import Notification, Outcome


async def route(pages: Pages, context: Context) -> Pages:
    """Stop pages that have nowhere to go."""
    return pages.sift(lambda page: _nowhere(page, context.tools))


def _nowhere(page: Notification, tools: Tools) -> Stop | None:
    if tools.replay:
        return Stop(Outcome.REPLAY, "recorded only: pages of a replay never leave the machine")
    if not any(channel.takes(page) for channel in tools.channels):
        return Stop(Outcome.NOBODY, _lack(page, tools))
    return None


def _lack(page: Notification, tools: Tools) -> str:
    if page.channel:
        return f"the channel {page.channel} is no longer configured"
    level = f" of level {page.level}" if tools.channels else ""
    return f"no channel{level} takes {page.stage} pages; add a [[channel]]"
