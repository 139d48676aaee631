"""Long inputs in portions that one statement can take."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

SIZE = 2000
"""Rows of one statement: far under SQLite's 32,766 variables, and under 50 ms of writing."""


def chunks(items: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """Yield `items` in lists of up to `size`.

    >>> list(chunks("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(items)
    while portion := list(islice(rest, size)):
        yield portion
