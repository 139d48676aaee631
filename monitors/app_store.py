"""Customer reviews of one app in one country's App Store, from Apple's public feed.

https://itunes.apple.com/<country>/rss/customerreviews/page=<1..10>/id=<app>/sortBy=mostRecent/xml: 50 reviews
a page, ten pages, newest first. Nothing documents it, and it is moody: answers are cached, at times empty
where there are reviews, at times 502. The XML form gives each review's time, the JSON form often does not,
so JSON is asked only where XML fails. A review keeps its id when its author edits it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from core.codec import dumps
from core.errors import FiretowerError, Permanent, Temporary
from core.records import Fetched, Flag, Mention
from monitors.brands import chosen
from monitors.catalog import Context
from monitors.dates import read_time
from monitors.documents import Item
from monitors.feedparse import Origin
from monitors.gathering import Gathering, Unreadable, read_position
from monitors.json_api import at, read_json, text_at
from monitors.normalize import MAX_NAME, MAX_TITLE, clean_id, event_time, plain_text
from monitors.rss import WebAddress, polite

PAGES = 10
"""The most that Apple gives: 500 reviews."""
_UNTIMED = Flag.UNDATED | Flag.FUTURE
_REVIEW_ID = re.compile(r"\d{1,20}")


class AppStoreOptions(BaseModel):
    """The keys of a `[[source]]` table of kind `app_store`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app: str = Field(pattern=r"^\d{1,20}$", examples=["284882215"])
    """Number of the app: what follows `id` in the address of its page."""
    country: str = Field(default="us", pattern=r"^[a-z]{2}$", examples=["us", "fr"])
    brand: str = ""
    """Whose app it is: every review counts for it. May be left out when there is only one brand."""
    base_url: WebAddress = "https://itunes.apple.com"
    """Another address that answers in the same way."""


@dataclass(frozen=True, slots=True)
class Position:
    """The cursor: which reviews were read, and as of when."""

    seen: tuple[str, ...] = ()
    broken: bool = False
    """The last fetch broke off before it met a known review: the next one reads past those."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of reviews."""

    items: Sequence[Item] = ()
    whole: bool = True


class AppStoreMonitor:
    """Reads the reviews of one app in one country."""

    kind: ClassVar[str] = "app_store"
    about: ClassVar[str] = "Reviews of an app in one country's App Store, from a feed nobody documents"
    needs: ClassVar[str] = "nothing"
    may_train: ClassVar[bool] = True
    default_interval: ClassVar[float] = 600.0
    Options = AppStoreOptions

    def __init__(self, name: str, interval: float, options: AppStoreOptions, context: Context) -> None:
        self.name = name
        self.interval = polite(interval)
        self._brand = chosen(options.brand, context.brands).name
        self._options = options
        self._context = context

    async def fetch(self, cursor: str) -> Fetched:
        """Return new and edited reviews, reading pages until one ends with a review that is known.

        An empty answer is never "no reviews": it is incomplete where there were some before, and
        `Temporary` where there were none, as Apple answers alike for an app that does not exist.
        """
        position = read_position(Position, cursor)
        found = Gathering(position.seen, _updated, _newer)
        met, broken = await self._read(position, found)
        if not found.seen:
            app, country = self._options.app, self._options.country
            raise Temporary(f"the store of {country!r} shows no review of app {app}; is the number right?")
        mentions = found.mentions if position.seen else map(_as_past, found.mentions)
        return Fetched(
            mentions=tuple(mentions),
            cursor=dumps(Position(found.seen, broken)),
            rejected=tuple(found.rejected),
            complete=not broken and (met or not position.seen),
            brand=self._brand,
        )

    async def _read(self, position: Position, found: Gathering) -> tuple[bool, bool]:
        """Read pages; return whether a known review ended one, and whether something broke off."""
        met = False
        for number in range(1, PAGES + 1):
            try:
                page = await self._page(number)
            except (Temporary, Permanent):
                if number == 1:
                    raise
                return met, True
            if not page.items:
                return met, False
            met = found.read(page.items, self._mention) or met
            if not page.whole:
                found.reject("last item", "cut off in the middle")
                return met, True
            if met and not position.broken:
                return met, False
        return met, False

    async def _page(self, number: int) -> Page:
        """Return one page, from XML where that works; raises what XML raised when both fail."""
        try:
            page = await self._xml(number)
        except (Temporary, Permanent) as error:
            return await self._json_instead(number, error)
        if page.items or number > 1:
            return page
        return await self._json_instead(number, None)

    async def _json_instead(self, number: int, trouble: FiretowerError | None) -> Page:
        try:
            return await self._json(number)
        except (Temporary, Permanent):
            if trouble is None:
                return Page()
        raise trouble

    async def _xml(self, number: int) -> Page:
        reply = await self._context.http.get(self._url(number, "xml"))
        document = await self._context.parser.parse(reply.body, Origin(reply.content_type, reply.url))
        if document.problem:
            raise Temporary(document.problem)
        return Page(document.items, document.whole and reply.whole)

    async def _json(self, number: int) -> Page:
        feed = at(read_json(await self._context.http.get(self._url(number, "json"))), "feed")
        if feed is None:
            raise Temporary("the App Store answered with JSON that is no feed")
        entries = at(feed, "entry")
        if entries is None:
            return Page()
        return Page([_item(entry) for entry in (entries if isinstance(entries, list) else [entries])])

    def _url(self, number: int, form: str) -> str:
        options = self._options
        place = f"{options.country}/rss/customerreviews/page={number}/id={options.app}"
        return f"{options.base_url.rstrip('/')}/{place}/sortBy=mostRecent/{form}"

    def _mention(self, item: Item) -> Mention | None:
        if item.given_id.startswith("http"):
            return None  # the first entry of older feeds is the app itself, under its address
        if not _REVIEW_ID.fullmatch(item.given_id):
            raise Unreadable("has no number, so it cannot be told from others")
        if not item.title and not item.text:
            raise Unreadable("has no title and no text", item.given_id)
        seen_at = self._context.clock.now()
        event_at, flags = event_time(item.at, seen_at)
        app, country = self._options.app, self._options.country
        return Mention(
            source=self.name,
            native_id=item.given_id,
            text=item.text,
            title=item.title,
            event_at=event_at,
            seen_at=seen_at,
            url=f"https://apps.apple.com/{country}/app/id{app}?see-all=reviews",
            author=item.author,
            language=item.language,
            kind="review",
            flags=flags,
        )


def _item(entry: object) -> Item:
    """Return a review of the JSON form, whose values stand under `label`; whatever is missing is empty."""
    return Item(
        given_id=clean_id(text_at(entry, "id", "label")),
        title=plain_text(text_at(entry, "title", "label"), MAX_TITLE),
        text=plain_text(text_at(entry, "content", "label")),
        author=plain_text(text_at(entry, "author", "name", "label"), MAX_NAME),
        at=read_time(text_at(entry, "updated", "label")),
    )


def _as_past(mention: Mention) -> Mention:
    """Flag a review without a time as history: it would count as written now."""
    past = Flag.BACKFILL if mention.flags & _UNTIMED else Flag.NONE
    return replace(mention, flags=mention.flags | past)


def _updated(mention: Mention) -> str:
    """Return a review's own time as text that sorts, "" when it has none that can be trusted."""
    return "" if mention.flags & _UNTIMED else f"{mention.event_at.timestamp():011.0f}"


def _newer(known: str, found: str) -> bool:
    """Tell an edit: a cached answer shows reviews as they were, and must not undo one."""
    return bool(known) and found > known
