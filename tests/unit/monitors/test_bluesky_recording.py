"""Bluesky from the wire to what is delivered, through the stream loop: played from a real recording."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve

from core.clock import SystemClock
from core.records import EPOCH, Fetched, Mention, SourceState, SourceStatus
from monitors.bluesky import BlueskyMonitor
from monitors.catalog import Context
from monitors.stream import StreamLoop


def micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _port(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])


@dataclass
class Archive:
    """A server of version 1 with a memory: it plays a recording from the cursor on, as the real one does."""

    lines: list[tuple[int, str]]
    drop_after: list[int]
    """For each connection to come: frames after which the line is cut."""
    url: str = ""
    cursors: list[int] = field(default_factory=list)

    async def play(self, connection: ServerConnection) -> None:
        assert connection.request
        given = parse_qs(urlsplit(connection.request.path).query)
        assert given["wantedCollections"] == ["app.bsky.feed.post"]
        cursor = int(given.get("cursor", ["0"])[0])
        self.cursors.append(cursor)
        left = self.drop_after.pop(0) if self.drop_after else None
        for number, line in enumerate(line for time_us, line in self.lines if time_us >= cursor):
            if number == left:
                connection.transport.abort()
                return
            await connection.send(line)
        async for _ in connection:
            pass


def recorded(shared: Path) -> list[tuple[int, str]]:
    """Return 30 rounds of the recording, one every two seconds until now, all by other authors."""
    lines = (shared / "recordings" / "bluesky" / "jetstream_v1.jsonl").read_text().splitlines()
    newest = max(json.loads(line)["time_us"] for line in lines)
    made = []
    for number in range(30):
        shift = micros(datetime.now(UTC)) - newest - 2_000_000 * (29 - number)
        for line in lines:
            data = json.loads(line)
            data["time_us"] += shift
            data["did"] = f"did:plc:round{number}{data['did'][13:]}"
            if "createdAt" in data.get("commit", {}).get("record", {}):
                data["commit"]["record"]["createdAt"] = datetime.now(UTC).isoformat()
            made.append((data["time_us"], json.dumps(data)))
    return made


def sent(lines: list[tuple[int, str]], operation: str) -> set[str]:
    """Return the at-uris of posts with that operation, counted at the source."""
    found = set()
    for _, line in lines:
        data = json.loads(line)
        commit = data.get("commit", {})
        if (commit.get("collection"), commit.get("operation")) == ("app.bsky.feed.post", operation):
            found.add(f"at://{data['did']}/app.bsky.feed.post/{commit['rkey']}")
    return found


class Desk:
    """Keeps what is delivered, by id, and the cursor with it."""

    def __init__(self) -> None:
        self.cursor = ""
        self.mentions: dict[str, Mention] = {}
        self.deleted: set[str] = set()
        self.states: list[SourceState] = []
        self.incomplete = 0

    async def deliver(self, _: str, fetched: Fetched) -> None:
        self.mentions |= {mention.native_id: mention for mention in fetched.mentions}
        self.deleted |= set(fetched.deleted)
        self.incomplete += not fetched.complete
        self.cursor = fetched.cursor

    async def report(self, state: SourceState) -> None:
        self.states.append(state)

    async def read_cursor(self) -> str:
        return self.cursor


async def run_until(loop: StreamLoop, condition: Callable[[], bool]) -> None:
    task = asyncio.create_task(loop.run())
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_nothing_recorded_is_lost_when_the_line_drops_and_when_we_are_stopped(
    shared: Path, context: Context
) -> None:
    archive = Archive(recorded(shared), drop_after=[1500, 900, 1200])
    created, deleted = sent(archive.lines, "create"), sent(archive.lines, "delete")
    desk = Desk()
    async with serve(archive.play, "127.0.0.1", 0) as server:
        options = BlueskyMonitor.Options(version=1, base_url=f"ws://127.0.0.1:{_port(server)}")

        def loop() -> StreamLoop:
            source = BlueskyMonitor("bsky", 45.0, options, context)
            return StreamLoop(source, desk.deliver, desk.report, desk.read_cursor, SystemClock())

        await run_until(loop(), lambda: len(archive.cursors) == 2 and len(desk.mentions) > 200)
        stopped_with = len(desk.mentions)
        await run_until(loop(), lambda: len(desk.mentions) == len(created))
    assert stopped_with < len(created) == 30 * 17
    assert desk.mentions.keys() == created
    assert desk.deleted == deleted
    assert len(archive.cursors) >= 3
    assert archive.cursors[0] == 0
    assert all(cursor > 0 for cursor in archive.cursors[1:])
    assert desk.incomplete == 0
    assert desk.states[-1].rejected == 0


async def test_a_server_that_goes_silent_is_left_and_met_again(context: Context) -> None:
    asked = []

    async def play(connection: ServerConnection) -> None:
        assert connection.request
        asked.append(parse_qs(urlsplit(connection.request.path).query).get("cursor"))
        for number in range(len(asked)):
            await connection.send(line(start + number, number))
        async for _ in connection:
            pass

    start = micros(datetime.now(UTC)) - 1_000_000
    async with serve(play, "127.0.0.1", 0) as server:
        options = BlueskyMonitor.Options(version=1, base_url=f"ws://127.0.0.1:{_port(server)}")
        source, desk = BlueskyMonitor("bsky", 45.0, options, context), Desk()
        source.silence = 1.0
        loop = StreamLoop(source, desk.deliver, desk.report, desk.read_cursor, SystemClock())
        await run_until(loop, lambda: len(desk.mentions) == 2)
    assert asked[:2] == [None, [str(start - 5_000_000)]]
    assert any("counts as dead" in state.error for state in desk.states)
    assert desk.states[-1].status is SourceStatus.OK


def line(time_us: int, number: int) -> str:
    commit = {
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": f"r{number}",
        "record": {"text": "hello"},
    }
    return json.dumps({"did": "did:plc:x", "time_us": time_us, "kind": "commit", "commit": commit})
