"""What changed since somebody acknowledged an incident, as a sentence: pure."""

from collections.abc import Mapping, Sequence

from core import words
from core.records import Action, Answer, Incident, Signal, SignalPoint, Stage
from dashboard.facts import Facts


def since_acknowledged(
    facts: Facts,
    incident: Incident,
    signal: Signal,
    answers: Mapping[Action, Answer],
    points: Sequence[SignalPoint],
) -> str:
    """Say how stage, numbers and sources differ from those of the acknowledgement; "" before it.

    `signal` is the newest one of the incident, `points` its line, oldest first.
    """
    answer = answers.get(Action.ACKNOWLEDGE)
    if answer is None or not incident.open:
        return ""
    told = (_stage(incident, answer), _numbers(signal, answer, points), _sources(incident, answer))
    return f"Since you acknowledged at {facts.time(answer.at)}: {', '.join(part for part in told if part)}."


def _stage(incident: Incident, answer: Answer) -> str:
    before = [change.stage for change in incident.stages if change.at <= answer.at]
    then = before[-1] if before else Stage.UNKNOWN  # nothing was recorded: that is not calm
    now = words.STAGE_WORDS[incident.stage].lower()
    return f"still {now}" if then is incident.stage else f"{words.STAGE_WORDS[then].lower()} became {now}"


def _numbers(signal: Signal, answer: Answer, points: Sequence[SignalPoint]) -> str:
    """Compare the hours' counts; a brand that cannot be seen now has none."""
    if signal.stage is Stage.UNKNOWN:
        return "its size is unknown now"
    now = f"{words.number(signal.seen)} negative mentions in the last hour"
    known = [point for point in points if point.at <= answer.at and point.stage is not Stage.UNKNOWN]
    return f"{now} after {words.number(known[-1].seen)}" if known else now


def _sources(incident: Incident, answer: Answer) -> str:
    new = [
        share.source
        for share in incident.explanation.sources
        if share.first_at is not None and share.first_at > answer.at
    ]
    return f"new in {' and '.join(new)}" if new else "no new source"
