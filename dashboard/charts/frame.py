"""Big charts as Vega-Lite specifications: what all of them share.

Building the same through Altair's objects costs some 36 ms a chart. Only the SVG
renderer resolves `var(--ink)`, so that one chart serves both themes. Times are
written as wall-clock times of the workspace's zone and drawn as if they were UTC,
because a browser knows no other zones than its own and UTC.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Spec = dict[str, Any]

NARROW = 430
"""Px of width under which labels are left out; the log below names the same things."""


def frame(layers: list[Spec], height: int) -> Spec:
    """Return a whole chart of `height` px, axis included, as wide as its place."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": "transparent",
        "padding": {"left": 0, "right": 8, "top": 0, "bottom": 0},
        "usermeta": {"embedOptions": {"renderer": "svg", "actions": False}},
        "config": _CONFIG,
        "layer": [layer for layer in layers if layer["data"]["values"]],  # an empty one has no extent
    }


BOTTOM = {"expr": "height"}
"""The x axis; Vega-Lite takes its room out of the height."""

LABEL = {"font": "Inter, sans-serif", "fontSize": 11, "color": "var(--muted)"}

STRIPES = 120
"""Stripes that hatching of a whole chart would have: 7 px apart on a laptop, 3 px on a phone."""
_LEAN = 18
"""How many stripes further right a stripe ends than it begins: about 45° on a laptop."""
_CLOCK_OR_DATE = (
    "utchours(datum.value) == 0 && utcminutes(datum.value) == 0"
    " ? utcFormat(datum.value, '%-d %b') : utcFormat(datum.value, '%H:%M')"
)
"""What stands at a tick: the time, and at midnight the day that begins."""

_CONFIG: Spec = {
    "view": {"stroke": None},
    "axis": {
        "labelFont": "Inter, sans-serif",
        "labelFontSize": 11,
        "labelColor": "var(--muted)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line2)",
        "tickColor": "var(--line2)",
        "title": None,
    },
}


class Time:
    """Writes times for the x axis and holds its domain."""

    def __init__(self, since: datetime, until: datetime, zone: ZoneInfo) -> None:
        self.since, self.until, self.zone = since, until, zone

    def text(self, at: datetime) -> str:
        """Return `at` as wall-clock time, moved into the domain."""
        inside = min(max(at, self.since), self.until)
        return inside.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%SZ")

    def exact(self, at: datetime) -> str:
        """Return `at` as `text` does, to the millisecond: stripes lie closer than seconds."""
        return at.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    @property
    def encoding(self) -> Spec:
        """The x channel."""
        return {
            "field": "t",
            "type": "temporal",
            "scale": {"type": "utc", "domain": [self.text(self.since), self.text(self.until)]},
            "axis": {
                "labelExpr": _CLOCK_OR_DATE,
                "grid": False,
                "tickCount": {"expr": f"width < {NARROW} ? 3 : 6"},
            },
        }


def values(rows: Iterable[Mapping[str, Any]]) -> Spec:
    """Return rows as inline data."""
    return {"values": list(rows)}


def on_ground(words: str, at: datetime, align: str, y: int, time: Time) -> Iterator[Spec]:
    """Yield words twice, first as a thick outline in the ground's colour: no line runs through them."""
    where = {"align": align, "baseline": "middle", "dx": 5 if align == "left" else -5, "y": y}
    outline = {"stroke": "var(--surface)", "strokeWidth": 6, "strokeJoin": "round"}
    for extra in (outline, {}):
        yield {
            "data": values([{"t": time.text(at), "words": words}]),
            "mark": {"type": "text", **LABEL, **where, **extra},
            "encoding": {"x": time.encoding, "text": {"field": "words"}},
        }


def hatched(spans: Iterable[tuple[datetime, datetime]], time: Time, top: int, bottom: int) -> list[Spec]:
    """Hatch `spans` between `top` and `bottom`, px from the chart's top; what lies under the axis is cut off.

    Vega draws no patterns, and a gradient leans with the shape of its box; so each stripe is a line.
    """
    found = [(max(since, time.since), min(until, time.until)) for since, until in spans]
    inside = [(since, until) for since, until in found if since < until]
    if not inside:
        return []
    areas = [{"t": time.text(since), "end": time.text(until)} for since, until in inside]
    lines = [line for span in inside for line in _stripes(*span, time, top, bottom)]
    ground = {"type": "rect", "color": "var(--unknown)", "opacity": 0.12, "y": top, "y2": BOTTOM}
    stripe = {"type": "rule", "color": "var(--unknown)", "strokeWidth": 1, "clip": True}
    ends = {"x2": {"field": "end"}}
    height = {
        "y": {"field": "low", "type": "quantitative", "scale": None, "axis": None},
        "y2": {"field": "high"},
    }
    return [
        {"data": values(areas), "mark": ground, "encoding": {"x": time.encoding, **ends}},
        {"data": values(lines), "mark": stripe, "encoding": {"x": time.encoding, **ends, **height}},
    ]


def _stripes(since: datetime, until: datetime, time: Time, top: int, bottom: int) -> Iterator[Spec]:
    """Yield the stripes of one span, cut off at its edges; they lie on one grid for the whole chart."""
    step = (time.until - time.since) / STRIPES
    lean = _LEAN * step
    first = (since - lean - time.since) // step
    last = (until - time.since) // step
    for number in range(first, last + 1):
        foot = time.since + number * step
        start, end = max(foot, since), min(foot + lean, until)
        if start < end:
            low, high = (bottom - (at - foot) / lean * (bottom - top) for at in (start, end))
            yield {
                "t": time.exact(start),
                "end": time.exact(end),
                "low": round(low, 1),
                "high": round(high, 1),
            }
