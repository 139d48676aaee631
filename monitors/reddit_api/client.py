"""One authorised connection to Reddit's API; asyncpraw does tokens, rate limit and retries.

https://www.reddit.com/dev/api and https://asyncpraw.readthedocs.io (version 8). Items are taken as the JSON
that Reddit sent: asyncpraw's own objects refuse a whole page when one item of it is malformed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import ClientResponse
from asyncpraw import Reddit
from asyncprawcore import Requestor

from core.errors import Temporary
from monitors.http import HttpClient, retry_after
from monitors.reddit_api.errors import Answer, told
from monitors.reddit_api.keys import Account

PATIENCE = 60.0
"""Seconds for one answer: three tries of the library's 16 s, and its waits between them."""
REDDIT = ("https://oauth.reddit.com", "https://www.reddit.com")
"""Where data and tokens come from, whatever a praw.ini says."""
_TOKEN_PATH = "/api/v1/access_token"  # noqa: S105 - an address, not a secret


class _Watched(Requestor):
    """Sends requests and remembers what was seen of the answer."""

    answer = Answer()

    @asynccontextmanager
    async def request(self, *args: Any, **kwargs: Any) -> AsyncIterator[ClientResponse]:
        """Send one request."""
        self.answer = Answer()
        async with super().request(*args, **kwargs) as response:
            pause = retry_after(response.headers.get("retry-after", ""), datetime.now(UTC))
            self.answer = Answer(response.status, pause, response.url.path.endswith(_TOKEN_PATH))
            yield response


class RedditClient:
    """Asks one thing at a time, so that the rate limit, 100 requests a minute, is kept for all together."""

    def __init__(self, account: Account) -> None:
        # Its retries are not news: what comes of them is told by the source.
        logging.getLogger("asyncprawcore").setLevel(logging.ERROR)
        here, there = (account.base_url or url for url in REDDIT)
        # All that a praw.ini or the environment could change is said here.
        self._reddit = Reddit(
            "DEFAULT",
            client_id=account.client_id,
            client_secret=account.client_secret,
            user_agent=account.user_agent,
            username=None,
            password=None,
            refresh_token=None,
            check_for_updates=False,
            requestor_class=_Watched,
            oauth_url=here,
            reddit_url=there,
        )
        self._turn = asyncio.Lock()

    async def get(self, what: str, path: str, params: Mapping[str, str | int]) -> object:
        """Return the JSON at `path`; `what` names it in messages.

        Raises `Closed`, `Permanent` or `Temporary`; no message repeats a key or what the server wrote.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._reddit.request(method="GET", path=path, params=dict(params))
            except TimeoutError:
                raise self._too_slow() from None
            except Exception as error:  # the library lets its own slips on strange answers through
                raise told(what, self._answer, error) from None

    async def close(self) -> None:
        """Close the connection; the next request opens another."""
        await self._reddit.close()

    @property
    def _answer(self) -> Answer:
        requestor = self._reddit.requestor
        return requestor.answer if isinstance(requestor, _Watched) else Answer()

    def _too_slow(self) -> Temporary:
        if self._reddit.auth.limits["remaining"] == 0:
            return Temporary("Reddit's limit of requests is used up; it is renewed every 10 minutes")
        return Temporary("Reddit did not answer in time")


_OPEN: WeakKeyDictionary[HttpClient, dict[Account, RedditClient]] = WeakKeyDictionary()
"""Clients by the process's HTTP client: Reddit counts requests by key, whatever number of sources asks."""


def client_for(account: Account, http: HttpClient) -> RedditClient:
    """Return the client that all sources with this account and `http` share."""
    clients = _OPEN.setdefault(http, {})
    if account not in clients:
        clients[account] = RedditClient(account)
    return clients[account]
