"""The small line of a tile, as CSS polygons: `st.html` strips SVG, and `clip-path` follows the theme.

Everywhere on the board the ink line is what was seen, the grey line what was
expected, the grey band its 95 %, and what sticks out of it wears the state's colour.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from core.records import BIN_SECONDS, SignalPoint, Stage
from dashboard.bins import UNWATCHED
from dashboard.viewmodels import Spark

SPAN = timedelta(hours=6)
BIN = timedelta(seconds=BIN_SECONDS)
WIDTH, HEIGHT = 268.0, 46.0
"""Size in px of the box on a laptop; elsewhere it is stretched, and strokes with it."""
STROKE, THIN = 1.7, 1.0
"""Widths in px of the seen and the expected line."""
HEADROOM = 4.0
"""Px above the highest value, for the stroke and the dot."""

Point = tuple[float, float]


def spark(points: Sequence[SignalPoint], until: datetime) -> Spark | None:
    """Draw `points`, oldest first, over the six hours before `until`; None for fewer than two."""
    inside = [point for point in points if until - SPAN <= point.at <= until]
    if len(inside) < 2:
        return None
    scale = _Scale(until, max(max(point.high, point.seen) for point in inside))
    runs = list(_runs(inside))
    blind_now = not runs or runs[-1][-1] is not inside[-1]
    return Spark(
        band=_join(_area(scale, run, "high", "low") for run in _unbroken(inside)),
        expected=_join(_stroke(scale.line(run, "expected"), THIN) for run in _unbroken(inside)),
        seen=_join(_stroke(scale.line(run, "seen"), STROKE) for run in runs),
        excess=_join(_excess(scale, run) for run in runs),
        gaps=tuple(_gaps(scale, inside, runs)),
        dot=None if blind_now else _percent(scale.at(inside[-1].at, inside[-1].seen)),
        planned=tuple(_planned(scale, inside)),
    )


class _Scale:
    """From times and counts to px in the box; y grows downwards."""

    def __init__(self, until: datetime, top: float) -> None:
        self._since = until - SPAN
        self._top = max(top, 1.0)

    def x(self, at: datetime) -> float:
        return (at - self._since) / SPAN * WIDTH

    def at(self, at: datetime, value: float) -> Point:
        room = HEIGHT - HEADROOM - STROKE / 2
        return self.x(at), HEADROOM + room * (1.0 - max(0.0, value) / self._top)

    def line(self, points: Iterable[SignalPoint], name: str) -> list[Point]:
        return [self.at(point.at, getattr(point, name)) for point in points]


def _unbroken(points: Sequence[SignalPoint]) -> Iterable[Sequence[SignalPoint]]:
    """Split where points are missing; what was expected is known also while blind."""
    return _split(points, lambda before, after: after.at - before.at > UNWATCHED)


def _runs(points: Sequence[SignalPoint]) -> Iterable[Sequence[SignalPoint]]:
    """Return the stretches in which something was seen."""
    for run in _split(points, _differs_in_sight):
        if run[0].stage is not Stage.UNKNOWN:
            yield run


def _differs_in_sight(before: SignalPoint, after: SignalPoint) -> bool:
    blind = (before.stage is Stage.UNKNOWN) != (after.stage is Stage.UNKNOWN)
    return blind or after.at - before.at > UNWATCHED


def _split(
    points: Sequence[SignalPoint], breaks: Callable[[SignalPoint, SignalPoint], bool]
) -> Iterator[list[SignalPoint]]:
    run = [points[0]]
    for before, after in pairwise(points):
        if breaks(before, after):
            yield run
            run = []
        run.append(after)
    yield run


def _gaps(
    scale: _Scale, points: Sequence[SignalPoint], runs: Iterable[Sequence[SignalPoint]]
) -> Iterator[tuple[str, str]]:
    """Yield left edge and width of every span between the runs, and before and after them."""
    edges = [points[0].at, *(run[end].at for run in runs for end in (0, -1)), points[-1].at]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end > start:
            left, right = scale.x(start), scale.x(end)
            yield f"{left / WIDTH:.1%}", f"{(right - left) / WIDTH:.1%}"


def _planned(scale: _Scale, points: Sequence[SignalPoint]) -> Iterator[tuple[str, str]]:
    """Yield left edge and width of every stretch in which an event was planned."""
    for run in _split(points, lambda before, after: before.planned != after.planned):
        if run[0].planned != 1.0:
            left, right = max(0.0, scale.x(run[0].at - BIN)), scale.x(run[-1].at)
            yield f"{left / WIDTH:.1%}", f"{(right - left) / WIDTH:.1%}"


def _area(scale: _Scale, run: Iterable[SignalPoint], upper: str, lower: str) -> list[Point]:
    run = list(run)
    return scale.line(run, upper) + scale.line(run, lower)[::-1]


def _excess(scale: _Scale, run: Sequence[SignalPoint]) -> list[Point]:
    """Return the area between the band's upper edge and what rose above it."""
    above = [scale.at(point.at, max(point.seen, point.high)) for point in run]
    return above + scale.line(run, "high")[::-1]


def _stroke(line: Sequence[Point], width: float) -> list[Point]:
    """Return the outline of a line: each point moved half the width to both sides of its direction."""
    left, right = [], []
    for before, (x, y), after in zip([line[0], *line], line, [*line[1:], line[-1]], strict=False):
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        nx, ny = -dy / length * width / 2, dx / length * width / 2
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]


def _join(polygons: Iterable[Sequence[Point]]) -> str:
    """Write polygons as one: each is closed, and the ways between them are walked back, so have no area."""
    polygons = [polygon for polygon in polygons if polygon]
    corners = [corner for polygon in polygons for corner in (*polygon, polygon[0])]
    corners += [polygon[0] for polygon in polygons[-2::-1]]
    return ",".join(f"{x / WIDTH:.1%} {y / HEIGHT:.1%}" for x, y in corners)


def _percent(point: Point) -> tuple[str, str]:
    return f"{point[0] / WIDTH:.1%}", f"{point[1] / HEIGHT:.1%}"
