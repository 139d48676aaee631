"""The index over the weeks with its band: records in, a plain dict out."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from core.records import DataState, LinePoint, WeekEvent
from dashboard.charts.frame import BOTTOM, LABEL, NARROW, Spec, frame, values

HEIGHT = 196
"""Px of the whole chart, axis included."""
PLOT_TOP = 22
"""Px from the chart's top where the index ends; above it stand the events."""
PADDING = 3
"""Index points between the band and the edge."""
LEAST_SPAN = 24
"""Index points that the axis spans at least: a quiet quarter has to look quiet."""
EVENTS = 3
"""Events with words; more would not fit above the line."""
WEEK = 26
"""Px of a hatched week."""
STRIPES = 22
"""Stripes of its hatching."""
LETTERS = 22
"""Characters of an event's words."""


def thirteen_weeks(line: Sequence[LinePoint], events: Sequence[WeekEvent]) -> Spec:
    """Draw each week's index with its band; a week without a number breaks the line, one unseen is hatched.

    `line` has at least one point with a number, and its newest week stands last.
    """
    weeks = [point.week for point in line]
    domain = _domain(line)
    layers = [
        *_hatching(line, weeks),
        *_hairlines(events, weeks),
        _band(line, weeks, domain),
        _line(line, weeks, domain),
        _dots(line, weeks, domain),
        _last(line, weeks, domain),
    ]
    return frame(layers, HEIGHT)


