"""What authors edit and delete on Reddit, and how the source hears of it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.records import Flag, SourceStatus
from monitors.http import HttpClient
from monitors.reddit_api.watch import MOST, Watched, due, kept
from tests.unit.monitors.reddit_monitor import Bench, names, working
from tests.unit.monitors.reddit_server import RedditServer, comment, serving, submission

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[RedditServer]:
    with serving() as found:
        yield found


@pytest.fixture
async def bench(server: RedditServer, http: HttpClient) -> AsyncIterator[Bench]:
    async with working(server, http, NOW) as made:
        yield made


async def test_an_edit_is_delivered_with_its_new_words(bench: Bench, server: RedditServer) -> None:
    server.post(comment(1, NOW), comment(2, NOW))
    first = await bench.monitor("lamps").fetch("")
    assert not any(Flag.EDITED in mention.flags for mention in first.mentions)
    server.children[1]["data"] |= {"body": "Acme was right, sorry", "edited": NOW.timestamp() + 9}
    second = await bench.monitor("lamps").fetch(first.cursor)
    (mention,) = second.mentions
    assert (mention.native_id, mention.text) == ("t1_c1", "Acme was right, sorry")
    assert Flag.EDITED in mention.flags
    assert names(await bench.monitor("lamps").fetch(second.cursor)) == []


async def test_what_was_taken_back_is_told_after_an_hour_and_a_restart(
    bench: Bench, server: RedditServer
) -> None:
    server.post(*(comment(number, NOW) for number in range(200)), comment(999, NOW, "about something else"))
    first = await bench.monitor("lamps").fetch("")
    server.post(*(comment(number, NOW, "nothing of note") for number in range(1_000, 1_200)))
    old = {child["data"]["name"]: child["data"] for child in server.children}
    old["t1_c1"]["body"] = "[deleted]"
    old["t1_c2"]["body"] = "[removed]"
    old["t1_c3"] |= {"body": "Acme, edited", "edited": NOW.timestamp()}
    bench.clock.move(HOUR / 2)
    early = await bench.monitor("lamps").fetch(first.cursor)
    assert (early.deleted, server.asked("/api/info")) == ((), [])
    bench.clock.move(HOUR / 2)
    late = await bench.monitor("lamps").fetch(early.cursor)
    assert sorted(late.deleted) == ["t1_c1", "t1_c2"]
    assert names(late) == ["t1_c3"]
    asked = [params["id"].split(",") for params in server.asked("/api/info")]
    assert [len(ids) for ids in asked] == [100, 100]  # only those that met the query
    assert "t1_c3e7" not in {name for ids in asked for name in ids}
    again = await bench.monitor("lamps").fetch(late.cursor)
    assert (again.deleted, again.mentions) == ((), ())


async def test_what_is_missing_once_stays_and_what_is_missing_twice_is_gone(
    bench: Bench, server: RedditServer
) -> None:
    server.post(comment(1, NOW), comment(2, NOW))
    cursor = (await bench.monitor("lamps").fetch("")).cursor
    server.children.clear()  # r/lamps is empty for a while, as in an outage
    told = []
    for _ in range(3):
        bench.clock.move(HOUR)
        fetched = await bench.monitor("lamps").fetch(cursor)
        cursor = fetched.cursor
        told.append(fetched.deleted)
        if len(told) == 1:
            server.children = [comment(2, NOW)]
    assert told == [(), ("t1_c1",), ()]


async def test_an_author_who_left_takes_no_words_along(bench: Bench, server: RedditServer) -> None:
    server.post(comment(1, NOW, author=None), comment(2, NOW, author="[deleted]"))
    fetched = await bench.monitor("lamps").fetch("")
    assert [mention.author for mention in fetched.mentions] == ["", ""]


async def test_what_is_gone_when_first_seen_is_not_delivered(bench: Bench, server: RedditServer) -> None:
    server.post(
        comment(1, NOW, "[removed]"),
        submission(2, NOW, removed_by_category="moderator"),
        submission(3, NOW, "Acme", selftext="[deleted]"),
        comment(4, NOW),
    )
    fetched = await bench.monitor("lamps").fetch("")
    assert (names(fetched), fetched.deleted, fetched.rejected) == (["t1_c4"], (), ())


def test_young_items_are_looked_at_every_hour_and_old_ones_once_a_day() -> None:
    young = Watched("t1_a", int((NOW - 24 * HOUR).timestamp()), 0)
    old = Watched("t1_b", int((NOW - 49 * HOUR).timestamp()), 0)
    turns = [due([young, old], NOW + hour * HOUR) for hour in range(24)]
    assert sum(young in turn for turn in turns) == 24
    assert sum(old in turn for turn in turns) == 1


def test_only_the_newest_are_watched() -> None:
    items = [Watched(f"t1_{number:x}", number, 0) for number in range(MOST + 5)]
    left = kept([*items, items[-1]])
    assert len(left) == MOST
    assert left[0] == items[-1]
    assert items[4] not in left


async def test_what_an_author_edits_or_deletes_changes_in_the_store(
    bench: Bench, server: RedditServer, open_chain: Any
) -> None:
    server.post(comment(1, NOW, "Acme is awful"), comment(2, NOW, "Acme is late", edited=NOW.timestamp()))
    await open_chain(bench.clock, Acme="acme").poll(bench.monitor("lamps"))
    texts = {child["data"]["name"]: child["data"] for child in server.children}
    texts["t1_c1"] |= {"body": "[deleted]", "author": "[deleted]"}
    texts["t1_c2"] |= {"body": "Acme was on time", "edited": NOW.timestamp() + 60}
    bench.clock.move(HOUR)
    chain = open_chain(bench.clock, Acme="acme")  # after a restart
    await chain.poll(bench.monitor("lamps"))
    kept = {row.mention.native_id: row.mention for row in chain.store.mentions(10)}
    assert (kept["t1_c1"].text, kept["t1_c1"].author, kept["t1_c1"].url) == ("", "", "")
    assert Flag.DELETED in kept["t1_c1"].flags
    assert kept["t1_c2"].text == "Acme was on time"
    assert chain.counts() == {"Acme": 2}
    assert (chain.state().deleted, chain.state().status) == (1, SourceStatus.OK)
