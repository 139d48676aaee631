"""What may come, as a band to the right of "now": records in, layers of a chart out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.words import number
from dashboard.charts.frame import LABEL, NARROW, Spec, Time, values

Y = Callable[[str], Spec]
"""Gives the y channel of a field."""


@dataclass(frozen=True, slots=True)
class Coming:
    """What may be seen in 5 minutes at a moment to come."""

    at: datetime
    low: float
    expected: float
    high: float


def ahead(coming: Sequence[Coming], colour: str, time: Time, y: Y) -> Iterator[Spec]:
    """Yield the band of what may come in a colour, its middle dotted, its ends as numbers."""
    rows = [
        {"t": time.text(each.at), "least": each.low, "likely": each.expected, "most": each.high}
        for each in coming
    ]
    dots = {"strokeWidth": 1.8, "strokeDash": [1, 4], "strokeCap": "round"}
    yield {
        "data": values(rows),
        "mark": {"type": "area", "color": colour, "opacity": 0.18},
        "encoding": {"x": time.encoding, "y": y("most"), "y2": {"field": "least"}},
    }
    yield {
        "data": values(rows),
        "mark": {"type": "line", "color": colour, **dots},
        "encoding": {"x": time.encoding, "y": y("likely")},
    }
    for field in ("least", "most"):
        yield _written(rows[-1:], field, time, y)


def _written(rows: Iterable[Spec], field: str, time: Time, y: Y) -> Spec:
    """Write an end of the last band beside it."""
    mark = {"type": "text", **LABEL, "align": "right", "dx": -3, "baseline": "bottom", "dy": -2}
    return {
        "data": values({"t": row["t"], "end": row[field], "words": number(row[field])} for row in rows),
        "mark": {**mark, "opacity": {"expr": f"width < {NARROW} ? 0 : 1"}},
        "encoding": {"x": time.encoding, "y": y("end"), "text": {"field": "words"}},
    }
