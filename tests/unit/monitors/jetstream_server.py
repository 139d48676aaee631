"""A Jetstream server that says what it is told, and synthetic frames for it.

The frames are built from the documented shapes (jetstream, `docs/README.md`, section 5). Recorded ones of
version 1 are played in `test_bluesky_recording.py`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from core.config import SourceConfig
from core.records import EPOCH, Fetched, Mention
from monitors.bluesky import BlueskyMonitor
from monitors.catalog import Context, build

DID = "did:plc:abcdefghijklmnopqrstuvwx"
V1_PATH = "/subscribe"
V2_PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"
HANG = "hang"
BREAK = "break"
Frame = str | bytes


def micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


@dataclass
class Jetstream:
    """A server that plays a script on each connection, the last one again and again, and keeps the requests.

    A script is a list of frames, `HANG` (says nothing more) and `BREAK` (drops the line), or an HTTP status
    with a body in the place of the upgrade.
    """

    url: str = ""
    scripts: list[Sequence[Frame] | tuple[int, bytes]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    received: list[object] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has gone and all that it sent is in `received`."""
    headers: dict[str, str] = field(default_factory=dict)

    def refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        self.requests.append((parts.path, parse_qs(parts.query)))
        script = self.scripts[0]
        if not isinstance(script, tuple):
            return None
        self._next()
        response = connection.respond(HTTPStatus(script[0]), "")
        headers = response.headers
        del headers["Content-Length"]
        headers["Content-Length"] = str(len(script[1]))
        for name, value in self.headers.items():
            headers[name] = value
        return Response(script[0], "no", headers, script[1])

    def _next(self) -> Sequence[Frame] | tuple[int, bytes]:
        return self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]

    async def play(self, connection: ServerConnection) -> None:
        script = self._next()
        for act in script:
            if act == HANG:
                async for message in connection:
                    self.received.append(message)
                self.left.set()
            elif act == BREAK:
                connection.transport.abort()
            else:
                await connection.send(act)  # type: ignore[arg-type] # a tuple, an answer, never comes here


@asynccontextmanager
async def serving() -> AsyncIterator[Jetstream]:
    """Give a server that runs."""
    found = Jetstream()
    async with serve(
        found.play, "127.0.0.1", 0, process_request=found.refuse, compression=None, max_size=None
    ) as server:
        found.url = f"ws://127.0.0.1:{port_of(server)}"
        yield found


def port_of(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])


class Make:
    """Builds monitors that read a server."""

    def __init__(self, jetstream: Jetstream, context: Context) -> None:
        self._url = jetstream.url
        self._context = context

    def __call__(self, version: int = 2, **options: object) -> BlueskyMonitor:
        given = {"version": version, "base_url": self._url, **options}
        built = build(SourceConfig(kind="bluesky", name="bsky", options=given), self._context)
        assert isinstance(built, BlueskyMonitor)
        return built


async def read(monitor: BlueskyMonitor, cursor: str = "") -> list[Fetched]:
    """Return all of one connection; it has to end well."""
    return [fetched async for fetched in monitor.stream(cursor)]


def mentions(fetched: Sequence[Fetched]) -> list[Mention]:
    return [mention for part in fetched for mention in part.mentions]


def reasons(fetched: Sequence[Fetched]) -> list[str]:
    return [rejected.reason for part in fetched for rejected in part.rejected]


def v2(number: object, text: str | None = "hello acme", operation: str = "create", **changes: object) -> str:
    """A synthetic frame of version 2; `changes` replace fields of its payload."""
    payload: dict[str, Any] = {
        "$type": "network.bsky.jetstream.subscribeEvents#commit",
        "seq": number,
        "did": DID,
        "time": (datetime.now(UTC) - timedelta(seconds=3)).isoformat().replace("+00:00", "Z"),
        "rev": "3l3qo2vutsw2b",
        "operation": operation,
        "collection": "app.bsky.feed.post",
        "rkey": f"r{number}",
    }
    if operation != "delete":
        now = datetime.now(UTC).isoformat()
        payload |= {"cid": "bafy", "record": {"text": text, "langs": ["en"], "createdAt": now}}
    return json.dumps({"$type": "message", "payload": payload | changes})


def account(number: int, **changes: object) -> str:
    """A synthetic frame of version 2: something happened to an account."""
    event = {"seq": 9, "did": DID, "time": datetime.now(UTC).isoformat()} | changes
    payload = {"$type": "network.bsky.jetstream.subscribeEvents#account", "account": event}
    return json.dumps(
        {"$type": "message", "payload": payload | {"seq": number, "did": DID, "time": event["time"]}}
    )


def info(name: str) -> str:
    payload = {"$type": "network.bsky.jetstream.subscribeEvents#info", "name": name, "message": "…"}
    return json.dumps({"$type": "message", "payload": payload})


def v1(at: datetime, number: int, text: str = "hello acme", **changes: object) -> str:
    commit = {
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": f"r{number}",
        "record": {"text": text},
    }
    return json.dumps({"did": DID, "time_us": micros(at), "kind": "commit", "commit": commit | changes})
