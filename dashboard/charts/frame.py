"""Big charts as Vega-Lite specifications: what all of them share.

Building the same through Altair's objects costs some 36 ms a chart. Only the SVG
renderer resolves `var(--ink)`, so that one chart serves both themes. Times are
written as wall-clock times of the workspace's zone and drawn as if they were UTC,
because a browser knows no other zones than its own and UTC.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
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
        "layer": layers,
    }


BOTTOM = {"expr": "height"}
"""The x axis; Vega-Lite takes its room out of the height."""

LABEL = {"font": "Inter, sans-serif", "fontSize": 11, "color": "var(--muted)"}

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

    @property
    def encoding(self) -> Spec:
        """The x channel."""
        days = self.until - self.since > timedelta(hours=36)
        return {
            "field": "t",
            "type": "temporal",
            "scale": {"type": "utc", "domain": [self.text(self.since), self.text(self.until)]},
            "axis": {
                "format": "%d %b" if days else "%H:%M",
                "grid": False,
                "tickCount": {"expr": f"width < {NARROW} ? 3 : 6"},
            },
        }


def values(rows: Iterable[Mapping[str, Any]]) -> Spec:
    """Return rows as inline data."""
    return {"values": list(rows)}
