"""One brand's week: index, parts, line, goals, in the whole numbers that people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.config import GoalsConfig
from core.records import (
    BrandWeek,
    Change,
    DataState,
    Estimate,
    Goal,
    GoalName,
    LinePoint,
    Part,
    Theme,
    VoiceShare,
    Week,
)
from pipeline.weekly.index import Parts, change, components, estimate
from pipeline.weekly.past import SHOWN, YEAR, Indexed, Past, archived_brand, extreme, indexed, share_of_voice
from pipeline.weekly.span import Span
from pipeline.weekly.storms import Case, alarms, events, response, worst_stage
from pipeline.weekly.sums import WeekSums


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one brand."""

    past: Past
    rivals: Mapping[str, Past]
    cases: Sequence[Case]
    themes: tuple[Theme, ...]
    archive: Mapping[str, Week]
    goals: GoalsConfig
    promised: float
    now: datetime

    @property
    def span(self) -> Span:
        """Return the page's week."""
        return self.past.spans[-1]


def brand_week(told: Told) -> BrandWeek:
    """Return the brand's week."""
    past, span = told.past, told.span
    found = indexed(past, _older(told))
    state = past.states[-1]
    if state in SHOWN and found.index[-1] is None:
        state = DataState.FIRST
    week = BrandWeek(
        brand=past.brand,
        state=state,
        coverage=past.seen[-1],
        mentions=past.sums[-1].mentions,
        mentions_before=_mentions_before(told),
        negative_share=None,
        compared_with=found.compared_with,
        worst=worst_stage(told.cases, span, told.now, past.seen[-1]),
        line=_line(past, found),
        events=events(told.cases, past.spans[0], min(span.until, told.now)),
        alarms=alarms(told.cases, span, told.promised),
        response=response(told.cases, span),
    )
    shown = week if state not in {*SHOWN, DataState.FIRST} else _with_numbers(week, told, found)
    return replace(shown, goals=_goals(told.goals, shown))


def _with_numbers(week: BrandWeek, told: Told, found: Indexed) -> BrandWeek:
    """Add what a week that was seen too little must not show."""
    parts, sums = found.parts[-1], told.past.sums[-1]
    before = found.parts[-2]
    return replace(
        week,
        index=found.index[-1],
        change=_change(found),
        last_year=_last_year(told, found.index[-1]),
        sentiment=_sentiment(parts),
        components=components(parts, before, found.usuals) if parts else (),
        lowest_in=extreme(found, lowest=True),
        highest_in=extreme(found, lowest=False),
        negative_share=_negative_share(sums),
        voices=_voices(told),
        themes=told.themes,
    )


def _sentiment(parts: Parts | None) -> Estimate | None:
    if parts is None or Part.SENTIMENT not in parts.values:
        return None
    return estimate(parts.values[Part.SENTIMENT], parts.draws[Part.SENTIMENT])


def _older(told: Told) -> list[BrandWeek]:
    """Return the archived weeks of the year that lie before the line."""
    weeks = (told.span.before(weeks).week for weeks in range(len(told.past.spans), YEAR + 1))
    found = (archived_brand(told.archive, week, told.past.brand) for week in weeks)
    return [week for week in found if week is not None]


def _line(past: Past, found: Indexed) -> tuple[LinePoint, ...]:
    points = zip(past.spans, past.states, found.index, strict=True)
    return tuple(LinePoint(span.week, state, index) for span, state, index in points)


def _mentions_before(told: Told) -> int | None:
    """Return last week's mentions; None when it was seen too little, or this week is not over."""
    if told.past.states[-2] is not DataState.OK or told.now < told.span.until:
        return None
    return told.past.sums[-2].mentions


def _change(found: Indexed) -> Change | None:
    now, before = found.index[-1], found.index[-2]
    draws, earlier = found.draws[-1], found.draws[-2]
    if now is None or before is None or draws is None or earlier is None:
        return None
    return change(now, before, draws, earlier)


def _last_year(told: Told, now: Estimate | None) -> Change | None:
    """Return the change against the archived index of a year ago; a change when the bands do not touch."""
    old = archived_brand(told.archive, told.span.before(YEAR).week, told.past.brand)
    if now is None or old is None or old.index is None:
        return None
    apart = now.low > old.index.high or now.high < old.index.low
    return Change(old.index.value, now.value - old.index.value, apart)


def _negative_share(sums: WeekSums) -> int | None:
    mood = sums.mood
    return round(100 * mood.negative / mood.total) if mood.total > 0 else None


def _voices(told: Told) -> tuple[VoiceShare, ...]:
    """Return the brand's share of voice and its rivals', the brand first, the rest by size."""
    own = _share_in(told, told.past, -1)
    if own is None:
        return ()
    shares = []
    for name, rival in told.rivals.items():
        share = _share_in(told, rival, -1)
        if share is not None:
            shares.append(VoiceShare(name, round(share), _rounded(_share_in(told, rival, -2))))
    first = VoiceShare(told.past.brand, round(own), _rounded(_share_in(told, told.past, -2)))
    return (first, *sorted(shares, key=lambda each: (-each.share, each.brand.casefold())))


def _share_in(told: Told, whose: Past, place: int) -> float | None:
    """Return one brand's part of everything that was said of the brand and its rivals in a week."""
    if told.past.rivals[place] is None or told.past.states[place] not in SHOWN:
        return None
    every = {told.past.brand: told.past, **told.rivals}
    others = [each.sums[place] for name, each in every.items() if name != whose.brand]
    return share_of_voice(whose.sums[place], others)


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def _goals(goals: GoalsConfig, week: BrandWeek) -> tuple[Goal, ...]:
    """Return the goals that were set, and whether they were reached."""
    found = []
    if goals.index is not None:
        value = week.index.value if week.index else None
        found.append(
            Goal(GoalName.INDEX, goals.index, value, None if value is None else value >= goals.index)
        )
    if goals.negative_share is not None:
        found.append(_under(GoalName.NEGATIVE_SHARE, 100 * goals.negative_share, week.negative_share))
    if goals.acknowledge_minutes is not None:
        minutes = week.response.median_minutes
        found.append(_under(GoalName.ACKNOWLEDGE, goals.acknowledge_minutes, minutes))
    return tuple(found)


def _under(name: GoalName, target: float, value: int | None) -> Goal:
    return Goal(name, target, value, None if value is None else value < target)
