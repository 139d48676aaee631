"""A bar on standard error for what takes minutes; standard output is for results."""

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

import typer

T = TypeVar("T")


def shown(named: Sequence[tuple[str, T]], label: str) -> Iterator[tuple[str, T]]:
    """Go through `named`, telling how far and what is next; without a terminal only the label is told."""
    with typer.progressbar(
        named, label=label, file=sys.stderr, item_show_func=lambda item: item[0] if item else None
    ) as bar:
        yield from bar
