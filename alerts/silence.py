"""Silence: what people have said holds a page back, but never hides something worse than they knew of."""

from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.incidents import VERDICTS
from alerts.pages import Context, Facts, Pages, Stop
from core import words
from core.records import Answer, Incident, Notification, Outcome, Silence, Stage


async def silence(pages: Pages, context: Context) -> Pages:
    """Stop pages of incidents that somebody has judged; hold those under a silence until it ends."""
    return pages.sift(lambda page: _judge(page, context.facts[page.id], context.tools.zone))


def _judge(page: Notification, facts: Facts, zone: ZoneInfo) -> Stop | None:
    return _judged(facts, zone) or _held(page, facts, zone) or _outlived(page, facts, zone)


def _judged(facts: Facts, zone: ZoneInfo) -> Stop | None:
    # Acknowledging is no verdict: a worse stage still pages.
    given = [answer for action, answer in facts.answers.items() if action in VERDICTS]
    return Stop(Outcome.SILENCED, _said(min(given, key=lambda answer: answer.at), zone)) if given else None


def _said(answer: Answer, zone: ZoneInfo) -> str:
    return f'{answer.who} said "{VERDICTS[answer.action]}" at {words.moment(answer.at, zone)}'


def _held(page: Notification, facts: Facts, zone: ZoneInfo) -> Stop | None:
    over = [silence for silence in facts.silences if covers(silence, page, facts.incident)]
    if not over:
        return None
    return Stop(Outcome.PENDING, _silenced(max(over, key=lambda silence: silence.until), zone))


def _outlived(page: Notification, facts: Facts, zone: ZoneInfo) -> Stop | None:
    """Stop a page that was held until its incident was over: nobody needs it any more."""
    over = [silence for silence in facts.silences_then if covers(silence, page, facts.incident)]
    if not over or facts.incident is None or facts.incident.open:
        return None
    return Stop(Outcome.SILENCED, f"{_silenced(over[0], zone)}; the incident closed before it ended")


def covers(silence: Silence, page: Notification, incident: Incident | None) -> bool:
    """True when `silence` may hold `page`: it hides nothing worse than its author knew of."""
    return page.stage.severity <= _known(silence, incident).severity


def _known(silence: Silence, incident: Incident | None) -> Stage:
    """Return the worst stage that the silence's author knew of.

    A silence of a whole brand is made before anything burns: it holds spreading, a firestorm breaks through.
    """
    if not silence.incident_id or incident is None:
        return Stage.SPREADING
    return _peak(incident, silence.created_at)


def _peak(incident: Incident, at: datetime) -> Stage:
    reached = [change.stage for change in incident.stages if change.at <= at]
    return max(reached, key=lambda stage: stage.severity, default=Stage.CALM)


def _silenced(silence: Silence, zone: ZoneInfo) -> str:
    why = f" ({silence.reason})" if silence.reason else ""
    return f"silenced by {silence.created_by} until {words.moment(silence.until, zone)}{why}"
