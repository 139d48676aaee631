"""The weekly page as HTML: one file for a browser, and a plain one for mail programs."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.report.view import PageView


def html(page: PageView) -> str:
    """Return the page as one self-contained HTML document."""
    return _templates().get_template("page.html").render(page=page).strip()


def mail_html(page: PageView) -> str:
    """Return the page for a mail program."""
    return _templates().get_template("mail.html").render(page=page).strip()


def mail_text(page: PageView) -> str:
    """Return the page as plain text."""
    return _templates().get_template("mail.txt").render(page=page).strip()


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
