"""What a Reddit source brings: listings, restarts, floods, closed subreddits."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Permanent
from core.records import Flag
from monitors.http import HttpClient
from monitors.reddit import RedditMonitor
from tests.unit.monitors.reddit_monitor import ACME, Bench, names, working
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


async def test_a_comment_and_a_submission_become_mentions(bench: Bench, server: RedditServer) -> None:
    server.post(submission(1, NOW - HOUR), comment(2, NOW - HOUR / 2, "Acme &amp; <b>I</b> are **done**"))
    post, remark = sorted((await bench.monitor("lamps").fetch("")).mentions, key=lambda item: item.kind)[::-1]
    assert (post.native_id, post.kind, post.title) == ("t3_s1", "post", "Acme lamps, part 1")
    assert (post.text, post.author) == ("They break.", "author1")
    assert post.url == "https://www.reddit.com/r/lamps/comments/s1/acme/"
    assert (remark.native_id, remark.kind, remark.title) == ("t1_c2", "comment", "")
    assert remark.text == "Acme & I are **done**"
    assert (remark.event_at, remark.seen_at) == (NOW - HOUR / 2, NOW)
    assert remark.url == "https://www.reddit.com/r/lamps/comments/5ybb9/broken/c2/"


async def test_nothing_may_be_learned_from_anything(bench: Bench, server: RedditServer) -> None:
    server.post(submission(1, NOW), comment(2, NOW), comment(3, NOW, edited=NOW.timestamp()))
    mentions = (await bench.monitor("lamps", brand=ACME).fetch("")).mentions
    assert len(mentions) == 3
    assert all(Flag.NO_TRAINING in mention.flags for mention in mentions)
    assert RedditMonitor.may_train is False


async def test_several_subreddits_are_one_listing_each_for_comments_and_submissions(
    bench: Bench, server: RedditServer
) -> None:
    await bench.monitor("lamps", "kettles").fetch("")
    asked = [path for path, _ in server.requests]
    assert asked == ["/api/v1/access_token", "/r/lamps+kettles/comments/", "/r/lamps+kettles/new"]


async def test_only_what_is_new_comes_and_a_quiet_fetch_costs_two_requests(
    bench: Bench, server: RedditServer
) -> None:
    server.post(*(comment(number, NOW) for number in range(300)))
    first = await bench.monitor("lamps").fetch("")
    assert len(first.mentions) == 300
    server.post(comment(301, NOW))
    server.requests.clear()
    monitor = bench.monitor("lamps")
    second = await monitor.fetch(first.cursor)
    third = await monitor.fetch(second.cursor)
    assert (names(second), names(third)) == (["t1_c12d"], [])
    assert [path for path, _ in server.requests] == ["/r/lamps/comments/", "/r/lamps/new"] * 2


async def test_more_than_a_page_is_read_to_the_known_end(bench: Bench, server: RedditServer) -> None:
    monitor = bench.monitor("lamps")
    server.post(comment(0, NOW))
    first = await monitor.fetch("")
    server.post(*(comment(number, NOW) for number in range(1, 251)))
    second = await monitor.fetch(first.cursor)
    assert names(second) == [f"t1_c{number:x}" for number in range(1, 251)]  # oldest first
    assert second.complete


async def test_a_deleted_anchor_neither_hides_nor_repeats(bench: Bench, server: RedditServer) -> None:
    server.post(*(comment(number, NOW) for number in range(150)))
    first = await bench.monitor("lamps").fetch("")
    server.remove("t1_c95", "t1_c94")  # the newest two
    server.post(comment(150, NOW))
    server.requests.clear()
    second = await bench.monitor("lamps").fetch(first.cursor)
    assert names(second) == ["t1_c96"]
    assert second.complete
    assert len(server.asked("/r/lamps/comments")) == 1


async def test_an_item_out_of_order_is_not_skipped(bench: Bench, server: RedditServer) -> None:
    server.post(*(comment(number, NOW) for number in range(50)))
    first = await bench.monitor("lamps").fetch("")
    server.children.insert(7, comment(99, NOW))  # below some that are known
    assert names(await bench.monitor("lamps").fetch(first.cursor)) == ["t1_c63"]


async def test_a_flood_beyond_the_listing_is_a_possible_gap(bench: Bench, server: RedditServer) -> None:
    server.post(comment(0, NOW))
    first = await bench.monitor("lamps").fetch("")
    server.post(*(comment(number, NOW) for number in range(1, 1_301)))
    second = await bench.monitor("lamps").fetch(first.cursor)
    assert len(second.mentions) == 1_000
    assert not second.complete
    third = await bench.monitor("lamps").fetch(second.cursor)
    assert (names(third), third.complete) == ([], True)


async def test_an_item_that_vanishes_between_two_pages_is_a_possible_gap(
    bench: Bench, server: RedditServer
) -> None:
    server.post(*(comment(number, NOW) for number in range(5)))
    monitor = bench.monitor("lamps")
    first = await monitor.fetch("")
    server.children.clear()
    server.post(*(comment(number, NOW) for number in range(100, 400)))
    usual = server.answer

    def vanishing(path: str, params: dict[str, str]) -> tuple[int, object]:
        given = usual(path, params)
        server.children = [child for child in server.children if child["data"]["name"] != "t1_c12c"]
        return given

    server.answer = vanishing  # type: ignore[method-assign, assignment]  # the last of page one goes
    second = await monitor.fetch(first.cursor)
    assert len(second.mentions) == 100
    assert not second.complete


async def test_the_search_finds_submissions_of_all_of_reddit(bench: Bench, server: RedditServer) -> None:
    server.post(submission(1, NOW), submission(2, NOW, "About kettles", subreddit="kettles"), comment(3, NOW))
    found = await bench.monitor().fetch("")
    assert names(found) == ["t3_s1"]
    (asked,) = server.asked("/r/all/search")
    assert (asked["q"], asked["sort"], asked["restrict_sr"]) == ('"Acme"', "new", "false")


async def test_what_two_listings_show_comes_once(bench: Bench, server: RedditServer) -> None:
    server.post(submission(1, NOW))
    monitor = bench.monitor("lamps", brand=ACME, search="acme")
    first = await monitor.fetch("")
    assert names(first) == ["t3_s1"]
    server.post(submission(2, NOW))
    assert names(await monitor.fetch(first.cursor)) == ["t3_s2"]


@pytest.mark.parametrize("status", [403, 404, 302, 451])
async def test_one_closed_subreddit_does_not_hide_the_others(
    bench: Bench, server: RedditServer, status: int
) -> None:
    server.post(comment(1, NOW))
    server.closed = {"secret": status}
    monitor = bench.monitor("secret", "lamps", "kettles")
    first = await monitor.fetch("")
    assert names(first) == ["t1_c1"]
    assert [item.where for item in first.rejected] == ["r/secret"]
    server.requests.clear()
    second = await monitor.fetch(first.cursor)
    assert [path for path, _ in server.requests] == ["/r/lamps+kettles/comments/", "/r/lamps+kettles/new"]
    assert second.rejected == ()
    server.closed.clear()
    server.post(comment(2, NOW, subreddit="secret"))
    bench.clock.move(HOUR)
    assert names(await monitor.fetch(second.cursor)) == ["t1_c2"]


async def test_when_all_subreddits_are_closed_the_source_says_so(bench: Bench, server: RedditServer) -> None:
    server.closed = {"lamps": 403, "kettles": 404}
    with pytest.raises(Permanent, match=r"r/lamps\+kettles: private.*\(403\)"):
        await bench.monitor("lamps", "kettles").fetch("")


async def test_a_cursor_that_cannot_be_read_starts_anew(bench: Bench, server: RedditServer) -> None:
    server.post(comment(1, NOW))
    assert names(await bench.monitor("lamps").fetch("{nonsense")) == ["t1_c1"]
