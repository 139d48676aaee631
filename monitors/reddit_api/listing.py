"""Reads a listing, newest first, back to what is known.

https://www.reddit.com/dev/api#listings: at most 100 items a request, about 1,000 in all. Listings are not
strictly chronological (praw issue 1025), so a page is always read to its end. What is known is a set of ids,
never one anchor: an anchor that was deleted would hide everything or bring everything back.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from core.errors import Temporary
from monitors.reddit_api.things import read_key

Get = Callable[[str, str, Mapping[str, str | int]], Awaitable[object]]
"""Asks for the JSON of (what, path, parameters)."""

PAGE = 100
"""The most that one request gives."""
PAGES = 10
"""Requests for one listing: further back than some 1,000 items it does not reach."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a kind of item is listed."""

    key: str
    """Its part of the cursor."""
    what: str
    """Its name in messages."""
    path: str
    params: Mapping[str, str | int]
    depth: int
    """Items that it holds at most."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What was read of a listing."""

    children: tuple[object, ...]
    """Items as Reddit sent them, newest first."""
    gap: bool
    """Whether items may be missing: all that it holds was read, and nothing of it was known."""


async def read_new(get: Get, listing: Listing, known: Set[str]) -> Pages:
    """Return whole pages from the newest item to the first page that holds a known one.

    Without anything known, at the first time, it is everything that the listing holds. Raises what `get`
    raises, and `Temporary` for an answer that is no listing.
    """
    children: list[object] = []
    after = ""
    for number in range(PAGES):
        page, following = await _page(get, listing, after)
        children += page
        if not known.isdisjoint(map(read_key, page)):
            return Pages(tuple(children), gap=False)
        if not page and number:  # it promised more: the item it was to go on from has vanished meanwhile
            return Pages(tuple(children), gap=bool(known))
        if not following or following == after:
            break
        after = following
    return Pages(tuple(children), gap=bool(known) and _used_up(len(children), listing.depth))


def children_of(answer: object) -> tuple[Sequence[object], str]:
    """Return the items of a listing and the fullname after which it goes on; raises `Temporary`."""
    data = answer.get("data") if isinstance(answer, Mapping) else None
    children = data.get("children") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(children, list):
        raise Temporary("Reddit's answer is no listing")
    after: Any = data.get("after")
    return children, after if isinstance(after, str) else ""


async def _page(get: Get, listing: Listing, after: str) -> tuple[Sequence[object], str]:
    further = {"after": after} if after else {}
    answer = await get(listing.what, listing.path, {**listing.params, "limit": PAGE, **further})
    return children_of(answer)


def _used_up(count: int, depth: int) -> bool:
    """Tell whether a listing was as long as it can be; it often ends a few items early."""
    return count >= 0.9 * depth
