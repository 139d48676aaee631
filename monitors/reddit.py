"""Reddit: comments and submissions of chosen subreddits, and a search over all of it.

https://www.reddit.com/dev/api, through asyncpraw. Optional: Reddit gives keys only to those whom it has
approved, so a source without them says so and the rest goes on. Its terms forbid to learn from the texts
and to keep what an author has deleted.
"""

from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from core.clock import from_seconds
from core.codec import dumps
from core.query import Matcher, parse
from core.records import Fetched
from monitors.catalog import Context
from monitors.gathering import read_position
from monitors.reddit_api.catch import Catch
from monitors.reddit_api.errors import Closed
from monitors.reddit_api.keys import REQUEST_FORM, read_account
from monitors.reddit_api.listing import PAGE, Get, children_of, read_new
from monitors.reddit_api.options import RedditOptions, listings, search_for
from monitors.reddit_api.position import Position, remember
from monitors.reddit_api.subreddits import Subreddits
from monitors.reddit_api.things import read_key
from monitors.reddit_api.watch import EVERY, due, kept
from monitors.rss import polite

if TYPE_CHECKING:
    from monitors.reddit_api.client import RedditClient


class RedditMonitor:
    """Reads new comments and submissions, and looks again at those that it delivered."""

    kind: ClassVar[str] = "reddit"
    about: ClassVar[str] = "Comments and submissions of chosen subreddits, and a search over all of Reddit."
    needs: ClassVar[str] = (
        "REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET, the keys of an application that Reddit has approved; "
        f"ask at {REQUEST_FORM}"
    )
    may_train: ClassVar[bool] = False
    default_interval: ClassVar[float] = 30.0
    Options = RedditOptions

    def __init__(self, name: str, interval: float, options: RedditOptions, context: Context) -> None:
        self.name = name
        self.interval = polite(interval)
        self._options = options
        self._context = context
        self._search = search_for(options, context.brands)
        self._subreddits = Subreddits(name, options.subreddits)
        self._matcher = Matcher({brand.name: parse(brand.query) for brand in context.brands})
        self._client: RedditClient | None = None

    async def fetch(self, cursor: str) -> Fetched:
        """Return new, edited and deleted items; raises `Temporary`, `Permanent` or `NotConfigured`."""
        get = self._connected().get
        position, now = read_position(Position, cursor), self._context.clock.now()
        try:
            found = await self._read(get, position, now)
        except Closed:
            left_out = await self._subreddits.leave_out_closed(get, now)
            if not left_out:
                raise
            found = await self._read(get, position, now)
            found = replace(found, rejected=(*left_out, *found.rejected))
        self._subreddits.worked(now)
        return found

    async def close(self) -> None:
        """Close the connection; another source of the same account opens it again when it needs it."""
        if self._client is not None:
            await self._client.close()

    def require_keys(self) -> None:
        """See `monitors.catalog.Keyed`."""
        read_account(self._options, self._context.environ)

    def _connected(self) -> "RedditClient":
        if self._client is None:
            account = read_account(self._options, self._context.environ)
            from monitors.reddit_api.client import client_for  # asyncpraw takes half a second to import

            self._client = client_for(account, self._context.http)
        return self._client

    async def _read(self, get: Get, position: Position, now: datetime) -> Fetched:
        """Read each listing back to what is known, then look again at what was delivered before."""
        catch = Catch(self.name, position.watched, self._is_wanted, now)
        seen, whole = dict(position.seen), True
        before = frozenset(chain.from_iterable(position.seen.values()))
        for listing in listings(self._subreddits.readable(now), self._search):
            known = position.seen.get(listing.key, ())
            pages = await read_new(get, listing, frozenset(known))
            catch.take(pages.children, before)
            seen[listing.key] = remember(map(read_key, pages.children), known)
            whole = whole and not pages.gap
        checked_at = await self._look_again(get, position, catch, now)
        return Fetched(
            mentions=tuple(reversed(catch.mentions.values())),
            cursor=dumps(Position(seen, kept(catch.watched.values()), checked_at)),
            rejected=tuple(catch.rejected.values()),
            deleted=tuple(catch.deleted),
            complete=whole,
        )

    async def _look_again(self, get: Get, position: Position, catch: Catch, now: datetime) -> int:
        """Look at those whose turn it is; return the time of the last look, seconds since the epoch."""
        checked_at = from_seconds(position.checked_at)
        if now - checked_at < EVERY:
            return position.checked_at
        items = due(position.watched, now)
        for start in range(0, len(items), PAGE):
            asked = items[start : start + PAGE]
            names = ",".join(item.name for item in asked)
            children, _ = children_of(await get("what was delivered", "api/info/", {"id": names}))
            catch.look(asked, children)
        return int(now.timestamp())

    def _is_wanted(self, text: str) -> bool:
        """Tell whether a text meets a brand's query, so that it is going to be stored."""
        return bool(self._matcher.match(text))
