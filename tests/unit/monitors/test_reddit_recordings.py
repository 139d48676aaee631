"""Real comments and submissions, their dates moved to now, counted where they were served."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.config import BrandConfig
from core.records import Flag, Mention
from monitors.http import HttpClient
from tests.unit.monitors.reddit_monitor import Bench, working
from tests.unit.monitors.reddit_server import Child, RedditServer, recorded, serving, subreddits

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NAMELESS = {"t1_MISMATCH"}
"""What the recorder wrote in the place of an id."""
WORDLESS = {"t3_d1uuj1", "t3_d1ugfi"}
"""Titles that were nothing but a name, which the recorder replaced by a tag."""
EVERYTHING = BrandConfig(name="Reddit", query="the OR a OR reddit")


@pytest.fixture
def server() -> Iterator[RedditServer]:
    with serving() as found:
        yield found


@pytest.fixture
async def bench(server: RedditServer, http: HttpClient) -> AsyncIterator[Bench]:
    async with working(server, http, NOW) as made:
        yield made


def taken_back(child: Child) -> bool:
    data = child["data"]
    words = data["body"] if child["kind"] == "t1" else data["selftext"]
    return bool(words in {"[deleted]", "[removed]"} or data.get("removed_by_category"))


async def test_what_is_served_arrives_once_through_restarts_and_a_deleted_anchor(
    shared: Path, bench: Bench, server: RedditServer
) -> None:
    children = recorded(shared, NOW)
    places = subreddits(children, 100)
    found: dict[str, Mention] = {}
    rejected: dict[str, str] = {}
    delivered = 0
    cursor = ""
    for start in range(0, len(children), 333):
        batch = children[start : start + 333]
        server.post(*batch)
        monitor = bench.monitor(*places, brand=EVERYTHING)  # a restart each time
        fetched = await monitor.fetch(cursor)
        cursor = fetched.cursor
        assert fetched.complete
        rejected |= {item.reason.partition(",")[0]: item.where for item in fetched.rejected}
        delivered += len(fetched.mentions)
        found |= {mention.native_id: mention for mention in fetched.mentions}
        server.children = server.children[2:]  # the newest, two anchors, are deleted
    gone = {child["data"]["name"] for child in children if taken_back(child)}
    assert len(server.served) > 2_000
    assert list(rejected) == ["has no fullname"]
    assert set(found) == server.served - gone - NAMELESS
    assert delivered == len(found)
    assert all(Flag.NO_TRAINING in mention.flags for mention in found.values())
    assert all(mention.event_at <= NOW and mention.body for mention in found.values())
    placed = {child["data"]["name"] for child in children if _says_where(child["data"])}
    assert placed & found.keys() == {name for name, mention in found.items() if mention.url}
    urls = {mention.url for mention in found.values() if mention.url}
    assert all(url.startswith("https://www.reddit.com/") for url in urls)


def _says_where(data: dict[str, Any]) -> bool:
    return "title" in data or bool(data.get("permalink") or data.get("link_id"))


def pages(cassette: Path) -> Iterator[list[Child]]:
    """Yield the listings of a recorded session, in their order."""
    for interaction in json.loads(cassette.read_text("utf-8"))["interactions"]:
        answer: Any = json.loads(interaction["response"]["body"]["string"])
        if answer.get("kind") == "Listing":
            yield answer["data"]["children"]


async def test_recorded_sessions_are_read_whole(shared: Path, bench: Bench, server: RedditServer) -> None:
    cassettes = sorted((shared / "recordings/reddit/cassettes").glob("*.json"))
    assert len(cassettes) == 15
    for cassette in cassettes:
        server.children, server.served, cursor = [], set(), ""
        found: set[str] = set()
        for page in pages(cassette):
            listed = {child["data"]["name"] for child in server.children}
            new = [child for child in page if child["data"]["name"] not in listed]
            server.post(*({**child, "data": {**child["data"], "subreddit": "lamps"}} for child in new[::-1]))
            bench.clock.move(timedelta(seconds=30))
            fetched = await bench.monitor("lamps").fetch(cursor)
            assert fetched.complete, cassette.name
            assert {item.where for item in fetched.rejected} <= WORDLESS, cassette.name
            cursor = fetched.cursor
            found |= {mention.native_id for mention in fetched.mentions}
        gone = {child["data"]["name"] for child in server.children if taken_back(child)}
        assert server.served, cassette.name
        assert found == server.served - gone - WORDLESS, cassette.name
