"""Hacker News by brand, through Algolia's search (https://hn.algolia.com/api).

`search_by_date` finds stories and comments, newest first, at most 1,000 a search, so a busy span of time
is halved until each part can be read to its end. It needs no key; 10,000 requests an hour are allowed.
Nobody says how late an item enters the index: the last hour is read again each time.
"""

from dataclasses import dataclass
from math import ceil
from typing import Annotated, ClassVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, Field

from core.codec import dumps
from core.errors import ConfigError, Temporary
from core.records import Fetched, Flag, Mention
from monitors.brands import chosen, phrases
from monitors.catalog import Context
from monitors.dates import read_time
from monitors.gathering import Gathering, Unreadable, read_position
from monitors.json_api import at, read_json, text_at
from monitors.normalize import MAX_NAME, MAX_TITLE, clean_id, event_time, plain_text
from monitors.rss import WebAddress, polite

OVERLAP = 3_600
"""Seconds before the newest item that are read again."""
FIRST = 48 * 3_600
"""Seconds of the past that the first fetch reads: what detection keeps in its ring."""
PAGE = 100
LIMIT = 1_000
"""The most hits that Algolia gives for one search, whatever its pages."""
MAX_SEARCHES = 10
"""Terms of one source; each is a search of its own, because the service knows no OR."""
MAX_REQUESTS = 30
"""A fetch begins no further span after so many: half a minute at one request a second."""


class HackerNewsOptions(BaseModel):
    """The keys of a `[[source]]` table of kind `hacker_news`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    brand: str = ""
    """Which brand to search for; may be left out when there is only one."""
    searches: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = ()
    """Searches as Algolia understands them; default: one for each term of the brand's query."""
    base_url: WebAddress = "https://hn.algolia.com/api/v1/search_by_date"
    """Another address that answers in the same way."""


@dataclass(frozen=True, slots=True)
class Position:
    """The cursor: from which second on to read, and what was read from there on already."""

    start: int = 0
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Items from `start` on, seconds since the epoch; before `end` unless that is 0."""

    start: int
    end: int = 0

    @property
    def divisible(self) -> bool:
        """False for a single second."""
        return self.end == 0 or self.end - self.start > 1

    def half(self, now: int) -> "Span":
        """Return its first half; an open span ends now."""
        return Span(self.start, self.start + max(1, ((self.end or now) - self.start) // 2))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits, and how many the whole search has."""

    hits: tuple[object, ...]
    total: int


class HackerNewsMonitor:
    """Searches Hacker News for one brand."""

    kind: ClassVar[str] = "hacker_news"
    about: ClassVar[str] = "Stories and comments on Hacker News that hold a brand's words, through Algolia"
    needs: ClassVar[str] = "nothing"
    may_train: ClassVar[bool] = True
    default_interval: ClassVar[float] = 60.0
    Options = HackerNewsOptions

    def __init__(self, name: str, interval: float, options: HackerNewsOptions, context: Context) -> None:
        self.name = name
        self.interval = polite(interval)
        self._searches = options.searches or phrases(chosen(options.brand, context.brands))
        if len(self._searches) > MAX_SEARCHES:
            count = len(self._searches)
            raise ConfigError(f"key searches: name at most {MAX_SEARCHES}; the query would need {count}")
        self._url = options.base_url
        self._context = context

    async def fetch(self, cursor: str) -> Fetched:
        """Return what was written since; raises what `HttpClient.get` and `read_json` raise.

        After a long pause it stops between two spans, and the next fetch goes on from there.
        """
        position, now = read_position(Position, cursor), int(self._context.clock.now().timestamp())
        found, complete, asked = Gathering(position.seen), True, 0
        span = Span(position.start or now - FIRST)
        while asked < MAX_REQUESTS:
            span, requests, whole = await self._read(span, now, found)
            asked, complete = asked + requests, complete and whole
            if not span.end:
                span = Span(max(span.start, _newest(found) - OVERLAP))
                break
            span = Span(span.end)
        end = dumps(Position(span.start, found.seen))
        return Fetched(tuple(found.mentions), end, tuple(found.rejected), complete=complete)

    async def _read(self, span: Span, now: int, found: Gathering) -> tuple[Span, int, bool]:
        """Read the longest beginning of `span` that can be read to its end, at least one second.

        Returns it, the number of requests, and False if even that second held too much.
        """
        span, firsts, asked = await self._fit(span, now)
        for search, first in zip(self._searches, firsts, strict=True):
            found.read(first.hits, self._mention)
            for number in range(1, ceil(min(first.total, LIMIT) / PAGE)):
                page = await self._page(search, span, number)
                found.read(page.hits, self._mention)
                asked += 1
        return span, asked, all(first.total <= LIMIT for first in firsts)

    async def _fit(self, span: Span, now: int) -> tuple[Span, list[Page], int]:
        """Halve `span` until no search has too many hits; return it, the first pages, and the requests."""
        asked = 0
        while True:
            firsts = [await self._page(search, span, 0) for search in self._searches]
            asked += len(firsts)
            if max(page.total for page in firsts) <= LIMIT or not span.divisible:
                return span, firsts, asked
            span = span.half(now)

    async def _page(self, search: str, span: Span, number: int) -> Page:
        before = f",created_at_i<{span.end}" if span.end else ""
        query = {
            "query": search,
            "tags": "(story,comment)",
            "numericFilters": f"created_at_i>={span.start}{before}",
            "typoTolerance": "false",
            "hitsPerPage": PAGE,
            "page": number,
        }
        data = read_json(await self._context.http.get(f"{self._url}?{urlencode(query)}"))
        hits, total = at(data, "hits"), at(data, "nbHits")
        if not isinstance(hits, list):
            raise Temporary("the answer of Hacker News' search holds no hits")
        return Page(tuple(hits[:PAGE]), total if isinstance(total, int) else len(hits))

    def _mention(self, hit: object) -> Mention:
        native_id = clean_id(text_at(hit, "objectID"))
        if not native_id:
            raise Unreadable("has no objectID, so it cannot be told from others")
        comment = plain_text(text_at(hit, "comment_text"))
        title, text = _plain_title(hit), comment or plain_text(text_at(hit, "story_text"))
        if not title and not text:
            raise Unreadable("has no title and no text", native_id)
        seen_at = self._context.clock.now()
        written = read_time(text_at(hit, "created_at")) or read_time(text_at(hit, "created_at_i"))
        event_at, flags = event_time(written, seen_at)
        return Mention(
            source=self.name,
            native_id=native_id,
            text=text,
            title=title,
            event_at=event_at,
            seen_at=seen_at,
            url=f"https://news.ycombinator.com/item?id={quote(native_id, safe='')}",
            author=plain_text(text_at(hit, "author"), MAX_NAME),
            kind="comment" if comment else "post",
            flags=flags,
        )


def _plain_title(hit: object) -> str:
    return plain_text(text_at(hit, "title"), MAX_TITLE)


def _newest(found: Gathering) -> int:
    """Return the time of the newest mention in seconds, 0 without any; clamped times say nothing."""
    timed = (mention for mention in found.mentions if not mention.flags & (Flag.UNDATED | Flag.FUTURE))
    return int(max((mention.event_at.timestamp() for mention in timed), default=0.0))
