"""Bluesky through the whole product: a line that drops, a process that is killed, every post stored."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from core.query.tokens import SIGILS, tokens
from core.records import EPOCH, Flag
from monitors.bluesky_post import post_text
from storage import open_store

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower

ROUNDS = 30
"""How often the 152 recorded lines are played, each time by other authors."""
POSTS = 17
"""Posts created in them."""
Line = dict[str, Any]


class Jetstream:
    """A server of version 1 with a memory: it plays its lines from the cursor on, one after the other."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.cursors: list[int] = []
        self.limits = [1_500, 1_500]
        """Lines that the first connections play; then the first is cut, the second falls silent."""
        self._server = serve(self._play, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _play(self, connection: ServerConnection) -> None:
        assert connection.request
        query = parse_qs(urlsplit(connection.request.path).query)
        cursor = int(query.get("cursor", ["0"])[0])
        self.cursors.append(cursor)
        limit = self.limits.pop(0) if self.limits else None
        for line in [line for line in self.lines if line["time_us"] >= cursor][:limit]:
            try:
                connection.send(json.dumps(line))
            except ConnectionClosed:
                return
        if len(self.cursors) == 1:
            connection.socket.close()
        for _ in connection:
            pass

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture
def jetstream() -> Iterator[Jetstream]:
    server = Jetstream()
    yield server
    server.close()


def _now() -> int:
    return (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1)


def _played(shared: Path) -> list[Line]:
    """Return the recording, `ROUNDS` times, two seconds apart, until now."""
    recording = (shared / "recordings/bluesky/jetstream_v1.jsonl").read_text().splitlines()
    newest = max(json.loads(line)["time_us"] for line in recording)
    lines = []
    for number in range(ROUNDS):
        for text in recording:
            line = json.loads(text)
            line["time_us"] += _now() - newest - 2_000_000 * (ROUNDS - 1 - number)
            line["did"] = f"did:plc:round{number}{line['did'][13:]}"
            if "record" in line.get("commit", {}):
                line["commit"]["record"]["createdAt"] = datetime.now(UTC).isoformat()
            lines.append(line)
    return lines


def _created(lines: list[Line]) -> dict[str, Line]:
    """Return the posts that were created, by at-uri: counted at the source."""
    commits = [(line, line["commit"]) for line in lines if line["kind"] == "commit"]
    return {
        f"at://{line['did']}/app.bsky.feed.post/{commit['rkey']}": line
        for line, commit in commits
        if (commit["collection"], commit["operation"]) == ("app.bsky.feed.post", "create")
    }


def _query(posts: dict[str, Line]) -> str:
    """Return a query that every post meets: a word of each."""
    texts = (post_text(line["commit"]["record"]) for line in posts.values())
    words = {next(word for word in tokens(text) if word not in SIGILS | set("&+")) for text in texts}
    return " OR ".join(f'"{word}"' for word in sorted(words))


def _revision(post: Line, operation: str, **commit: object) -> Line:
    commit = {**post["commit"], "operation": operation, **commit}
    return {**post, "time_us": _now(), "commit": commit}


def test_every_post_is_stored_once_though_the_line_drops_and_the_process_is_killed(
    shared: Path, jetstream: Jetstream, firetower: "Firetower", tmp_path: Path, free_port: int, wait: Any
) -> None:
    jetstream.lines = _played(shared)
    posts = _created(jetstream.lines)
    assert len(posts) == ROUNDS * POSTS
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "firetower.toml").write_text(
        f"[board]\nport = {free_port}\n"
        f"[[brand]]\nname = \"All\"\nquery = '{_query(posts)}'\n"
        f'[[source]]\nkind = "bluesky"\nname = "bsky"\nversion = 1\nbase_url = "{jetstream.url}"\n',
        encoding="utf-8",
    )
    process = firetower.start("run", "--workspace", str(workspace))
    wait("the database", (workspace / "firetower.db").exists, 60)
    store = open_store(f"sqlite:///{workspace}/firetower.db")
    wait("a second connection", lambda: len(jetstream.cursors) == 2, 120)
    wait("something to lose", lambda: store.count_mentions() > ROUNDS, 60)
    process.kill()
    process.wait()
    killed_with = store.count_mentions()

    first, *_, last = posts
    edited = {"text": "edited afterwards", "langs": ["en"]}
    jetstream.lines.append(_revision(posts[first], "update", record=edited))
    jetstream.lines.append(_revision(posts[last], "delete", record=None))
    firetower.start("run", "--workspace", str(workspace))
    wait("every post", lambda: store.count_mentions() == len(posts), 180)
    wait("the edit", lambda: _texts(store)[first] == "edited afterwards", 60)
    wait("the deletion", lambda: _texts(store)[last] == "", 60)

    assert 0 < killed_with < len(posts)
    assert _texts(store).keys() == posts.keys()
    assert [total.mentions for total in store.totals()] == [len(posts)]
    assert jetstream.cursors[0] == 0
    assert all(cursor > 0 for cursor in jetstream.cursors[1:]), "resumed, never started anew"
    [state] = store.sources()
    assert (state.completeness, state.rejected) == (1.0, 0)
    flags = {row.mention.native_id: row.mention.flags for row in store.mentions(1_000)}
    assert flags[first] & Flag.EDITED
    assert flags[last] & Flag.DELETED
    store.close()


def _texts(store: Any) -> dict[str, str]:
    return {row.mention.native_id: row.mention.text for row in store.mentions(1_000)}
