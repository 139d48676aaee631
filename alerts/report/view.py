"""The weekly page ready to lay out: every number already in words, every chart already in points."""

from dataclasses import dataclass

from alerts.render.clean import one_line, shorten
from alerts.report.geometry import Chart, chart
from alerts.report.sentences import change_words
from core import words
from core.records import (
    BrandWeek,
    Change,
    Component,
    DataState,
    Estimate,
    Part,
    Risk,
    RiskKind,
    Stage,
    Theme,
    VoiceShare,
    Week,
)

PART_LABELS = {Part.SENTIMENT: "Net sentiment", Part.VOICE: "Share of voice", Part.CALM: "Calm, of 100"}
THEME, RISK = 30, 36
"""Characters of a label that fit into one line of the sheet."""
LEARNING = "learning"
"""What is still being learnt has this in place of a stage."""
COLOURS = {
    Stage.CALM: "#337977",
    Stage.SMOULDERING: "#B97F00",
    Stage.SPREADING: "#BC470B",
    Stage.FIRESTORM: "#930E3C",
    Stage.COOLING: "#5C86D6",
    Stage.UNKNOWN: "#63509B",
    LEARNING: "#54605B",
}
"""The light palette of `docs/design/look.md`, for glyphs and areas; paper and mail have no dark one."""
INKS = {
    Stage.CALM: "#1F625F",
    Stage.SMOULDERING: "#7A5200",
    Stage.SPREADING: "#A03A05",
    Stage.FIRESTORM: "#930E3C",
    Stage.COOLING: "#2A5BB5",
    Stage.UNKNOWN: "#56458A",
    LEARNING: "#54605B",
}
"""The same for words, which need more contrast."""


@dataclass(frozen=True, slots=True)
class Row:
    """A label, its number, and what it is measured against."""

    label: str
    value: str
    note: str
    size: float = 0.0
    """Length of its bar, −1..1."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change in words, with its arrow."""

    arrow: str
    by: str
    when: str
    """What it is measured against, `on last week`."""
    words: str
    tone: str
    """`worse`, `better` or `same`."""


@dataclass(frozen=True, slots=True)
class BrandView:
    """One brand."""

    name: str
    headline: str
    mark: str
    """`provisional`, `learning` or empty."""
    value: str
    """The index, or "No number"."""
    known: bool
    band: str
    change: ChangeView | None
    last_year: ChangeView | None
    stage: str
    stage_word: str
    parts: tuple[Row, ...]
    voices: tuple[Row, ...]
    themes: tuple[Row, ...]
    chart: Chart | None
    sentiment: str
    volume: str
    voice: str
    notes: tuple[str, ...]
    goals: tuple[str, ...]
    coverage: str
    alarms: str
    response: str


@dataclass(frozen=True, slots=True)
class RiskView:
    """One risk."""

    stage: str
    word: str
    label: str
    brand: str
    words: str


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page."""

    title: str
    week: str
    marking: str
    headline: str
    brands: tuple[BrandView, ...]
    risks: tuple[RiskView, ...]
    no_risk: str
    alarms: str
    response: str
    coverage: str
    goals: str
    made: str
    colours: dict[str, str]
    inks: dict[str, str]


def page_view(week: Week, made: str) -> PageView:
    """Return the page as it is laid out; `made` says when and by what it was made."""
    return PageView(
        title=week.words.title,
        week=week.week,
        marking=week.words.marking,
        headline=week.words.headline,
        brands=tuple(_brand(brand) for brand in week.brands),
        risks=tuple(_risk(risk) for risk in week.risks),
        no_risk=week.words.risks,
        alarms=week.words.alarms,
        response=week.words.response,
        coverage=week.words.coverage,
        goals=week.words.goals,
        made=made,
        colours={str(stage): colour for stage, colour in COLOURS.items()},
        inks={str(stage): colour for stage, colour in INKS.items()},
    )


def _brand(brand: BrandWeek) -> BrandView:
    told = brand.words
    return BrandView(
        name=one_line(brand.brand),
        headline=told.headline,
        mark=_mark(brand),
        value=str(brand.index.value) if brand.index else "No number",
        known=brand.index is not None,
        band=_band(brand.index),
        change=_change(brand.change, "last week") if brand.index else None,
        last_year=_change(brand.last_year, "last year") if brand.last_year else None,
        stage=str(brand.worst),
        stage_word=words.STAGE_WORDS[brand.worst],
        parts=tuple(_part(part) for part in brand.components),
        voices=tuple(_voice(voice) for voice in brand.voices),
        themes=tuple(_theme(theme) for theme in brand.themes),
        chart=chart(brand),
        sentiment=_signed(brand.sentiment.value) if brand.sentiment else "unknown",
        volume=told.volume,
        voice=told.voice,
        notes=tuple(filter(None, (told.learning,))),
        goals=told.goals,
        coverage=told.coverage,
        alarms=told.alarms,
        response=told.response,
    )


def _mark(brand: BrandWeek) -> str:
    if brand.state is DataState.PROVISIONAL and brand.index:
        return "provisional"
    return "learning" if brand.learning else ""


def _band(index: Estimate | None) -> str:
    return "" if index is None else f"{index.low}–{index.high}"


def _change(change: Change | None, when: str) -> ChangeView:
    said = change_words(change, when)
    if change is None or not change.certain:
        return ChangeView("", "", "", said, "same")
    arrow, tone = ("↓", "worse") if change.by < 0 else ("↑", "better")
    return ChangeView(arrow, words.number(abs(change.by)), f"on {when}", said, tone)


def _part(part: Component) -> Row:
    value, note = (
        _measure(part.part, part.value),
        "" if part.before is None else _measure(part.part, part.before),
    )
    return Row(PART_LABELS[part.part], value, f"was {note}" if note else "last week unknown")


def _measure(part: Part, value: int) -> str:
    if part is Part.VOICE:
        return f"{value} %"
    return _signed(value) if part is Part.SENTIMENT else str(value)


def _signed(value: int) -> str:
    return f"+{words.number(value)}" if value > 0 else words.number(value)


def _voice(voice: VoiceShare) -> Row:
    by = None if voice.before is None else voice.share - voice.before
    note = "" if by is None else ("same" if by == 0 else f"{'↑' if by > 0 else '↓'} {abs(by)}")
    return Row(one_line(voice.brand), f"{voice.share} %", note, voice.share / 100)


def _theme(theme: Theme) -> Row:
    return Row(shorten(theme.label, THEME), _signed(theme.net), words.number(theme.mentions), theme.net / 100)


def _risk(risk: Risk) -> RiskView:
    stage, word = str(risk.stage), words.STAGE_WORDS[risk.stage]
    if risk.kind is RiskKind.BLIND:
        word = "Blind"
    elif risk.learning and risk.stage is Stage.CALM:
        stage, word = LEARNING, "Learning"
    source = risk.kind is RiskKind.BLIND and risk.coverage is None
    label = shorten(f"Source {risk.label}" if source else risk.label, RISK)
    return RiskView(stage, word, label, one_line(risk.brand), risk.words)
