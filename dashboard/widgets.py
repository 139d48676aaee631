"""HTML pieces for what Streamlit has no widget for.

They are Jinja templates with autoescaping on, so no mention text ever becomes markup, and they
reach the browser through `st.html`, which runs no Markdown and no script.
"""

import re
from functools import cache
from pathlib import Path

import streamlit as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard import tokens
from dashboard.viewmodels import Trouble

HERE = Path(__file__).parent


@cache
def environment() -> Environment:
    """Return the templates; a name that a template uses and nobody gave is an error."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def html(template: str, **values: object) -> str:
    """Return a template filled with `values`, every one of them escaped."""
    return environment().get_template(f"{template}.html").render(**values)


def show(template: str, **values: object) -> None:
    """Put a filled template onto the page."""
    st.html(html(template, **values))


def stylesheet() -> None:
    """Put the tokens and the stylesheet onto the page; they take no room there."""
    st.html(f"<style>{tokens.declarations()}{_stylesheet()}</style>")


@cache
def _stylesheet() -> str:
    return (HERE / "board.css").read_text("utf-8")


def trouble(problem: Trouble) -> None:
    """Say what is missing and what to do."""
    with st.container(key="card_trouble"):
        show("trouble", trouble=problem)


def plain(label: str) -> str:
    """Return a label that Markdown leaves as it is: it may be made of other people's words."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", label)
