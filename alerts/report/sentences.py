"""Every sentence of the weekly page, generated from the numbers beside it.

Rules, held by `tests/unit/report`: no number that is not in the record, the direction in words is the sign of
the number, "no change" exactly when a change is not certain, and a number that is not known is never 0.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.render.clean import one_line, shorten
from alerts.report.accounts import (
    alarms,
    all_coverage,
    all_goals,
    counted,
    coverage,
    goal,
    response,
    unseen,
)
from core import words
from core.records import (
    ENOUGH_WEEKS,
    HIDDEN_BELOW,
    BrandWeek,
    BrandWords,
    Change,
    Component,
    Coverage,
    DataState,
    Estimate,
    Part,
    Risk,
    RiskKind,
    Week,
    WeekWords,
)

_LABEL = 60
"""Characters of a label: a line of a table."""

_PARTS = {Part.SENTIMENT: "net sentiment", Part.VOICE: "share of voice", Part.CALM: "calm"}
_MARKS = {
    "demo": "Simulated: invented brands, nobody needs to act.",
    "replay": "A replay of an archive, not of this week.",
}


def tell(week: Week) -> Week:
    """Return the page with all its sentences."""
    zone = ZoneInfo(week.zone)
    brands = tuple(_clean(brand) for brand in week.brands)
    brands = tuple(replace(brand, words=_brand_words(brand, zone)) for brand in brands)
    risks = tuple(
        replace(risk, label=_risk_label(risk), words=risk_sentence(risk, zone)) for risk in week.risks
    )
    told = replace(week, brands=brands, risks=risks)
    return replace(told, words=_week_words(told, zone))


def _clean(brand: BrandWeek) -> BrandWeek:
    """Make what strangers wrote safe to print: labels come from their words."""
    return replace(
        brand,
        events=tuple(replace(event, label=_title(event.label)) for event in brand.events),
        themes=tuple(replace(theme, label=_title(theme.label)) for theme in brand.themes),
    )


def _label(text: str) -> str:
    return shorten(one_line(text), _LABEL)


def _title(text: str) -> str:
    """Write a label that was made of people's words; the board writes it in the same way."""
    return words.capital(_label(text))


def _risk_label(risk: Risk) -> str:
    """A blind source is named as the user named it."""
    return _label(risk.label) if risk.kind is RiskKind.BLIND else _title(risk.label)


def _brand_words(brand: BrandWeek, zone: ZoneInfo) -> BrandWords:
    return BrandWords(
        headline=headline(brand),
        change=change_words(brand.change, "last week"),
        last_year=change_words(brand.last_year, "last year") if brand.last_year else "",
        voice=voice(brand),
        volume=volume(brand),
        coverage=coverage(brand.coverage, zone),
        learning=learning(brand),
        alarms=alarms(brand.alarms),
        response=response(brand.response),
        goals=tuple(goal(each) for each in brand.goals),
    )


def _week_words(week: Week, zone: ZoneInfo) -> WeekWords:
    return WeekWords(
        title=title(week.week, week.since, week.until, zone),
        headline=week_headline(week.brands),
        marking=marking(week),
        alarms=alarms(week.alarms),
        response=response(week.response),
        coverage=all_coverage(week.brands, zone),
        goals=all_goals(week.brands),
        risks="" if week.risks else _no_risk(week),
    )


def _no_risk(week: Week) -> str:
    """Say what was looked for in vain; of a week long past less can be known."""
    if week.hindsight:
        return "No incident was open at the end; how narratives and sources stood then is not kept."
    return "No open incident, no growing narrative, no blind source."


def title(week: str, since: datetime, until: datetime, zone: ZoneInfo) -> str:
    """Write `Week 47, 16 to 22 November 2026`."""
    first, last = since.astimezone(zone), (until - timedelta(hours=1)).astimezone(zone)
    month = "" if first.month == last.month else f" {first:%B}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"Week {int(week[-2:])}, {first.day}{month}{year} to {last.day} {last:%B} {last.year}"


def span(index: Estimate) -> str:
    """Write `62 (58–66)`, for net sentiment with real signs."""
    low, high = words.number(index.low), words.number(index.high)
    return f"{words.number(index.value)} ({low}{' to ' if index.low < 0 else '–'}{high})"


def headline(brand: BrandWeek) -> str:
    """Write what a brand's week comes to, in one or two sentences."""
    if brand.state is DataState.EMPTY:
        return "No data: nothing was heard of this brand in this week."
    if brand.state is DataState.HIDDEN:
        return _hidden(brand.coverage)
    if brand.index is None:
        return "No number yet: there is no earlier whole week to compare this one with."
    mark = "Provisional: " if brand.state is DataState.PROVISIONAL else ""
    return mark + _moved(brand, brand.index, capital=not mark)


def _hidden(seen: Coverage) -> str:
    return (
        f"No number: only {seen.share} % of the usual stream was seen, "
        f"and under {HIDDEN_BELOW} % a number would say more about the sources than about the brand."
    )


def _moved(brand: BrandWeek, index: Estimate, capital: bool) -> str:
    change = brand.change
    if change is None:
        told = f"health is {span(index)}; there is no number of last week to compare it with{_storm(brand)}."
    elif not change.certain:
        told = f"no change: {span(index)}{_storm(brand)}."
    else:
        verb = "fell" if change.by < 0 else "rose"
        told = f"health {verb} by {_points(change.by)} to {index.value}{_rank(brand)}{_because(brand)}."
    return told[0].upper() + told[1:] if capital else told


