"""Feeds by URL: RSS, Atom and JSON Feed."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.codec import dumps, loads
from core.errors import ConfigError, Temporary
from core.records import Fetched, Mention, Rejected
from monitors.catalog import Context
from monitors.documents import Document, Item
from monitors.feedparse import Origin
from monitors.http import Reply, Validators
from monitors.normalize import digest, event_time, native_id

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
MAX_SEEN = 2_000
"""Ids remembered, newest first; a forgotten item is delivered a second time, which has no effect."""
MAX_FRESH = 3_600.0
"""Seconds: a feed that asks to be left alone for longer is asked hourly all the same; a storm takes hours."""
LEAST_INTERVAL = 5.0
"""Seconds: whoever asks a server more often is taken for an attack and shut out."""
_ID_DIGITS = 16
"""Hex digits of an id that are remembered: 64 bits, so that two of a thousand never meet."""


@dataclass(frozen=True, slots=True)
class Position:
    """A feed's cursor: what the server wants to hear again, and which items were read."""

    validators: Validators = field(default_factory=Validators)
    seen: tuple[str, ...] = ()
    """Shortened digests of native ids, newest first."""


def _can_be_asked(url: str) -> str:
    """Return `url` when it names a server; raises `ValueError`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is no address: check its brackets and its port (1 to 65535)") from None
    if parts.scheme not in {"http", "https"} or not url.isprintable() or " " in url:
        raise ValueError("should begin with http:// or https:// and hold no blanks")
    if not parts.hostname:
        raise ValueError("names no host; write it as https://news.example.com/rss")
    if port == 0:
        raise ValueError("has port 0; ports go from 1 to 65535")
    return url


def polite(interval: float) -> float:
    """Return `interval`, seconds, when other people's servers can bear it; raises `ConfigError`."""
    if interval < LEAST_INTERVAL:
        raise ConfigError(f"key interval: should be at least {LEAST_INTERVAL:g} s (is {interval:g} s)")
    return interval


WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(_can_be_asked)]
"""`http://` or `https://` with a host, and a port that can exist."""


class FeedOptions(BaseModel):
    """The keys of a `[[source]]` table of kind `rss`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: WebAddress
    """Address of the feed."""


class FeedReader:
    """Fetches one feed and yields what was not there before. Kinds of feed are built on it."""

    def __init__(self, name: str, interval: float, url: str, context: Context) -> None:
        self.name = name
        self.interval = polite(interval)
        self._least = interval
        self._url = url
        self._context = context

    async def fetch(self, cursor: str) -> Fetched:
        """Return new items; raises what `HttpClient.get` and `FeedParser.parse` raise."""
        position = _read_position(cursor)
        reply = await self._context.http.get(self._url, position.validators, ACCEPT)
        if reply.unchanged:
            return Fetched(cursor=dumps(Position(reply.validators, position.seen)))
        document = await self._parse(reply)
        self.interval = max(self._least, min(MAX_FRESH, max(reply.max_age, document.fresh_seconds)))
        return self._fetched(position, reply, document)

    async def _parse(self, reply: Reply) -> Document:
        origin = Origin(reply.content_type, reply.url)
        document = await self._context.parser.parse(reply.body, origin)
        if document.problem:
            raise Temporary(document.problem)
        return document

    def _fetched(self, position: Position, reply: Reply, document: Document) -> Fetched:
        """Turn a parsed feed into mentions, leaving out those that `position` has seen."""
        found = self._read(document)
        ids, seen = tuple(found), set(position.seen)
        fresh = [outcome for short, outcome in found.items() if short not in seen]
        cut = [Rejected("last item", "cut off in the middle")] * document.cut
        whole = document.whole and reply.whole
        return Fetched(
            mentions=tuple(item for item in fresh if isinstance(item, Mention)),
            cursor=dumps(Position(_keep(reply.validators, whole), _remember(ids, position.seen))),
            rejected=(*(item for item in fresh if isinstance(item, Rejected)), *cut),
            complete=whole and not self._may_have_lost(ids, seen),
        )

    def _may_have_lost(self, ids: tuple[str, ...], seen: set[str]) -> bool:
        """Tell whether items may have come and gone between two fetches: nothing seen before is left."""
        return bool(ids and seen) and seen.isdisjoint(ids)

    def _read(self, document: Document) -> dict[str, Mention | Rejected]:
        """Return the feed's items in its order, by what is remembered of them."""
        seen_at = self._context.clock.now()
        shared = _shared_ids(document.items)
        found: dict[str, Mention | Rejected] = {}
        for number, item in enumerate(document.items, start=1):
            given = "" if item.given_id in shared else item.given_id
            native = native_id(self.name, given, item.link, item.title, item.published)
            if problem := _problem(native, item):
                key, outcome = (
                    digest("rejected", item.published, item.text),
                    Rejected(f"item {number}", problem),
                )
                found.setdefault(key[:_ID_DIGITS], outcome)
            else:
                found.setdefault(digest(native)[:_ID_DIGITS], self._mention(native, item, seen_at))
        return found

    def _mention(self, native: str, item: Item, seen_at: datetime) -> Mention:
        event_at, flags = event_time(item.at, seen_at)
        return Mention(
            source=self.name,
            native_id=native,
            text=item.text,
            title=item.title,
            event_at=event_at,
            seen_at=seen_at,
            url=item.link,
            author=item.author,
            language=item.language,
            kind="article",
            flags=flags,
        )


class RssMonitor(FeedReader):
    """Reads the feed at `url`."""

    kind: ClassVar[str] = "rss"
    about: ClassVar[str] = "Articles of an RSS, Atom or JSON feed"
    needs: ClassVar[str] = "nothing"
    may_train: ClassVar[bool] = True
    default_interval: ClassVar[float] = 300.0
    Options = FeedOptions

    def __init__(self, name: str, interval: float, options: FeedOptions, context: Context) -> None:
        super().__init__(name, interval, options.url, context)


def _read_position(cursor: str) -> Position:
    """Return the position in `cursor`; an unreadable one starts anew, which repeats but loses nothing."""
    try:
        return loads(Position, cursor) if cursor else Position()
    except ValueError:
        return Position()


def _shared_ids(items: tuple[Item, ...]) -> set[str]:
    """Return ids that the feed gives to several different items, so that they identify none of them."""
    distinct = {(item.given_id, item.link or item.title) for item in items if item.given_id}
    counts = Counter(given for given, _ in distinct)
    return {given for given, count in counts.items() if count > 1}


def _problem(native: str, item: Item) -> str:
    if not native:
        return "has no id, link or title, so it cannot be told from others"
    return "" if item.title or item.text else "has no title and no text"


def _short(*parts: str) -> str:
    return digest(*parts)[:_ID_DIGITS]


def _remember(ids: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids + before))[:MAX_SEEN]


def _keep(validators: Validators, whole: bool) -> Validators:
    """Forget the validators of a feed that broke off, or "not modified" would hide the rest for ever."""
    return validators if whole else Validators(validators.origin, validators.url)
