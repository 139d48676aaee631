from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.clock import ManualClock
from core.errors import Temporary
from core.records import Fetched, Flag
from monitors.catalog import Context
from monitors.http import HttpClient
from monitors.rss import MAX_SEEN, FeedOptions, RssMonitor

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def rss(*items: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


def item(number: int | str, extra: str = "") -> str:
    return f"<item><guid>g{number}</guid><title>Title {number}</title>{extra}</item>"


@pytest.fixture
def monitor(web: Any, http: HttpClient) -> RssMonitor:
    context = Context((), http, ManualClock(NOW))
    return RssMonitor("news", 60.0, FeedOptions(url=web.url + "/feed"), context)


def ids(fetched: Fetched) -> list[str]:
    return [mention.native_id for mention in fetched.mentions]


async def test_only_what_was_not_there_before_is_new(web: Any, monitor: RssMonitor) -> None:
    web.say("/feed", body=rss(item(2), item(1)))
    web.say("/feed", body=rss(item(3), item(2), item(1)))
    first = await monitor.fetch("")
    second = await monitor.fetch(first.cursor)
    assert (ids(first), ids(second)) == (["g2", "g1"], ["g3"])
    assert (first.complete, second.complete) == (True, True)


async def test_an_unchanged_feed_gives_nothing_and_keeps_the_cursor(web: Any, monitor: RssMonitor) -> None:
    web.say("/feed", body=rss(item(1)), ETag='"1"')
    web.say("/feed", "304 Not Modified")
    first = await monitor.fetch("")
    assert await monitor.fetch(first.cursor) == Fetched(cursor=first.cursor)


async def test_a_mention_has_all_that_the_item_says(web: Any, monitor: RssMonitor) -> None:
    extra = (
        "<link>https://n.example/1</link><author>Ann</author><pubDate>Fri, 01 May 2026 11:00:00 GMT</pubDate>"
    )
    web.say("/feed", body=rss(item(1, extra + "<description>Acme is down</description>")))
    (mention,) = (await monitor.fetch("")).mentions
    assert (mention.source, mention.native_id, mention.kind) == ("news", "g1", "article")
    assert (mention.title, mention.text, mention.author) == ("Title 1", "Acme is down", "Ann")
    assert (mention.event_at, mention.seen_at) == (NOW - timedelta(hours=1), NOW)
    assert mention.flags is Flag.NONE


@pytest.mark.parametrize(
    ("date", "flag"),
    [
        ("", Flag.UNDATED),
        ("<pubDate>yesterday-ish</pubDate>", Flag.UNDATED),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", Flag.UNDATED),
        ("<pubDate>Thu, 01 Jan 2099 00:00:00 GMT</pubDate>", Flag.FUTURE),
    ],
)
async def test_a_bad_date_is_flagged(web: Any, monitor: RssMonitor, date: str, flag: Flag) -> None:
    web.say("/feed", body=rss(item(1, date)))
    (mention,) = (await monitor.fetch("")).mentions
    assert (mention.event_at, mention.flags) == (NOW, flag)


async def test_items_without_identity_or_text_are_set_aside_once(web: Any, monitor: RssMonitor) -> None:
    body = rss(item(1), "<item><description>who am I</description></item>", "<item><guid>g2</guid></item>")
    web.say("/feed", body=body)
    first = await monitor.fetch("")
    assert ids(first) == ["g1"]
    assert [(entry.where, entry.reason.split(",")[0]) for entry in first.rejected] == [
        ("item 2", "has no id"),
        ("item 3", "has no title and no text"),
    ]
    assert (await monitor.fetch(first.cursor)).rejected == ()


async def test_one_guid_for_all_items_identifies_none_of_them(web: Any, monitor: RssMonitor) -> None:
    links = [f"<link>https://n.example/{number}</link>" for number in range(3)]
    web.say("/feed", body=rss(*(item("same", link) for link in links)))
    first = await monitor.fetch("")
    assert len(set(ids(first))) == 3
    assert ids(await monitor.fetch(first.cursor)) == []


async def test_the_same_item_twice_is_one(web: Any, monitor: RssMonitor) -> None:
    web.say("/feed", body=rss(item(1), item(1)))
    assert ids(await monitor.fetch("")) == ["g1"]


async def test_equal_texts_under_different_ids_are_two(web: Any, monitor: RssMonitor) -> None:
    web.say(
        "/feed",
        body=rss("<item><guid>a</guid><title>x</title></item><item><guid>b</guid><title>x</title></item>"),
    )
    assert ids(await monitor.fetch("")) == ["a", "b"]


async def test_when_nothing_known_is_left_items_may_be_missing(web: Any, monitor: RssMonitor) -> None:
    web.say("/feed", body=rss(item(2), item(1)))
    web.say("/feed", body=rss(item(9), item(8)))
    first = await monitor.fetch("")
    second = await monitor.fetch(first.cursor)
    assert (ids(second), second.complete) == (["g9", "g8"], False)


async def test_a_feed_that_breaks_off_is_incomplete_and_asked_again_in_full(
    web: Any, monitor: RssMonitor
) -> None:
    whole = rss(item(1), item(2))
    half = whole[: whole.index(b"Title 2") + 3]
    web.say("/feed", body=half, ETag='"1"')
    web.say("/feed", body=whole)
    first = await monitor.fetch("")
    assert (ids(first), first.complete) == (["g1"], False)
    assert [entry.reason for entry in first.rejected] == ["cut off in the middle"]
    second = await monitor.fetch(first.cursor)
    assert (ids(second), second.complete) == (["g2"], True)
    assert "if-none-match" not in web.requests[1][1]


async def test_a_connection_that_breaks_within_the_feed_is_incomplete(web: Any, monitor: RssMonitor) -> None:
    body = rss(item(1), item(2))[:-40]
    web.write("/feed", f"HTTP/1.1 200 OK\r\nContent-Length: {len(body) + 40}\r\n\r\n".encode(), body)
    first = await monitor.fetch("")
    assert (ids(first), first.complete) == (["g1"], False)


async def test_a_web_page_is_a_clear_error(web: Any, monitor: RssMonitor) -> None:
    web.say("/feed", body=b"<!doctype html><title>Blocked</title>", Content_Type="text/html")
    with pytest.raises(Temporary, match="web page, not a feed"):
        await monitor.fetch("")


async def test_an_empty_feed_is_no_error(web: Any, monitor: RssMonitor) -> None:
    web.say("/feed", body=rss())
    fetched = await monitor.fetch("")
    assert (fetched.mentions, fetched.complete) == ((), True)


async def test_a_damaged_cursor_starts_anew(web: Any, monitor: RssMonitor) -> None:
    web.say("/feed", body=rss(item(1)))
    assert ids(await monitor.fetch("{damaged")) == ["g1"]


@pytest.mark.parametrize(
    ("head", "headers", "interval"),
    [
        ("", {}, 60.0),
        ("<ttl>10</ttl>", {}, 600.0),
        ("", {"Cache_Control": "max-age=120"}, 120.0),
        ("<ttl>9999</ttl>", {}, 3600.0),
        ("<ttl>soon</ttl>", {"Cache_Control": "max-age=1"}, 60.0),
    ],
)
async def test_the_feeds_own_rhythm_is_a_lower_bound_within_reason(
    web: Any, monitor: RssMonitor, head: str, headers: dict[str, str], interval: float
) -> None:
    web.say("/feed", body=rss(item(1), head=head), **headers)
    await monitor.fetch("")
    assert monitor.interval == interval


async def test_the_cursor_is_bounded(web: Any, monitor: RssMonitor) -> None:
    for start in (0, 1500, 3000):
        web.say("/feed", body=rss(*(item(number) for number in range(start, start + 1500))))
    cursor = ""
    for _ in range(3):
        cursor = (await monitor.fetch(cursor)).cursor
    assert len(cursor) < MAX_SEEN * 20 + 1000