def _domain(line: Sequence[LinePoint]) -> list[int]:
    known = [point.index for point in line if point.index is not None]
    low = min(index.low for index in known) - PADDING
    high = max(index.high for index in known) + PADDING
    missing = max(0, LEAST_SPAN - (high - low))
    return [max(0, low - missing // 2), min(100, high + missing - missing // 2)]


def _x(weeks: Sequence[str]) -> Spec:
    return {
        "field": "week",
        "type": "ordinal",
        "scale": {"type": "point", "domain": list(weeks), "padding": 0.5},
        "axis": {
            "labelExpr": "slice(datum.value, 5)",
            "labelAngle": 0,
            "labelOverlap": True,
            "ticks": False,
        },
    }


def _y(field: str, domain: Sequence[int]) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {
            "domain": list(domain),
            "range": [BOTTOM, PLOT_TOP],
            "zero": False,
            "nice": False,
        },
        "axis": {"tickCount": 4, "domain": False, "ticks": False, "format": "d"},
    }


def _runs(line: Sequence[LinePoint]) -> Iterator[tuple[int, LinePoint]]:
    """Yield the weeks with a number, each with the number of its unbroken run."""
    for number, (known, run) in enumerate(groupby(line, key=lambda point: point.index is not None)):
        if known:
            yield from ((number, point) for point in run)


def _rows(line: Sequence[LinePoint]) -> Iterator[Spec]:
    for run, point in _runs(line):
        if point.index is not None:
            index = point.index
            provisional = point.state is DataState.PROVISIONAL
            row = {"week": point.week, "run": run, "provisional": provisional}
            yield {**row, "value": index.value, "low": index.low, "high": index.high}


def _band(line: Sequence[LinePoint], weeks: Sequence[str], domain: Sequence[int]) -> Spec:
    return {
        "data": values(_rows(line)),
        "mark": {"type": "area", "color": "var(--band)"},
        "encoding": {
            "x": _x(weeks),
            "y": _y("low", domain),
            "y2": {"field": "high"},
            "detail": {"field": "run"},
        },
    }


def _line(line: Sequence[LinePoint], weeks: Sequence[str], domain: Sequence[int]) -> Spec:
    return {
        "data": values(_rows(line)),
        "mark": {"type": "line", "color": "var(--ink)", "strokeWidth": 2, "strokeJoin": "round"},
        "encoding": {"x": _x(weeks), "y": _y("value", domain), "detail": {"field": "run"}},
    }


def _dots(line: Sequence[LinePoint], weeks: Sequence[str], domain: Sequence[int]) -> Spec:
    """Mark the newest week, those that stand alone, and the provisional ones, which are hollow."""
    rows = list(_rows(line))
    alone = [row["run"] for row in rows]
    shown = [
        {**row, "fill": "var(--surface)" if row["provisional"] else "var(--ink)"}
        for row in rows
        if row["provisional"] or row["week"] == weeks[-1] or alone.count(row["run"]) == 1
    ]
    return {
        "data": values(shown),
        "mark": {"type": "point", "size": 46, "stroke": "var(--ink)", "strokeWidth": 1.6, "opacity": 1},
        "encoding": {
            "x": _x(weeks),
            "y": _y("value", domain),
            "fill": {"field": "fill", "type": "nominal", "scale": None},
        },
    }


def _last(line: Sequence[LinePoint], weeks: Sequence[str], domain: Sequence[int]) -> Spec:
    """Write the newest week's index beside its dot."""
    rows = [row for row in _rows(line) if row["week"] == weeks[-1]]
    return {
        "data": values(rows),
        "mark": {
            "type": "text",
            **LABEL,
            "align": "right",
            "dx": -10,
            "dy": 8,
            "fontSize": 12,
            "fontWeight": 600,
            "color": "var(--ink)",
        },
        "encoding": {"x": _x(weeks), "y": _y("value", domain), "text": {"field": "value"}},
    }


def _hatching(line: Sequence[LinePoint], weeks: Sequence[str]) -> list[Spec]:
    """Hatch the weeks that were seen too little."""
    rows = [{"week": point.week} for point in line if point.state is DataState.HIDDEN]
    bar = {"type": "bar", "width": WEEK, "color": _stripes(), "opacity": 0.6, "y": PLOT_TOP, "y2": BOTTOM}
    return [{"data": values(rows), "mark": bar, "encoding": {"x": _x(weeks)}}] if rows else []


def _stripes() -> Spec:
    """Return a gradient with hard stops: Vega draws no patterns."""
    edges = ((0.0, "transparent"), (0.7, "transparent"), (0.7, "var(--unknown)"), (1.0, "var(--unknown)"))
    stops = [
        {"offset": (stripe + edge) / STRIPES, "color": colour}
        for stripe in range(STRIPES)
        for edge, colour in edges
    ]
    tall = (HEIGHT - PLOT_TOP) / WEEK
    # Along the diagonal of so tall a box they would be almost upright: this makes it 45°.
    reach = (tall + 1 / tall) / (tall + 1)
    return {"gradient": "linear", "x1": 0, "y1": 0, "x2": 1 / tall / reach, "y2": 1 / reach, "stops": stops}


def _hairlines(events: Sequence[WeekEvent], weeks: Sequence[str]) -> list[Spec]:
    """Draw a hairline for each storm, and words for the newest ones."""
    inside = [event for event in events if event.week in weeks]
    rows = [{"week": event.week, "colour": f"var(--{event.stage})"} for event in inside]
    rule = {
        "data": values(rows),
        "mark": {"type": "rule", "strokeWidth": 1},
        "encoding": {
            "x": _x(weeks),
            "y": {"value": 14},
            "y2": {"value": BOTTOM},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }
    return [rule, *_event_words(inside, weeks)] if rows else []


def _event_words(events: Sequence[WeekEvent], weeks: Sequence[str]) -> Iterator[Spec]:
    """Write the newest events' words above their hairlines, one for a week, turned inwards at the edges."""
    newest = {event.week: event for event in sorted(events, key=lambda event: event.at)}
    for event in sorted(newest.values(), key=lambda event: event.at)[-EVENTS:]:
        place = weeks.index(event.week) / max(1, len(weeks) - 1)
        yield {
            "data": values([{"week": event.week, "words": _short(event.label)}]),
            "mark": {
                "type": "text",
                **LABEL,
                "align": "left" if place < 0.15 else "right" if place > 0.85 else "center",
                "baseline": "top",
                "opacity": {"expr": f"width < {NARROW} ? 0 : 1"},
            },
            "encoding": {"x": _x(weeks), "y": {"value": 0}, "text": {"field": "words"}},
        }


def _short(label: str) -> str:
    return label if len(label) <= LETTERS else f"{label[: LETTERS - 1]}…"
