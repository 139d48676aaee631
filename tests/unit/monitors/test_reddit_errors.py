"""Every trouble of `reference/sources.md`, section 1, made by a real server."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from asyncprawcore.sessions import FiniteRetryStrategy

from core.errors import Permanent, Temporary
from core.records import Flag
from monitors.http import HttpClient
from monitors.reddit_api import client
from monitors.reddit_api.errors import Closed
from tests.unit.monitors.reddit_monitor import Bench, names, working
from tests.unit.monitors.reddit_server import (
    CLIENT_SECRET,
    RedditServer,
    Trouble,
    comment,
    serving,
    submission,
)

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LISTING = "/r/lamps/comments"
TOKEN = "/api/v1/access_token"
HTML = {"Content-Type": "text/html"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedditServer]:
    monkeypatch.setattr(
        FiniteRetryStrategy, "_sleep_seconds", lambda _: None
    )  # it tries again, without delay
    with serving() as found:
        found.post(comment(1, NOW))
        yield found


@pytest.fixture
async def bench(server: RedditServer, http: HttpClient) -> AsyncIterator[Bench]:
    async with working(server, http, NOW) as made:
        yield made


async def failure(bench: Bench, path: str, *troubles: Trouble) -> Exception:
    """Return what a fetch raises; afterwards the same monitor works again."""
    bench.server.troubles[path] = list(troubles)
    monitor = bench.monitor("lamps")
    with pytest.raises((Temporary, Permanent)) as caught:
        await monitor.fetch("")
    assert CLIENT_SECRET not in str(caught.value)
    assert "http://" not in str(caught.value)
    assert bench.server.troubles[path] == []
    assert names(await monitor.fetch("")) == ["t1_c1"]
    return caught.value


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 520, 522])
async def test_the_servers_own_trouble_is_temporary(bench: Bench, status: int) -> None:
    error = await failure(bench, LISTING, *[Trouble(status)] * 3)  # the library tries three times
    assert isinstance(error, Temporary)
    assert str(error) == f"Reddit is in trouble ({status})"


async def test_one_bad_answer_is_tried_again_at_once(bench: Bench, server: RedditServer) -> None:
    server.troubles[LISTING] = [Trouble(503)]
    assert names(await bench.monitor("lamps").fetch("")) == ["t1_c1"]


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "77"}, 77.0), ({}, None), ({"Retry-After": "soon"}, None)]
)
async def test_too_many_requests_names_the_pause(
    bench: Bench, headers: dict[str, str], seconds: float | None
) -> None:
    error = await failure(bench, LISTING, Trouble(429, headers=headers))
    assert isinstance(error, Temporary)
    assert (str(error), error.retry_after) == ("Reddit asks for fewer requests (429)", seconds)


async def test_an_expired_token_is_renewed_without_a_word(bench: Bench, server: RedditServer) -> None:
    server.troubles[LISTING] = [Trouble(401)]
    assert names(await bench.monitor("lamps").fetch("")) == ["t1_c1"]
    assert server.tokens == 2


@pytest.mark.parametrize(
    "headers",
    [{}, {"WWW-Authenticate": 'Bearer realm="reddit", error="invalid_token"'}, {"WWW-Authenticate": "Basic"}],
)
async def test_keys_that_are_refused_for_good_are_told(bench: Bench, headers: dict[str, str]) -> None:
    error = await failure(bench, LISTING, *[Trouble(401, headers=headers)] * 3)
    assert isinstance(error, Permanent)
    assert str(error).startswith("Reddit does not accept the keys (401); check client id and secret")


async def test_wrong_keys_are_told(bench: Bench, server: RedditServer) -> None:
    bench.environ["REDDIT_CLIENT_SECRET"] = "mistyped-secret"
    with pytest.raises(Permanent, match=r"gives no token \(401\); check client id and secret") as caught:
        await bench.monitor("lamps").fetch("")
    assert "mistyped-secret" not in str(caught.value)
    assert server.tokens == 0


@pytest.mark.parametrize(
    ("trouble", "kind", "message"),
    [
        (Trouble(403), Permanent, r"gives no token \(403\)"),
        (Trouble(404), Permanent, r"gives no token \(404\)"),
        (Trouble(200, b'{"error": "invalid_grant"}'), Permanent, "gives no token"),
        (Trouble(429, headers={"Retry-After": "9"}), Temporary, "fewer requests"),
        (Trouble(500), Temporary, r"in trouble \(500\)"),
        (Trouble(200, b"<html>", HTML), Temporary, "a page for people"),
        (Trouble(200, b'{"no": "token"}'), Temporary, "cannot be read"),
    ],
)
async def test_the_troubles_of_getting_a_token(
    bench: Bench, trouble: Trouble, kind: type[Exception], message: str
) -> None:
    error = await failure(bench, TOKEN, trouble)
    assert isinstance(error, kind)
    assert re.search(message, str(error))


@pytest.mark.parametrize(
    ("status", "headers"),
    [(403, {}), (404, {}), (302, {"Location": "/subreddits/search?q=lamps"}), (451, {})],
)
async def test_the_only_subreddit_is_closed(bench: Bench, status: int, headers: dict[str, str]) -> None:
    closed = Trouble(status, headers=headers)
    bench.server.closed = {"lamps": status}
    error = await _closed(bench, closed)
    assert str(error).startswith("the comments of r/lamps: ")
    assert f"({status})" in str(error)


async def _closed(bench: Bench, trouble: Trouble) -> Exception:
    bench.server.troubles[LISTING] = [trouble]
    with pytest.raises(Closed) as caught:
        await bench.monitor("lamps").fetch("")
    return caught.value


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        (Trouble(200, b"<html>down</html>", HTML), "a page for people instead of data (200)"),
        (Trouble(200, b'{"data": {"chil'), "broken: no JSON (200)"),
        (Trouble(200, b""), "is no listing"),
        (Trouble(204), "is no listing"),
        (Trouble(200, b"[]"), "is no listing"),
        (Trouble(200, b'{"data": {"children": {}}}'), "is no listing"),
        (Trouble(200, b"{}", {"x-ratelimit-remaining": "many"}), "cannot be read"),
        (Trouble(418), "cannot be read (418, ResponseException)"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_temporary(
    bench: Bench, trouble: Trouble, message: str
) -> None:
    error = await failure(bench, LISTING, trouble)
    assert isinstance(error, Temporary)
    assert message in str(error)


@pytest.mark.parametrize(
    "body", [b"", b'{"message": "Bad Request", "error": 400}', b"<html>", b'{"fields": []}']
)
async def test_a_request_that_reddit_cannot_read_is_for_a_person(bench: Bench, body: bytes) -> None:
    error = await failure(bench, LISTING, Trouble(400, body))
    assert isinstance(error, Permanent)
    assert str(error) == "Reddit cannot read the request (400); simplify the search, check the subreddits"


async def test_a_request_that_is_too_long_is_for_a_person(bench: Bench) -> None:
    assert isinstance(await failure(bench, LISTING, Trouble(414)), Permanent)


async def test_a_server_that_hangs_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.3)
    error = await failure(bench, LISTING, Trouble(hang=1.0))
    assert isinstance(error, Temporary)
    assert str(error) == "Reddit did not answer in time"


async def test_a_connection_that_breaks_is_temporary(bench: Bench) -> None:
    error = await failure(bench, LISTING, *[Trouble(reset=True)] * 2)  # once more by itself
    assert isinstance(error, Temporary)
    assert str(error) == "Reddit cannot be reached: it closed the connection"


async def test_a_server_that_is_not_there_is_temporary(bench: Bench) -> None:
    with pytest.raises(Temporary, match="Reddit cannot be reached: it refused the connection"):
        await bench.monitor("lamps", base_url="http://127.0.0.1:1").fetch("")


async def test_a_spent_limit_is_waited_for_by_the_loop(
    bench: Bench, server: RedditServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.3)
    server.limits = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "1000", "x-ratelimit-reset": "300"}
    with pytest.raises(Temporary, match="limit of requests is used up"):
        await bench.monitor("lamps").fetch("")  # the first answer says so, the second is not asked for
    assert len(server.asked("/r/")) == 1


async def test_a_failure_leaves_the_cursor_so_that_nothing_is_lost(
    bench: Bench, server: RedditServer
) -> None:
    monitor = bench.monitor("lamps")
    first = await monitor.fetch("")
    server.post(comment(2, NOW), submission(3, NOW))
    server.troubles["/r/lamps/new"] = [Trouble(429)]
    with pytest.raises(Temporary):
        await monitor.fetch(first.cursor)
    assert sorted(names(await monitor.fetch(first.cursor))) == ["t1_c2", "t3_s3"]


BROKEN: list[tuple[Any, str]] = [
    ("text", "no fullname"),
    ({"kind": "t1"}, "no fullname"),
    ({"kind": "t1", "data": {"name": "t9_x", "body": "acme"}}, "no fullname"),
    ({"kind": "t1", "data": {"name": "t1_x", "body": None}}, "text is missing"),
    ({"kind": "t1", "data": {"name": "t1_x", "body": " \n "}}, "no words"),
    ({"kind": "t3", "data": {"name": "t3_x", "title": 5}}, "text is missing"),
]


@pytest.mark.parametrize(("child", "reason"), BROKEN)
async def test_one_broken_item_is_set_aside_alone_and_once(
    bench: Bench, server: RedditServer, child: Any, reason: str
) -> None:
    server.answer = lambda path, _: (200, {"data": {"children": [child, comment(1, NOW)], "after": None}})  # type: ignore[method-assign, assignment]  # not only listings
    monitor = bench.monitor("lamps")
    first = await monitor.fetch("")
    assert names(first) == ["t1_c1"]
    assert [reason in item.reason for item in first.rejected] == [True]
    assert (await monitor.fetch(first.cursor)).rejected == ()


async def test_hostile_fields_do_no_harm(bench: Bench, server: RedditServer) -> None:
    server.children.clear()
    server.post(
        comment(1, NOW, "Acme\u202e<script>x()</script>\x00 \ud800fails", permalink="@evil.example/x"),
        comment(2, NOW, permalink=None, link_id="../../etc", author={"a": 1}, edited="yes"),
        comment(3, NOW, created_utc=1e300, edited=float("inf")),
        comment(4, NOW, created_utc="yesterday", edited=True),
        comment(5, NOW, created_utc=NOW.timestamp() + 9_000),
        submission(6, NOW, permalink=5),
    )
    found = {mention.native_id: mention for mention in (await bench.monitor("lamps").fetch("")).mentions}
    assert found["t1_c1"].text == "Acme fails"
    assert found["t1_c1"].url == "https://www.reddit.com/comments/5ybb9/_/c1/"
    assert (found["t1_c2"].url, found["t1_c2"].author) == ("", "")
    assert [Flag.UNDATED in found[name].flags for name in ("t1_c3", "t1_c4", "t1_c5")] == [True, True, False]
    assert Flag.FUTURE in found["t1_c5"].flags
    assert found["t3_s6"].url == "https://www.reddit.com/comments/s6/"
    assert not any(Flag.EDITED in mention.flags for mention in found.values())
