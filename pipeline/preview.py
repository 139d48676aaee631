"""The job `query_preview`: which stored mentions a brand's query would count, before anybody saves it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.codec import dumps
from core.errors import QuerySyntaxError
from core.ports import Store
from core.query import Matcher, parse
from core.records import Mention, Selection

NEWEST = 1_000
"""Mentions that are looked at: hours to days of a brand, read in well under a second."""
SHOWN = 20
"""Mentions that are given back; nobody reads more of them."""
_TEXT = 280
"""Characters of each that are given back."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A mention that the query matches."""

    mention_id: str
    source: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query finds among the newest stored mentions, those that met a brand's query when they came.

    With a mistake in the query `error` says what and where, `position` is its offset, the rest is empty.
    """

    query: str
    looked_at: int = 0
    matched: int = 0
    samples: tuple[Sample, ...] = ()
    """The newest ones."""
    error: str = ""
    position: int | None = None


async def query_preview(store: Store, arguments: Mapping[str, str]) -> str:
    """Return a `Preview` of `arguments["query"]` as JSON."""
    return dumps(await asyncio.to_thread(preview, store, arguments.get("query", "")))


def preview(store: Store, query: str) -> Preview:
    """Match `query` against the newest stored mentions."""
    try:
        matcher = Matcher({"preview": parse(query)})
    except QuerySyntaxError as error:
        return Preview(query, error=error.message, position=error.position)
    newest = {row.mention.id: row.mention for row in store.mentions(NEWEST, Selection(not_us=None))}
    found = [mention for mention in newest.values() if matcher.match(mention.body)]
    samples = tuple(_sample(mention) for mention in found[:SHOWN])
    return Preview(query, looked_at=len(newest), matched=len(found), samples=samples)


def _sample(mention: Mention) -> Sample:
    return Sample(mention.id, mention.source, mention.event_at, mention.body[:_TEXT])