def _points(by: int) -> str:
    return f"{abs(by)} point{'' if abs(by) == 1 else 's'}"


def _rank(brand: BrandWeek) -> str:
    falls = brand.change is not None and brand.change.by < 0
    weeks = brand.lowest_in if falls else brand.highest_in
    return f", its {'lowest' if falls else 'highest'} in {weeks} weeks" if weeks else ""


def _because(brand: BrandWeek) -> str:
    """Name the storm of the week, or else the part that moved most in the index's direction."""
    if storm := _storm(brand):
        return storm
    moved = _mover(brand)
    return f"; {_PARTS[moved.part]} moved most" if moved else ""


def _storm(brand: BrandWeek) -> str:
    """Name the worst storm of this week."""
    mine = [event for event in brand.events if brand.line and event.week == brand.line[-1].week]
    worst = max(mine, key=lambda event: event.stage.severity, default=None)
    return f"; a {words.STAGE_WORDS[worst.stage].lower()} broke out over “{worst.label}”" if worst else ""


def _mover(brand: BrandWeek) -> Component | None:
    """Return the part that changed most towards where the index went; None when none surely did."""
    if brand.change is None:
        return None
    sign = 1 if brand.change.by > 0 else -1
    moves = [
        (sign * (each.value - each.before), each) for each in brand.components if each.before is not None
    ]
    best = max(moves, key=lambda move: move[0], default=None)
    return best[1] if best and best[0] > 0 else None


def change_words(change: Change | None, when: str) -> str:
    """Write `7 points below last week`, `no change on last week` or `last week unknown`."""
    if change is None:
        return f"{when} unknown"
    if not change.certain:
        return f"no change on {when}"
    return f"{_points(change.by)} {'below' if change.by < 0 else 'above'} {when}"


def voice(brand: BrandWeek) -> str:
    """Write the brand's share of voice."""
    if not brand.voices:
        return ""
    own = brand.voices[0]
    before = "" if own.before is None else f"; last week it was {own.before} %"
    return f"{own.share} % of what is said of it and its rivals is about {one_line(own.brand)}{before}."


def volume(brand: BrandWeek) -> str:
    """Write how much was said."""
    if brand.state in {DataState.EMPTY, DataState.HIDDEN}:
        return ""
    before = "" if brand.mentions_before is None else f", {words.number(brand.mentions_before)} last week"
    plural = "" if brand.mentions == 1 else "s"
    return f"{words.number(brand.mentions)} mention{plural}{before}."


def learning(brand: BrandWeek) -> str:
    """Say that the index stands on little history, while it does."""
    if not brand.learning:
        return ""
    weeks = f"{brand.compared_with} earlier week{'' if brand.compared_with == 1 else 's'}"
    return f"Learning: the index is measured against {weeks} so far; {ENOUGH_WEEKS} are enough."


def week_headline(brands: tuple[BrandWeek, ...]) -> str:
    """Write what the week comes to over all brands."""
    if all(brand.state is DataState.EMPTY for brand in brands):
        return "No data: nothing was heard of any brand in this week."
    if len(brands) == 1:
        return headline(brands[0])
    moved = [(brand, brand.change.by) for brand in brands if brand.change and brand.change.certain]
    fell = [_move(brand, by) for brand, by in moved if by < 0]
    rose = [_move(brand, by) for brand, by in moved if by > 0]
    silent = [one_line(brand.brand) for brand in brands if brand.index is None]
    same = len(brands) - len(moved) - len(silent)
    told = (
        _group("Fell", fell),
        _group("Rose", rose),
        f"No change: {counted(same, 'brand')}" if same else "",
        _group("No number", silent),
    )
    return f"{'. '.join(filter(None, told))}."


def _move(brand: BrandWeek, by: int) -> str:
    return f"{one_line(brand.brand)} by {_points(by)}"


def _group(verb: str, names: list[str]) -> str:
    """Name up to three brands, count more."""
    if not names:
        return ""
    return f"{verb}: {', '.join(names) if len(names) <= 3 else counted(len(names), 'brand')}"


def marking(week: Week) -> str:
    """Say what a reader must not take for a whole, real week."""
    early = "" if week.complete else "This week is not over: what stands here will change."
    return " ".join(filter(None, (_MARKS.get(week.purpose, ""), early)))


def risk_sentence(risk: Risk, zone: ZoneInfo) -> str:
    """Write what is known of a risk."""
    if risk.coverage is not None:
        return unseen(risk.coverage)
    began = risk.since.astimezone(zone)
    since = f"{began:%A} {began.day} {began:%B}, {began:%H:%M}"
    if risk.kind is RiskKind.BLIND:
        return f"Shows nothing since {since}; what it would have shown is missing."
    size = _size(risk)
    if not risk.is_open:
        return f"Over; began {since}. When last looked at: {size}."
    speed = words.growth(risk.growth) if risk.growth else "growth unknown"
    return f"Since {since}: {size}, {speed}."


def _size(risk: Risk) -> str:
    """Write how large it was when it was last looked at."""
    if risk.seen is None:
        return "size not kept"
    usual = "usual not known yet" if risk.learning else f"{words.number(risk.expected)} expected"
    return f"{words.number(risk.seen)} negative an hour, {usual}"
