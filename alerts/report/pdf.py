"""The weekly page as a PDF of exactly one A4 page, made by Typst from data.

Texts travel as JSON in `sys.inputs`: nothing from the store is ever read as Typst's markup. The package
carries the compiler and needs no network; Inter lies beside this file, scripts that it lacks come from the
machine's own fonts, and where these lack them too the page says so.
API: https://github.com/messense/typst-py, version 0.15.
"""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from alerts.report.glyphs import lacking
from alerts.report.view import PageView
from core.codec import dumps
from core.errors import Permanent

_FOLDER = Path(__file__).parent
_TEMPLATE = _FOLDER / "templates" / "page.typ"
_FONTS = _FOLDER / "fonts"
_FAMILIES = ("Inter", "Noto Sans", "DejaVu Sans")

_STEPS = (
    *((14, 5, air) for air in (1.8, 1.6, 1.4, 1.2, 1.0)),
    *((12, 5, 1.0), (10, 5, 1.0), (8, 4, 1.0), (6, 3, 1.0), (4, 3, 1.0), (2, 2, 1.0), (0, 0, 1.0)),
)
"""Rows of the table of brands, themes, and how generous spaces are: the first that fits is taken."""


def pdf(page: PageView, made_at: datetime) -> bytes:
    """Return the page as PDF; the same page gives the same bytes."""
    stamp = made_at.astimezone(UTC).replace(microsecond=0)
    document: bytes = _compiler(page).compile(format="pdf", timestamp=stamp)
    return document


def png(page: PageView, ppi: float = 120.0) -> bytes:
    """Return the page as a picture, for looking at it."""
    picture: bytes = _compiler(page).compile(format="png", ppi=ppi)
    return picture


def _compiler(page: PageView) -> Any:
    """Return Typst with as much of the page as fits on one sheet."""
    import typst

    shared = {"page": dumps(page), "families": json.dumps(_FAMILIES)}
    shared["boxes"] = "yes" if lacking(shared["page"], _FAMILIES, _fonts()) else ""
    for brands, themes, air in _STEPS:
        inputs = shared | {"brands": str(brands), "themes": str(themes), "air": str(air)}
        compiler = typst.Compiler(_TEMPLATE, root=_FOLDER, font_paths=_fonts(), sys_inputs=inputs)
        if json.loads(compiler.query("<sheets>", field="value", one=True)) == 1:
            return compiler
    raise Permanent("the weekly page does not fit on one sheet; shorten the names of brands")


@cache
def _fonts() -> Any:
    """Return Inter and the machine's own fonts, looked up once."""
    import typst

    return typst.Fonts(font_paths=[_FONTS], include_system_fonts=True)
