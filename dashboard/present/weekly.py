"""From an archived week to the sheet: pure, and without arithmetic: the record holds what is printed."""

import re
from collections.abc import Iterator, Sequence
from shlex import quote
from zoneinfo import ZoneInfo

from core import words
from core.records import (
    BrandWeek,
    Change,
    Component,
    DataState,
    Goal,
    LinePoint,
    Part,
    Report,
    Risk,
    RiskKind,
    Stage,
    Theme,
    VoiceShare,
    Week,
)
from dashboard.charts.weekly import thirteen_weeks
from dashboard.viewmodels import (
    BrandLine,
    BrandSheet,
    ChangeWords,
    GoalRow,
    PartRow,
    Plot,
    RiskRow,
    ThemeRow,
    VoiceRow,
    WeeklyArchive,
    WeeklyPage,
)

LEAST_LINE = 5
"""Weeks that a line has room for at least: two points from edge to edge would look like a trend."""

_PARTS = {Part.SENTIMENT: "Net sentiment", Part.VOICE: "Share of voice", Part.CALM: "Calm hours"}
_REACHED = {True: "yes", False: "no", None: "unknown"}


def page(week: Week, report: Report, brand: str) -> WeeklyPage:
    """Return the page of a week; the sheet is that of `brand`, or of the first, which needs it most."""
    chosen = next((each for each in week.brands if each.brand == brand), next(iter(week.brands), None))
    several = len(week.brands) > 1
    return WeeklyPage(
        week=week.week,
        title=week.words.title,
        made=_made(week),
        sent=report.sent,
        marking=week.words.marking,
        sheet=_sheet(chosen) if chosen else None,
        headline=week.words.headline if several else "",
        brands=tuple(_brand_line(each, each is chosen) for each in week.brands) if several else (),
        risks=tuple(_risk(risk) for risk in week.risks),
        no_risk=week.words.risks,
    )


def archive(weeks: Sequence[str], asked_for: str, folder: str) -> WeeklyArchive:
    """Say which weeks there are, and what to do where the one that was asked for has no page."""
    command = f"firetower report --workspace {quote(str(folder))}"
    if not weeks:
        text = (
            "A page is made every week from what is stored: health, share of voice, themes, risks, alarms. "
            "Make one now with the button, or with the command below."
        )
        return WeeklyArchive((), "No weekly page yet", text, command)
    if asked_for and asked_for not in weeks:
        text = "The archive does not have this week. Choose another one above, or make its page."
        return WeeklyArchive(tuple(weeks), "No page of this week", text, command)
    return WeeklyArchive(tuple(weeks))


def file_name(week: str) -> str:
    """Return a week's name for files: letters, digits and hyphens only."""
    return f"firetower-weekly-{re.sub('[^0-9A-Za-z-]+', '', week)}"


def _made(week: Week) -> str:
    local = week.made_at.astimezone(ZoneInfo(week.zone))
    return f"made on {local:%A}, {local.day} {local:%B} at {local:%H:%M}"


def _sheet(brand: BrandWeek) -> BrandSheet:
    told = brand.words
    return BrandSheet(
        name=brand.brand,
        headline=told.headline,
        value=words.number(brand.index.value) if brand.index else "",
        band=_band(brand),
        mark=_mark(brand),
        changes=tuple(_changes(brand)),
        parts=tuple(_part(part) for part in brand.components),
        plot=_plot(brand),
        weeks=_weeks(brand.line),
        voices=tuple(_voice(voice) for voice in brand.voices),
        voice=told.voice,
        themes=tuple(_theme(theme) for theme in brand.themes),
        notes=tuple(note for note in (told.learning, told.volume) if note),
        goals=tuple(
            GoalRow(text, _reached(goal)) for goal, text in zip(brand.goals, told.goals, strict=False)
        ),
        alarms=told.alarms,
        response=told.response,
        coverage=told.coverage,
    )


