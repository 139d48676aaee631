"""Keys, options and connections of Reddit sources."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from core.clock import ManualClock
from core.config import BrandConfig
from core.errors import ConfigError, NotConfigured
from core.records import SourceState, SourceStatus
from monitors.base import PollLoop
from monitors.catalog import Context
from monitors.http import HttpClient
from monitors.reddit import RedditMonitor
from monitors.reddit_api.options import RedditOptions
from tests.unit.monitors.reddit_monitor import ACME, Bench, working
from tests.unit.monitors.reddit_server import RedditServer, serving

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[RedditServer]:
    with serving() as found:
        yield found


@pytest.fixture
async def bench(server: RedditServer, http: HttpClient) -> AsyncIterator[Bench]:
    async with working(server, http, NOW) as made:
        yield made


async def test_without_keys_it_says_what_it_needs(bench: Bench, server: RedditServer) -> None:
    bench.environ.clear()
    monitor = bench.monitor("lamps")
    with pytest.raises(NotConfigured) as caught:
        await monitor.fetch("")
    message = str(caught.value)
    assert message.startswith("no keys: set REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET, or remove the source")
    assert "approve" in message
    assert "2025-11-11" in message
    assert "https://support.reddithelp.com/" in message
    assert server.requests == []


async def test_without_keys_the_poll_loop_shows_it_as_stopped_and_not_configured(bench: Bench) -> None:
    bench.environ["REDDIT_CLIENT_SECRET"] = " "
    states: list[SourceState] = []

    async def report(state: SourceState) -> None:
        states.append(state)

    async def cursor() -> str:
        return ""

    async def deliver(_: str, __: object) -> None:
        raise AssertionError

    loop = PollLoop(bench.monitor("lamps"), deliver, report, cursor, bench.clock)
    assert 3_600 <= await loop.poll_once() < 4_000
    assert states[-1].status is SourceStatus.STOPPED
    assert not states[-1].configured
    assert states[-1].error.startswith("no keys: set REDDIT_CLIENT_SECRET")


async def test_the_secret_may_stand_in_a_file(bench: Bench, server: RedditServer, tmp_path: object) -> None:
    file = f"{tmp_path}/secret"
    with pytest.raises(ConfigError, match=r"cannot read .*secret: No such file"):
        await bench.monitor("lamps", client_secret_file=file).fetch("")
    with open(file, "w", encoding="utf-8") as written:
        written.write(bench.environ.pop("REDDIT_CLIENT_SECRET") + "\n")
    await bench.monitor("lamps", client_secret_file=file).fetch("")
    assert server.tokens == 1


async def test_two_sources_of_one_account_share_a_connection_and_its_token(
    bench: Bench, server: RedditServer
) -> None:
    first, second = bench.monitor("lamps"), bench.monitor("kettles")
    await first.fetch("")
    await second.fetch("")
    assert server.tokens == 1
    await first.close()
    await second.fetch("")  # opens again


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"subreddits": ["all"]}, "too much to follow"),
        ({"subreddits": ["Popular"]}, "too much to follow"),
        ({"subreddits": ["a/b"]}, "subreddits"),
        ({"subreddits": ["all-lamps"]}, "subreddits"),
        ({"client_secret": "in-the-open"}, "client_secret"),
        ({"client_secret_file": "relative"}, "client_secret_file"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"user_agent": "two\nlines"}, "user_agent"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RedditOptions.model_validate(options)


@pytest.mark.parametrize(
    ("brands", "options", "message"),
    [
        ((ACME, BrandConfig(name="Globex")), {}, "say which brand"),
        ((ACME,), {"brand": "Acne"}, "did you mean 'Acme'"),
        ((BrandConfig(name="Long", query=" OR ".join(f"term{n}" for n in range(99))),), {}, "key search"),
    ],
)
async def test_a_search_that_cannot_be_made_is_told(
    http: HttpClient, brands: tuple[BrandConfig, ...], options: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        RedditMonitor(
            "r", 30.0, RedditOptions.model_validate(options), Context(brands, http, ManualClock(NOW))
        )


def test_asyncpraw_is_imported_by_those_alone_who_ask_reddit() -> None:
    code = "import sys; from monitors.catalog import catalog; catalog(); sys.exit('asyncpraw' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
