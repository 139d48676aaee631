"""What incidents tell of a week: how calm it was, what the alarms were worth, how soon somebody answered."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.ports import Store
from core.records import (
    HIDDEN_BELOW,
    Action,
    Alarms,
    Answer,
    Coverage,
    Incident,
    Response,
    Stage,
    WeekEvent,
)
from pipeline.weekly.span import Span, span_of

WEIGHT = {Stage.SMOULDERING: 1, Stage.SPREADING: 4, Stage.FIRESTORM: 16}
"""What an hour of a stage weighs against a calm one, section 7 of the reference on detection."""
LONGEST = timedelta(weeks=4)
"""Incidents close after a day of cooling or hours of calm: none that matters was opened earlier than this."""
LIMIT = 10_000
"""Incidents of all brands in a quarter; a tenth of it would be a page every quarter of an hour."""
HOUR = timedelta(hours=1)
REJECTED = (Action.FALSE_ALARM, Action.NOT_US)

Answers = Mapping[Action, Answer]


@dataclass(frozen=True, slots=True)
class Case:
    """An incident and what people answered."""

    incident: Incident
    answers: Answers

    @property
    def needless(self) -> bool:
        """True when somebody rejected it."""
        return any(action in self.answers for action in REJECTED)

    @property
    def spread(self) -> bool:
        """True when it was bad enough for a page."""
        return self.incident.peak_stage.severity >= Stage.SPREADING.severity

    def spread_by(self, at: datetime) -> bool:
        """Return whether it had been bad enough for a page before `at`."""
        return any(
            change.at < at and change.stage.severity >= Stage.SPREADING.severity
            for change in self.incident.stages
        )

    def stages(self, now: datetime) -> Iterator[tuple[Stage, datetime, datetime]]:
        """Yield its stages with their beginnings and ends."""
        changes = self.incident.stages
        ends = [change.at for change in changes[1:]] + [self.incident.closed_at or now]
        for change, end in zip(changes, ends, strict=True):
            yield change.stage, change.at, end

    def stage_at(self, at: datetime, now: datetime) -> Stage | None:
        """Return its stage at `at`; None before it began and after it was closed."""
        spans = ((stage, start, end) for stage, start, end in self.stages(now) if start <= at)
        return next((stage for stage, start, end in spans if at < end or (at >= now and end >= now)), None)


def read_cases(store: Store, since: datetime, until: datetime) -> dict[str, list[Case]]:
    """Return each brand's incidents of a span of time, newest first; those it began with are among them."""
    cases: dict[str, list[Case]] = defaultdict(list)
    for incident in store.incidents(limit=LIMIT, since=since - LONGEST, until=until):
        cases[incident.brand].append(Case(incident, store.answers(incident.id)))
    return cases


def calm(cases: Iterable[Case], span: Span, seen: Coverage, now: datetime) -> float | None:
    """Return how calm a week was, 0..100: 100 less the weighted share of stormy hours among those seen.

    An hour counts with the worst stage that it saw; what somebody rejected was no storm.
    """
    hours = seen.hours - seen.blind
    if hours <= 0:
        return None
    stormy = sum(_worst_hours(cases, span, now).values())
    return 100.0 * (1.0 - min(1.0, stormy / hours))


def _worst_hours(cases: Iterable[Case], span: Span, now: datetime) -> dict[int, int]:
    """Return the weight of each stormy hour of the week."""
    worst: dict[int, int] = {}
    for stage, start, end in _spans(cases, span, now):
        weight = WEIGHT.get(stage, 0)
        for hour in range((start - span.since) // HOUR, -((span.since - end) // HOUR)):
            if weight > worst.get(hour, 0):
                worst[hour] = weight
    return worst


def _spans(cases: Iterable[Case], span: Span, now: datetime) -> Iterator[tuple[Stage, datetime, datetime]]:
    """Yield the stages of incidents that nobody rejected, cut to the week."""
    for case in cases:
        if case.needless or case.incident.drill:
            continue
        for stage, start, end in case.stages(now):
            first, last = max(start, span.since), min(end, span.until)
            if first < last:
                yield stage, first, last


def worst_stage(cases: Iterable[Case], span: Span, now: datetime, seen: Coverage) -> Stage:
    """Return the worst stage of the week; unknown instead of calm where too little was seen for a number."""
    least = Stage.UNKNOWN if seen.share < HIDDEN_BELOW else Stage.CALM
    stages = [stage for stage, _, _ in _spans(cases, span, now) if stage is not Stage.UNKNOWN]
    return max(stages, key=lambda stage: stage.severity, default=least)


def events(cases: Iterable[Case], oldest: Span, until: datetime) -> tuple[WeekEvent, ...]:
    """Return what spread between the start of `oldest` and `until`, oldest first."""
    found = [
        WeekEvent(
            span_of(case.incident.opened_at, oldest.zone).week,
            case.incident.opened_at,
            case.incident.label,
            case.incident.peak_stage,
        )
        for case in cases
        if case.spread and not case.needless and not case.incident.drill
        if oldest.since <= case.incident.opened_at < until
    ]
    return tuple(sorted(found, key=lambda event: event.at))


def alarms(cases: Sequence[Case], span: Span, promised: float) -> Alarms:
    """Return the account of a week's pages; an incident counts once, however often it paged."""
    paged = [case for case in cases if _paged_in(case, span)]
    drills = [case for case in paged if case.incident.drill]
    real = [case for case in paged if not case.incident.drill]
    silent = [
        case
        for case in cases
        if case.spread and case.incident.paged_at is None and not case.incident.drill
        if span.since <= case.incident.opened_at < span.until
    ]
    return Alarms(
        pages=len(real),
        needless=sum(case.needless for case in real),
        real=sum(Action.ACKNOWLEDGE in case.answers and not case.needless for case in real),
        unreviewed=sum(Action.ACKNOWLEDGE not in case.answers and not case.needless for case in real),
        missed=len(silent),
        promised=promised,
        drills=len(drills),
    )


def response(cases: Iterable[Case], span: Span) -> Response:
    """Return how soon the week's pages were answered, by whatever answer came first."""
    paged = [case for case in cases if _paged_in(case, span) and not case.incident.drill]
    waits = [wait for case in paged if (wait := _wait(case)) is not None]
    return Response(
        answered=len(waits),
        unanswered=len(paged) - len(waits),
        median_minutes=round(statistics.median(waits)) if waits else None,
        longest_minutes=round(max(waits)) if waits else None,
    )


def _wait(case: Case) -> float | None:
    """Return the minutes from the page to the first answer."""
    times = [answer.at for answer in case.answers.values()]
    if not times or case.incident.paged_at is None:
        return None
    return max(0.0, (min(times) - case.incident.paged_at).total_seconds() / 60)


def _paged_in(case: Case, span: Span) -> bool:
    at = case.incident.paged_at
    return at is not None and span.since <= at < span.until


def all_alarms(brands: Iterable[Alarms]) -> Alarms:
    """Return the account of all brands together."""
    every = list(brands)
    return Alarms(
        pages=sum(each.pages for each in every),
        needless=sum(each.needless for each in every),
        real=sum(each.real for each in every),
        unreviewed=sum(each.unreviewed for each in every),
        missed=sum(each.missed for each in every),
        promised=sum(each.promised for each in every),
        drills=sum(each.drills for each in every),
    )
