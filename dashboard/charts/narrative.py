"""What was said over time, and how much of it was negative: records in, a plain dict out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.charts.frame import BOTTOM, LABEL, NARROW, Spec, Time, frame, values

HEIGHT = 220
"""Px of the whole chart, axis included."""
PLOT_TOP = 14
"""Px from the chart's top, so that a label at the highest point has room."""


@dataclass(frozen=True, slots=True)
class NarrativePoint:
    """What a narrative brought in one span."""

    at: datetime
    """Its start."""
    mentions: int
    negative: float
    """Sum of weight * P(negative)."""


def over_time(points: Sequence[NarrativePoint], minutes: int, zone: ZoneInfo) -> Spec:
    """Draw all mentions as a grey area and the negative ones as a line; one point is `minutes` long.

    `points` are oldest first and at least two.
    """
    end = points[-1].at + timedelta(minutes=minutes)
    time = Time(points[0].at, end, zone)
    # A step needs its end: the last point stands there once more.
    steps = [*points, replace(points[-1], at=end)]
    return frame([_all(steps, time), _negative(steps, time), *_largest(points, time, minutes)], HEIGHT)


def _y(field: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"range": [BOTTOM, PLOT_TOP], "zero": True, "nice": True},
        "axis": {"tickCount": 4, "tickMinStep": 1, "domain": False, "ticks": False, "format": "d"},
    }


def _all(points: Sequence[NarrativePoint], time: Time) -> Spec:
    rows = [{"t": time.text(point.at), "mentions": point.mentions} for point in points]
    return {
        "data": values(rows),
        "mark": {"type": "area", "color": "var(--band)", "interpolate": "step-after"},
        "encoding": {"x": time.encoding, "y": _y("mentions")},
    }


def _negative(points: Sequence[NarrativePoint], time: Time) -> Spec:
    rows = [{"t": time.text(point.at), "negative": round(point.negative, 2)} for point in points]
    line = {"type": "line", "color": "var(--ink)", "strokeWidth": 1.8, "interpolate": "step-after"}
    return {"data": values(rows), "mark": line, "encoding": {"x": time.encoding, "y": _y("negative")}}


def _largest(points: Sequence[NarrativePoint], time: Time, minutes: int) -> list[Spec]:
    """Write the highest figure beside it, turned inwards."""
    most = max(points, key=lambda point: point.mentions)
    right = most.at > time.since + (time.until - time.since) / 2
    row = {
        "t": time.text(most.at),
        "mentions": most.mentions,
        "words": f"{most.mentions} in {minutes} min",
    }
    text = {
        "type": "text",
        **LABEL,
        "align": "right" if right else "left",
        "dx": -5 if right else 5,
        "dy": 4,
        "opacity": {"expr": f"width < {NARROW} ? 0 : 1"},
    }
    encoding = {"x": time.encoding, "y": _y("mentions"), "text": {"field": "words"}}
    return [{"data": values([row]), "mark": text, "encoding": encoding}]
