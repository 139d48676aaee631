"""Seen against expected, with the stages above: records in, a plain dict out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.records import BIN_SECONDS, SignalPoint, Stage, StageChange
from core.words import STAGE_WORDS
from dashboard.charts.frame import BOTTOM, LABEL, NARROW, Spec, Time, frame, values

HEIGHT = 290
"""Px of the whole chart, axis included."""
RIBBON_TOP, RIBBON_BOTTOM = 24, 30
"""Px from the chart's top: the stages as a ribbon, their words above it."""
PLOT_TOP = 54
"""Px from the chart's top where the counts end, so that no line runs through ribbon and labels."""
HATCH_STRIPES = 14
"""Stripes of a hatched span; a gradient with hard stops, since Vega draws no patterns."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth a hairline."""

    at: datetime
    words: str


def seen_against_expected(
    points: Sequence[SignalPoint],
    stages: Sequence[StageChange],
    marks: Sequence[Mark],
    until: datetime,
    zone: ZoneInfo,
) -> Spec:
    """Draw counts per 5 minutes against their band, with the stages above and `until` as "now".

    `points` are oldest first and at least two; `marks` closer than 10 minutes are written as one.
    """
    time = Time(points[0].at, max(until, points[-1].at), zone)
    layers = [
        *_blind_spans(points, time),
        _band(points, time),
        _expected(points, time),
        _excess(points, stages, time),
        _seen(points, time),
        _ribbon(stages, time),
        _ribbon_words(stages, time),
        *_hairlines(_merged(marks), time),
        _now_rule(until, time),
    ]
    return frame(layers, HEIGHT)


def _y(field: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"range": [BOTTOM, PLOT_TOP], "zero": True, "nice": True},
        "axis": {"tickCount": 4, "domain": False, "ticks": False, "format": "~s"},
    }


def _band(points: Iterable[SignalPoint], time: Time) -> Spec:
    rows = [{"t": time.text(point.at), "low": point.bin_low, "high": point.bin_high} for point in points]
    return {
        "data": values(rows),
        "mark": {"type": "area", "color": "var(--band)"},
        "encoding": {"x": time.encoding, "y": _y("high"), "y2": {"field": "low"}},
    }


def _expected(points: Iterable[SignalPoint], time: Time) -> Spec:
    rows = [{"t": time.text(point.at), "expected": point.bin_expected} for point in points]
    return {
        "data": values(rows),
        "mark": {"type": "line", "color": "var(--expected)", "strokeWidth": 1.2, "strokeDash": [4, 3]},
        "encoding": {"x": time.encoding, "y": _y("expected")},
    }


def _excess(points: Iterable[SignalPoint], stages: Sequence[StageChange], time: Time) -> Spec:
    """Fill what sticks out of the band with the colour of the worst stage."""
    worst = max((change.stage for change in stages), key=lambda stage: stage.severity, default=Stage.CALM)
    rows = [
        {"t": time.text(point.at), "high": point.bin_high, "top": max(point.bin_seen, point.bin_high)}
        for point in points
    ]
    return {
        "data": values(rows),
        "mark": {"type": "area", "color": f"var(--{worst})", "opacity": 0.35},
        "encoding": {"x": time.encoding, "y": _y("top"), "y2": {"field": "high"}},
    }


def _seen(points: Iterable[SignalPoint], time: Time) -> Spec:
    """Draw what was seen; a blind point is null, which breaks the line."""
    rows = [
        {"t": time.text(point.at), "seen": None if point.stage is Stage.UNKNOWN else point.bin_seen}
        for point in points
    ]
    return {
        "data": values(rows),
        "mark": {"type": "line", "color": "var(--ink)", "strokeWidth": 1.8, "strokeJoin": "round"},
        "encoding": {"x": time.encoding, "y": _y("seen")},
    }


def _spans(stages: Sequence[StageChange], time: Time) -> list[Spec]:
    """Return each stage from its beginning to the next one's; what came before the first is calm."""
    before = [change.stage for change in stages if change.at <= time.since]
    first = StageChange(before[-1] if before else Stage.CALM, time.since)
    changes = [first, *(change for change in stages if change.at > time.since)]
    ends = [change.at for change in changes[1:]] + [time.until]
    return [
        {
            "t": time.text(change.at),
            "end": time.text(end),
            "colour": f"var(--{change.stage})",
            "word": STAGE_WORDS[change.stage],
            "strength": 0.4 if change.stage is Stage.CALM else 1.0,  # calm stays in the background
        }
        for change, end in zip(changes, ends, strict=True)
        if time.text(change.at) < time.text(end)
    ]


