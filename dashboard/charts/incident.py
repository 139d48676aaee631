"""Seen against expected, with the stages above: records in, a plain dict out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from core.records import BIN_SECONDS, SignalPoint, Stage, StageChange
from core.words import STAGE_WORDS
from dashboard.charts.ahead import Coming, ahead
from dashboard.charts.frame import BOTTOM, LABEL, NARROW, Spec, Time, frame, hatched, on_ground, values
from dashboard.charts.unseen import Unwatched, blind, unwatched_words

HEIGHT = 310
"""Px of the whole chart, axis included; board.css reserves it."""
RIBBON_TOP, RIBBON_BOTTOM = 24, 30
"""Px from the chart's top: the stages as a ribbon, their words above it."""
FIRST_ROW, ROW = 42, 14
"""Px from the chart's top of the first mark's words, and from each mark's words to the next one's: marks
that are close together never write over each other."""
PLOT_TOP = 80
"""Px from the chart's top where the counts end, so that no line runs through ribbon and words."""


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
    unwatched: Unwatched | None = None,
    coming: Sequence[Coming] = (),
) -> Spec:
    """Draw counts per 5 minutes against their band, with the stages above and `until` as "now".

    `points` are oldest first and at least two; each of the `marks`, at most three, has its own row.
    `coming` begins at `until` and is a band that opens to the right of it.
    """
    now = max(until, points[-1].at)
    time = Time(points[0].at, max([now, *(each.at for each in coming)]), zone)
    inside = [mark for mark in sorted(marks, key=lambda mark: mark.at) if time.since <= mark.at <= time.until]
    if unwatched is not None:
        stages = [*stages, StageChange(Stage.UNKNOWN, unwatched.since)]
    spans = _spans(points, stages, Time(time.since, now, zone))
    layers = [
        *hatched(blind(points, unwatched), time, PLOT_TOP, HEIGHT),
        *_planned(points, time),
        _band(points, time),
        _expected(points, time),
        _excess(points, stages, time),
        *ahead(coming, f"var(--{stages[-1].stage})" if stages else "var(--band)", time, _y),
        _seen(points, time),
        _ribbon(spans, time),
        *_ribbon_words(spans, time),
        *_hairlines(inside, time),
        _now_rule(until, time),
        *_mark_words(inside, time),
        *unwatched_words(unwatched, time, PLOT_TOP + ROW),
    ]
    return frame(layers, HEIGHT)


def _y(field: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"range": [BOTTOM, PLOT_TOP], "zero": True, "nice": True},
        "axis": {"tickCount": 4, "domain": False, "ticks": False, "format": "~s"},
    }


def _known(point: SignalPoint, value: float) -> float | None:
    """Return a value of a point, None for a blind one: that breaks lines and areas."""
    return None if point.stage is Stage.UNKNOWN else value


def _planned(points: Sequence[SignalPoint], time: Time) -> list[Spec]:
    """Shade the stretches in which an event was planned, with its name at the foot."""
    bin_ = timedelta(seconds=BIN_SECONDS)
    runs = [list(run) for event, run in groupby(points, key=lambda point: point.event) if event]
    rows = [
        {
            "t": time.text(run[0].at - bin_),
            "end": time.text(run[-1].at),
            "words": f"expected: {run[0].event}",
        }
        for run in runs
    ]
    ends = {"x": time.encoding, "x2": {"field": "end"}}
    ground = {"type": "rect", "color": "var(--expected)", "opacity": 0.1, "y": PLOT_TOP, "y2": BOTTOM}
    words = {"type": "text", **LABEL, "align": "left", "dx": 4, "y": HEIGHT - 40, "limit": 160}
    return [
        {"data": values(rows), "mark": ground, "encoding": ends},
        {
            "data": values(rows),
            "mark": words,
            "encoding": {"x": time.encoding, "text": {"field": "words"}},
        },
    ]


def _band(points: Iterable[SignalPoint], time: Time) -> Spec:
    rows = [
        {"t": time.text(point.at), "low": _known(point, point.bin_low), "high": _known(point, point.bin_high)}
        for point in points
    ]
    return {
        "data": values(rows),
        "mark": {"type": "area", "color": "var(--band)"},
        "encoding": {"x": time.encoding, "y": _y("high"), "y2": {"field": "low"}},
    }


def _expected(points: Iterable[SignalPoint], time: Time) -> Spec:
    rows = [{"t": time.text(point.at), "expected": _known(point, point.bin_expected)} for point in points]
    return {
        "data": values(rows),
        "mark": {"type": "line", "color": "var(--expected)", "strokeWidth": 1.2, "strokeDash": [4, 3]},
        "encoding": {"x": time.encoding, "y": _y("expected")},
    }


