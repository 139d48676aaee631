"""The picture of `evaluate storms`: of each kind of storm, how many page, and how many in time."""

from typing import Any

from pipeline.evaluate.bars import Bar, draw

GOAL = 90.0
"""Per cent of the counted storms that must page."""


def picture(result: dict[str, Any]) -> str:
    """Return an SVG of what `evaluate` returned; kinds of storm that count are set in bold."""
    bars = [_bar(cell) for cell in result["cells"] if "storms" in cell]
    title = "Storms that page, of each kind (mentions an hour, times the usual rate, doubling), per cent"
    return draw(title, "paged", "paged before the peak", bars, GOAL)


def _bar(cell: dict[str, Any]) -> Bar:
    volume = f"{cell['mentions_per_hour']}/h" if cell["mentions_per_hour"] else "StockNet"
    name = f"{volume}, {cell['size']:g}x, {cell['doubling_hours']:g} h{', neutral' * cell['neutral']}"
    return Bar(name, 100.0 * cell["recall"], 100.0 * cell["before_peak"], cell["counted"])