def _reached(goal: Goal) -> str:
    return _REACHED[goal.reached]


def _band(brand: BrandWeek) -> str:
    return f"{brand.index.low}–{brand.index.high}" if brand.index else ""


def _mark(brand: BrandWeek) -> str:
    if brand.index is None:
        return ""
    if brand.state is DataState.PROVISIONAL:
        return "Provisional"
    return "Learning" if brand.learning else ""


def _changes(brand: BrandWeek) -> Iterator[ChangeWords]:
    """Yield the change on last week, and that on last year where there is one."""
    if brand.index is None:
        return
    yield _change(brand.change, brand.words.change, "on last week")
    if brand.last_year is not None:
        yield _change(brand.last_year, brand.words.last_year, "on last year")


def _change(change: Change | None, sentence: str, when: str) -> ChangeWords:
    if change is None or not change.certain:
        return ChangeWords("", "", sentence, "same")
    arrow, tone = ("↓", "worse") if change.by < 0 else ("↑", "better")
    return ChangeWords(arrow, words.number(abs(change.by)), when, tone)


def _part(part: Component) -> PartRow:
    was = "last week unknown" if part.before is None else f"was {_measure(part.part, part.before)}"
    return PartRow(_PARTS[part.part], _measure(part.part, part.value), was)


def _measure(part: Part, value: int) -> str:
    return _signed(value) if part is Part.SENTIMENT else f"{value} %"


def _signed(value: int) -> str:
    return f"+{value}" if value > 0 else words.number(value)


def _shown(line: Sequence[LinePoint]) -> Sequence[LinePoint]:
    """Leave out the weeks before anything was watched, but for so many that a line has room."""
    first = next((at for at, point in enumerate(line) if point.state is not DataState.EMPTY), len(line))
    return line[min(first, max(0, len(line) - LEAST_LINE)) :]


def _weeks(line: Sequence[LinePoint]) -> str:
    watched = sum(point.state is not DataState.EMPTY for point in line)
    return "One week" if watched == 1 else f"{watched} weeks"


def _plot(brand: BrandWeek) -> Plot | None:
    """Return the line, None while no week has a number."""
    line = _shown(brand.line)
    known = [point.index for point in line if point.index is not None]
    if not known:
        return None
    alt = (
        f"Index of {brand.brand} over {_weeks(line)}: lowest {min(index.value for index in known)}, "
        f"highest {max(index.value for index in known)}, last {known[-1].value}."
    )
    return Plot(thirteen_weeks(line, brand.events), alt)


def _voice(voice: VoiceShare) -> VoiceRow:
    was = "" if voice.before is None else f"was {voice.before} %"
    return VoiceRow(voice.brand, f"{voice.share} %", was, voice.share)


def _theme(theme: Theme) -> ThemeRow:
    """Return a theme; its bar starts in the middle, and ±100 fills a half."""
    half = abs(theme.net) / 2
    left = 50 - half if theme.net < 0 else 50
    return ThemeRow(
        theme.label,
        _signed(theme.net),
        words.number(theme.mentions),
        f"{left:g}%",
        f"{half:g}%",
        theme.net < 0,
    )


def _risk(risk: Risk) -> RiskRow:
    mark, word = str(risk.stage), words.STAGE_WORDS[risk.stage]
    if risk.kind is RiskKind.BLIND:
        word = "Blind"
    elif risk.learning and risk.stage is Stage.CALM:
        mark, word = "learning", "Learning"
    return RiskRow(mark, word, risk.label, risk.brand, risk.words)


def _brand_line(brand: BrandWeek, shown: bool) -> BrandLine:
    none = ChangeWords("", "", "", "same")
    return BrandLine(
        name=brand.brand,
        value=words.number(brand.index.value) if brand.index else "no number",
        band=_band(brand),
        change=next(_changes(brand), none),
        stage=brand.worst,
        word=words.STAGE_WORDS[brand.worst],
        shown=shown,
    )