def _ribbon(stages: Sequence[StageChange], time: Time) -> Spec:
    return {
        "data": values(_spans(stages, time)),
        "mark": {"type": "rect", "stroke": "var(--surface)", "strokeWidth": 1},
        "encoding": {
            "x": time.encoding,
            "x2": {"field": "end"},
            "y": {"value": RIBBON_TOP},
            "y2": {"value": RIBBON_BOTTOM},
            "color": {"field": "colour", "type": "nominal", "scale": None},
            "opacity": {"field": "strength", "type": "quantitative", "scale": None},
        },
    }


def _ribbon_words(stages: Sequence[StageChange], time: Time) -> Spec:
    """Write the stages above the ribbon where the word has room, a seventh of the width."""
    room = (time.until - time.since) / 7
    spans = _spans(stages, time)
    roomy = [span for span in spans if _length(span) >= room or span is spans[-1]]
    return {
        "data": values(roomy),
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "bottom",
            "dy": -3,
            **LABEL,
            "color": "var(--ink)",
            "fontWeight": 600,
            "opacity": _ROOMY,
        },
        "encoding": {"x": time.encoding, "y": {"value": RIBBON_TOP}, "text": {"field": "word"}},
    }


_ROOMY = {"expr": f"width < {NARROW} ? 0 : 1"}


_TURN = 0.75
"""Share of the width from which words stand to the left of their line, or they would run out of the chart."""


def _length(span: Mapping[str, Any]) -> timedelta:
    return datetime.fromisoformat(span["end"]) - datetime.fromisoformat(span["t"])


def _merged(marks: Iterable[Mark]) -> list[Mark]:
    """Join the words of marks that are less than 10 minutes apart."""
    merged: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: mark.at):
        if merged and mark.at - merged[-1].at < timedelta(seconds=2 * BIN_SECONDS):
            merged[-1] = Mark(merged[-1].at, f"{merged[-1].words}, {mark.words}")
        else:
            merged.append(mark)
    return merged


def _hairlines(marks: Iterable[Mark], time: Time) -> list[Spec]:
    rows = [
        {"t": time.text(mark.at), "words": mark.words}
        for mark in marks
        if time.since <= mark.at <= time.until
    ]
    rule = {
        "data": values(rows),
        "mark": {"type": "rule", "color": "var(--line2)", "y": RIBBON_BOTTOM + 4, "y2": BOTTOM},
        "encoding": {"x": time.encoding},
    }
    turn = time.text(time.since + _TURN * (time.until - time.since))
    left = _hairline_words([row for row in rows if row["t"] <= turn], time, "left", 5)
    right = _hairline_words([row for row in rows if row["t"] > turn], time, "right", -5)
    return [rule, left, right]


def _hairline_words(rows: Iterable[Mapping[str, Any]], time: Time, align: str, dx: int) -> Spec:
    text = {"type": "text", "align": align, "dx": dx, "y": PLOT_TOP - 10, **LABEL, "opacity": _ROOMY}
    return {
        "data": values(rows),
        "mark": text,
        "encoding": {"x": time.encoding, "text": {"field": "words"}},
    }


def _now_rule(until: datetime, time: Time) -> Spec:
    return {
        "data": values([{"t": time.text(until)}]),
        "mark": {"type": "rule", "color": "var(--ink)", "y": RIBBON_BOTTOM + 4, "y2": BOTTOM},
        "encoding": {"x": time.encoding},
    }


def _blind_spans(points: Sequence[SignalPoint], time: Time) -> list[Spec]:
    """Hatch every bin in which too little was seen."""
    width = timedelta(seconds=BIN_SECONDS)
    rows = [
        {"t": time.text(point.at - width), "end": time.text(point.at)}
        for point in points
        if point.stage is Stage.UNKNOWN
    ]
    if not rows:
        return []
    return [
        {
            "data": values(rows),
            "mark": {"type": "rect", "color": _hatching(), "y": PLOT_TOP, "y2": BOTTOM},
            "encoding": {"x": time.encoding, "x2": {"field": "end"}},
        }
    ]


def _hatching() -> Spec:
    stops = []
    for stripe in range(HATCH_STRIPES):
        for edge, colour in ((0.0, "transparent"), (0.6, "transparent"), (0.6, "var(--unknown)")):
            stops.append({"offset": (stripe + edge) / HATCH_STRIPES, "color": colour})
        stops.append({"offset": (stripe + 1) / HATCH_STRIPES, "color": "var(--unknown)"})
    return {"gradient": "linear", "x1": 0, "y1": 0, "x2": 1, "y2": 1, "stops": stops}
