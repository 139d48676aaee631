"""What a parsed feed is, whatever its format: plain data that can cross a process border."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One entry, its text plain already; every field may be empty."""

    given_id: str = ""
    """The id that the feed gives, as it stands there."""
    link: str = ""
    title: str = ""
    text: str = ""
    author: str = ""
    publisher: str = ""
    """Where an aggregator has it from (`<source>`)."""
    language: str = ""
    published: str = ""
    """The time as it stands there, part of the identity of items without id and link."""
    at: datetime | None = None
    """The time, None when it is missing or cannot be read."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed feed, or why it is none."""

    items: tuple[Item, ...] = ()
    whole: bool = True
    """False when the document breaks off; an item that was cut is not among `items`."""
    cut: int = 0
    """1 when the last item was cut."""
    fresh_seconds: float = 0.0
    """For how long the feed says it need not be asked again (`<ttl>`)."""
    problem: str = ""
    """Why it is no feed, in words; empty when it is one."""
