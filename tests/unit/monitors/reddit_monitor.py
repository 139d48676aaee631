"""Makes Reddit monitors that ask the local server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from core.clock import ManualClock
from core.config import BrandConfig
from core.records import Fetched
from monitors.catalog import Context
from monitors.http import HttpClient
from monitors.reddit import RedditMonitor
from monitors.reddit_api.options import RedditOptions
from tests.unit.monitors.reddit_server import CLIENT_ID, CLIENT_SECRET, RedditServer

ACME = BrandConfig(name="Acme")
KEYS = {"REDDIT_CLIENT_ID": CLIENT_ID, "REDDIT_CLIENT_SECRET": CLIENT_SECRET}


class Bench:
    """A server, a clock, and monitors beside them that are closed in the end."""

    def __init__(self, server: RedditServer, http: HttpClient, clock: ManualClock) -> None:
        self.server, self.http, self.clock = server, http, clock
        self.environ = dict(KEYS)
        self._made: list[RedditMonitor] = []

    def monitor(self, *names: str, brand: BrandConfig = ACME, **options: object) -> RedditMonitor:
        """Return a new monitor, as after a restart."""
        where = {"base_url": self.server.url, **({"subreddits": names} if names else {})}
        context = Context((brand,), self.http, self.clock, environ=self.environ)
        made = RedditMonitor("reddit", 30.0, RedditOptions.model_validate({**where, **options}), context)
        self._made.append(made)
        return made

    async def close(self) -> None:
        """Close every connection."""
        for monitor in self._made:
            await monitor.close()


@asynccontextmanager
async def working(server: RedditServer, http: HttpClient, now: datetime) -> AsyncIterator[Bench]:
    """Yield a bench whose clock stands at `now`."""
    bench = Bench(server, http, ManualClock(now))
    yield bench
    await bench.close()


def names(fetched: Fetched) -> list[str]:
    """Return the native ids of the mentions."""
    return [mention.native_id for mention in fetched.mentions]
