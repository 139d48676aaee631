"""Bluesky, when frames are garbage and servers refuse: each costs itself alone."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from core.errors import Permanent, Temporary
from core.records import Fetched
from monitors.bluesky import BlueskyMonitor
from monitors.catalog import Context
from monitors.jetstream import MAX_FRAME
from monitors.jetstream_client import MAX_RECEIVED
from tests.unit.monitors.jetstream_server import (
    BREAK,
    DID,
    HANG,
    Frame,
    Jetstream,
    Make,
    account,
    mentions,
    micros,
    read,
    reasons,
    serving,
    v1,
    v2,
)


@pytest.fixture
async def jetstream() -> AsyncIterator[Jetstream]:
    async with serving() as found:
        yield found


@pytest.fixture
def monitor(jetstream: Jetstream, context: Context) -> Make:
    return Make(jetstream, context)


GARBAGE: list[Frame] = [
    "",
    "not json",
    "[1, 2]",
    "null",
    "[" * 50_000,
    '{"$type": "message"}',
    '{"$type": "message", "payload": 7}',
    '{"$type": "message", "payload": {"seq": 1}}',
    b"\x28\xb5\x2f\xfd\x00binary",
    b"\xff\xfe\x00",
    v2(0),
    v2(-4),
    v2(1, seq="5"),
    v2(1, seq=True),
    v2(1, seq=10**15),
    v2(1, seq=1.5),
    v2(2, did=None),
    v2(2, did="did:plc:../../etc"),
    v2(2, rkey="a/b"),
    v2(2, rkey="<script>"),
    v2(2, record="text"),
    v2(2, record=None),
    v2(2, record={"text": {"a": 1}}),
    v2(2, time="soon"),
    v2(2, time="2026-01-01T00:00:00"),
    v2(2, time="0001-01-01T00:00:00+23:59"),
    v2(2, time=5),
    '"' + "x" * (MAX_FRAME + 1) + '"',
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=[str(frame)[:40] for frame in GARBAGE])
async def test_one_bad_frame_costs_itself_alone(jetstream: Jetstream, monitor: Make, garbage: Frame) -> None:
    jetstream.scripts = [[v2(1, "before"), garbage, v2(9, "after")]]
    fetched = await read(monitor())
    assert [mention.text for mention in mentions(fetched)] == ["before", "after"]
    assert len(reasons(fetched)) == 1
    assert len(reasons(fetched)[0]) <= 200
    assert all(part.complete for part in fetched)


@pytest.mark.parametrize(
    "garbage",
    [
        '{"did": "x"}',
        json.dumps({"did": DID, "time_us": "5", "kind": "commit"}),
        json.dumps({"did": DID, "time_us": 5, "kind": "commit"}),
        json.dumps({"did": DID, "time_us": 10**18, "kind": "commit"}),
        v1(datetime.now(UTC), 1, rkey=None),
        json.dumps({"did": DID, "time_us": micros(datetime.now(UTC)), "kind": "commit", "commit": []}),
    ],
)
async def test_one_bad_frame_of_version_1_costs_itself_alone(
    jetstream: Jetstream, monitor: Make, garbage: str
) -> None:
    now = datetime.now(UTC)
    jetstream.scripts = [[v1(now, 1, "before"), garbage, v1(now, 2, "after")]]
    fetched = await read(monitor(1))
    assert [mention.text for mention in mentions(fetched)] == ["before", "after"]
    assert len(reasons(fetched)) == 1


@pytest.mark.parametrize(
    "other",
    [
        v2(5, collection="app.bsky.feed.like"),
        v2(5, operation="vanish"),
        account(5, active=True),
        account(5, active=False, status="deactivated"),
        account(5, active=False, status="suspended"),
        account(5, active=False, status=["deleted"]),
        v2(5, **{"$type": "network.bsky.jetstream.subscribeEvents#brandnew"}),
    ],
)
async def test_what_is_no_post_is_a_sign_of_life(jetstream: Jetstream, monitor: Make, other: str) -> None:
    jetstream.scripts = [[other]]
    assert await read(monitor()) == [Fetched(cursor="5")]


async def test_a_frame_too_large_to_receive_is_left_behind(jetstream: Jetstream, monitor: Make) -> None:
    """Resuming before it would meet it again, for ever."""
    jetstream.scripts = [[v2(1), b"x" * (MAX_RECEIVED + 1), HANG], [v2(30), v2(31)]]
    source = monitor()
    with pytest.raises(Temporary, match="1009"):
        await read(source)
    fetched = await read(source, "1")
    assert "cursor" not in jetstream.requests[1][1]
    assert [(part.complete, len(part.mentions)) for part in fetched] == [(False, 1), (True, 1)]
    await read(source, "31")
    assert jetstream.requests[2][1]["cursor"] == ["31"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_server_in_trouble_is_tried_again(jetstream: Jetstream, monitor: Make, status: int) -> None:
    jetstream.scripts = [(status, b"<html>down</html>")]
    jetstream.headers = {"Retry-After": "120"}
    with pytest.raises(Temporary, match=rf"127\.0\.0\.1:\d+ answers {status}") as caught:
        await read(monitor())
    assert caught.value.retry_after == 120.0


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((400, b'{"error": "InvalidRequest", "message": "x"}'), "answers 400 InvalidRequest"),
        ((401, b""), "answers 401"),
        ((404, b"not found"), "answers 404: it may not speak this version"),
        ((400, b'{"error": ["x"]}'), "answers 400$"),
        ((400, b'{"error": "<script>"}'), "answers 400$"),
    ],
)
async def test_a_refusal_is_for_a_person_to_mend(
    jetstream: Jetstream, monitor: Make, answer: tuple[int, bytes], message: str
) -> None:
    jetstream.scripts = [answer]
    with pytest.raises(Permanent, match=message):
        await read(monitor(), "5")


async def test_a_server_that_forgets_twice_is_tried_again_later(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [(400, b'{"error": "CursorTooOld"}')]
    with pytest.raises(Temporary, match="no longer has"):
        await read(monitor(), "5")


async def test_a_line_that_drops_is_temporary(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [[v2(1), BREAK]]
    with pytest.raises(Temporary, match=r"127\.0\.0\.1:\d+ broke off"):
        await read(monitor())


async def test_nobody_there_is_temporary(context: Context) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"ws://me:pw@127.0.0.1:{unused.getsockname()[1]}"
        options = BlueskyMonitor.Options(base_url=url)
        refused = r"127\.0\.0\.1:\d+ cannot be reached: it refused the connection"
        with pytest.raises(Temporary, match=refused) as caught:
            await read(BlueskyMonitor("bsky", 45.0, options, context))
    assert "pw" not in str(caught.value)


async def test_a_web_server_that_is_no_websocket_is_temporary(context: Context) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(Temporary, match="cannot be reached"):
        await read(BlueskyMonitor("bsky", 45.0, BlueskyMonitor.Options(base_url=url), context))
    server.close()