def _excess(points: Iterable[SignalPoint], stages: Sequence[StageChange], time: Time) -> Spec:
    """Fill what sticks out of the band with the colour of the worst stage."""
    worst = max((change.stage for change in stages), key=lambda stage: stage.severity, default=Stage.CALM)
    rows = [
        {
            "t": time.text(point.at),
            "high": _known(point, point.bin_high),
            "top": _known(point, max(point.bin_seen, point.bin_high)),
        }
        for point in points
    ]
    return {
        "data": values(rows),
        "mark": {"type": "area", "color": f"var(--{worst})", "opacity": 0.35},
        "encoding": {"x": time.encoding, "y": _y("top"), "y2": {"field": "high"}},
    }


def _seen(points: Iterable[SignalPoint], time: Time) -> Spec:
    rows = [{"t": time.text(point.at), "seen": _known(point, point.bin_seen)} for point in points]
    return {
        "data": values(rows),
        "mark": {"type": "line", "color": "var(--ink)", "strokeWidth": 1.8, "strokeJoin": "round"},
        "encoding": {"x": time.encoding, "y": _y("seen")},
    }


def _spans(points: Sequence[SignalPoint], stages: Sequence[StageChange], time: Time) -> list[Spec]:
    """Return each stage from its beginning to the next one's, for the ribbon."""
    changes = _changes(points, stages, time)
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


def _changes(points: Sequence[SignalPoint], stages: Sequence[StageChange], time: Time) -> list[StageChange]:
    """Return the stages from `time.since` on; before the first of them it was calm where it was seen."""
    before = [change for change in stages if change.at <= time.since][-1:]
    after = [change for change in stages if change.at > time.since]
    if before:
        return [StageChange(before[0].stage, time.since), *after]
    rise = after[0].at if after else time.until
    found = [StageChange(Stage.CALM, time.since)]
    for since, until in blind(points, None):
        if since < rise:
            found.append(StageChange(Stage.UNKNOWN, max(since, time.since)))
            found.append(StageChange(Stage.CALM, min(until, rise)))
    return [*found, *after]


def _ribbon(spans: Iterable[Spec], time: Time) -> Spec:
    return {
        "data": values(spans),
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


def _ribbon_words(spans: Sequence[Spec], time: Time) -> Iterator[Spec]:
    """Write the stages above the ribbon where a word has room, a seventh of the width.

    The newest is always named: where it has no room, at the right end.
    """
    room = (time.until - time.since) / 7
    last = spans[-1:] if spans and _length(spans[-1]) < room else []
    least = 2 * room if last else room
    left = [span for span in spans if _length(span) >= room and _until_end(span, time) >= least]
    yield _stage_words(left, "t", "left", time)
    yield _stage_words(last, "end", "right", time)


def _stage_words(spans: Iterable[Spec], at: str, align: str, time: Time) -> Spec:
    mark = {"type": "text", "align": align, "baseline": "bottom", "dy": -3, **LABEL, "fontWeight": 600}
    return {
        "data": values({"t": span[at], "word": span["word"]} for span in spans),
        "mark": {**mark, "color": "var(--ink)", "opacity": {"expr": f"width < {NARROW} ? 0 : 1"}},
        "encoding": {"x": time.encoding, "y": {"value": RIBBON_TOP}, "text": {"field": "word"}},
    }


def _until_end(span: Mapping[str, Any], time: Time) -> timedelta:
    return datetime.fromisoformat(time.text(time.until)) - datetime.fromisoformat(span["t"])


def _length(span: Mapping[str, Any]) -> timedelta:
    return datetime.fromisoformat(span["end"]) - datetime.fromisoformat(span["t"])


def _hairlines(marks: Sequence[Mark], time: Time) -> list[Spec]:
    return [
        {
            "data": values([{"t": time.text(mark.at)}]),
            "mark": {"type": "rule", "color": "var(--line2)", "y": _row(place) - 5, "y2": BOTTOM},
            "encoding": {"x": time.encoding},
        }
        for place, mark in enumerate(marks)
    ]


def _row(place: int) -> int:
    return FIRST_ROW + place * ROW


def _mark_words(marks: Sequence[Mark], time: Time) -> Iterator[Spec]:
    """Write each mark beside its line, in its own row, on the side where there is more room."""
    for place, mark in enumerate(marks):
        left = mark.at - time.since > (time.until - time.since) / 2
        yield from on_ground(mark.words, mark.at, "right" if left else "left", _row(place), time)


def _now_rule(until: datetime, time: Time) -> Spec:
    return {
        "data": values([{"t": time.text(until)}]),
        "mark": {"type": "rule", "color": "var(--ink)", "y": RIBBON_BOTTOM + 4, "y2": BOTTOM},
        "encoding": {"x": time.encoding},
    }
