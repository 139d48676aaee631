"""Results as a picture: horizontal bars, as an SVG that any browser shows, in light and in dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 760, 210, 50, 30, 64
"""Px: of the picture, of the names, of the figures behind the bars, of a row, and of what stands above."""
_BAR = 10
_STYLE = """
svg { background: #fff; font: 12px Inter, Helvetica, Arial, sans-serif; --ink: #121a18; --muted: #737f79 }
@media (prefers-color-scheme: dark) { svg { background: #121a18; --ink: #e7ecea; --muted: #83908b } }
text { fill: var(--ink) } .first { fill: var(--ink) } .second { fill: var(--muted) }
text.second { font-size: 11px } .ours text { font-weight: 700 } line { stroke: var(--muted) }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: two figures of one thing; ours is set in bold."""

    name: str
    first: float
    second: float
    ours: bool = False


def draw(title: str, first: str, second: str, rows: Sequence[Bar], goal: float) -> str:
    """Return the SVG of `rows` from the top down; `first` and `second` say what the figures are.

    Figures run from 0 to 100; what lies below 0 has no bar, only its figure. A line stands at `goal`.
    """
    height = _TOP + _ROW * len(rows) + 10
    svg = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH} {height}", role="img")
    SubElement(svg, "title").text = title
    SubElement(svg, "style").text = _STYLE
    _text(svg, 10, 20, title, weight="700")
    _text(svg, 10, 40, f"upper bar: {first}; lower bar: {second}; line at {goal:g}")
    for place, row in enumerate(rows):
        _row(svg, _TOP + _ROW * place, row)
    at = _x(goal)
    SubElement(svg, "line", x1=at, x2=at, y1=str(_TOP - 8), y2=str(height - 8))
    return tostring(svg, encoding="unicode")


def _row(svg: Element, top: int, row: Bar) -> None:
    group = SubElement(svg, "g", {"class": "ours" if row.ours else "other"})
    _text(group, _LEFT - 10, top + 14, row.name, anchor="end")
    for shift, kind, figure in ((0, "first", row.first), (_BAR + 1, "second", row.second)):
        width = f"{float(_x(max(0.0, min(100.0, figure)))) - _LEFT:.1f}"
        box = {"class": kind, "x": str(_LEFT), "y": str(top + shift), "width": width, "height": str(_BAR)}
        SubElement(group, "rect", box)
        _text(group, _LEFT + float(width) + 4, top + shift + _BAR - 1, f"{figure:.1f}", kind=kind)


def _x(figure: float) -> str:
    return f"{_LEFT + (_WIDTH - _LEFT - _RIGHT) * figure / 100.0:.1f}"


def _text(
    parent: Element, x: float, y: float, text: str, anchor: str = "start", weight: str = "", kind: str = ""
) -> None:
    attributes = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    attributes |= {"font-weight": weight} if weight else {}
    attributes |= {"class": kind} if kind else {}
    SubElement(parent, "text", attributes).text = text
