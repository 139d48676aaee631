"""Local servers that give real recordings as the services would, their dates moved to now.

Each holds back what is not published yet, and remembers what it gave away.
"""

import asyncio
import html
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.unit.monitors.reddit_server import Child, RedditServer, recorded, subreddits

ASKED = re.compile(r"\b(?:the|and)\b", re.IGNORECASE)
"""What the brand's query asks for, found in the raw texts without any of the product's code."""
POST = "app.bsky.feed.post"
ROUNDS = 20
"""How often the few recorded posts of Bluesky are told, each time by other authors."""
THINGS = 500
"""Of the 3,000 recorded comments and submissions of Reddit."""
Json = dict[str, Any]


def matches(*texts: object) -> bool:
    """Tell whether the words of raw texts, HTML or not, hold what the brand asks for."""
    raw = html.unescape(" ".join(str(text) for text in texts if text))
    return bool(ASKED.search(html.unescape(re.sub(r"<[^>]*>", " ", raw))))


class Source:
    """Something recorded that is published in two halves."""

    def __init__(self, items: Sequence[Any]) -> None:
        self.items = list(items)
        self.published = 0

    def publish(self, share: float) -> None:
        """Make a share of everything visible."""
        self.published = round(len(self.items) * share)

    @property
    def visible(self) -> list[Any]:
        """What a client may be shown."""
        return self.items[: self.published]

    def wanted(self) -> set[str]:
        """Return the native ids of what was published and should be stored."""
        raise NotImplementedError


class HackerNews(Source):
    """Algolia's search over recorded stories and comments."""

    def __init__(self, shared: Path, now: datetime) -> None:
        replies = json.loads((shared / "recordings/hacker_news/algolia_replies.json").read_text("utf-8"))
        hits = {hit["objectID"]: hit for reply in replies for hit in reply["reply"].get("hits", ())}
        found = [hit for hit in hits.values() if {"story", "comment"}.intersection(hit["_tags"])]
        super().__init__([_dated(hit, now - timedelta(minutes=20 - n)) for n, hit in enumerate(found)])

    def answer(self, asked: Mapping[str, str]) -> object:
        spans = re.findall(r"created_at_i(>=|<)(\d+)", asked["numericFilters"])
        found = [hit for hit in self.visible if matches(*_words(hit))]
        inside = [
            hit for hit in found if all((hit["created_at_i"] >= int(at)) is (s == ">=") for s, at in spans)
        ]
        size, page = int(asked["hitsPerPage"]), int(asked["page"])
        return {"hits": inside[page * size : (page + 1) * size], "nbHits": len(inside)}

    def wanted(self) -> set[str]:
        return {hit["objectID"] for hit in self.visible if matches(*_words(hit))}


def _dated(hit: Json, at: datetime) -> Json:
    return hit | {"created_at_i": int(at.timestamp()), "created_at": at.isoformat()}


def _words(hit: Json) -> tuple[object, ...]:
    return hit.get("title"), hit.get("comment_text") or hit.get("story_text")


class Mastodon(Source):
    """A tag timeline of recorded statuses."""

    def __init__(self, shared: Path, now: datetime) -> None:
        lines = (shared / "recordings/mastodon/statuses.jsonl").read_text("utf-8").splitlines()
        statuses = [json.loads(line) for line in lines]
        super().__init__([self._dated(n, status, now) for n, status in enumerate(statuses)])

    @staticmethod
    def _dated(number: int, status: Json, now: datetime) -> Json:
        """Give it a time and the id that follows from it, as Mastodon makes it."""
        at = now - timedelta(minutes=10) + timedelta(seconds=number)
        text = f"{status['content']}<p>The status {number}</p>"
        name = str((int(at.timestamp() * 1000) << 16) + number)
        return status | {"id": name, "created_at": at.isoformat(), "content": text, "edited_at": None}

    def answer(self, asked: Mapping[str, str]) -> object:
        after, limit = int(asked.get("min_id", 0)), int(asked["limit"])
        found = [status for status in self.visible if int(status["id"]) > after]
        return (found[:limit] if "min_id" in asked else found[-limit:])[::-1]

    def wanted(self) -> set[str]:
        public = [status for status in self.visible if status["visibility"] == "public"]
        return {status["uri"] for status in public if matches(status["content"], status["spoiler_text"])}


class AppStore(Source):
    """Recorded reviews of one app, newest first; all of them are about the brand."""

    def __init__(self, shared: Path, shift: Callable[[bytes, datetime], bytes], now: datetime) -> None:
        page = shift((shared / "recordings/app_store/reviews_page.xml").read_bytes(), now).decode()
        self._head, _, rest = page.partition("<entry>")
        super().__init__([f"<entry>{entry}" for entry in rest.removesuffix("</feed>").split("<entry>")][::-1])

    def answer(self) -> bytes:
        entries = "".join(self.visible[::-1]).replace("</feed>", "")
        return f"{self._head}{entries}</feed>".encode()

    def wanted(self) -> set[str]:
        return {re.findall(r"<id>(\d+)</id>", entry)[0] for entry in self.visible}


class Reddit(Source):
    """Recorded comments and submissions, on a server of their own."""

    def __init__(self, shared: Path, now: datetime) -> None:
        children = recorded(shared, now)
        self.places = subreddits(children, 100)
        inside = [child for child in children if child["data"]["subreddit"] in self.places]
        super().__init__([_in_its_minute(n, child, now) for n, child in enumerate(inside[-THINGS:])])
        self.server = RedditServer()

    def publish(self, share: float) -> None:
        before = self.published
        super().publish(share)
        self.server.post(*self.items[before : self.published])

    def wanted(self) -> set[str]:
        return {child["data"]["name"] for child in self.visible if self._is_wanted(child)}

    @staticmethod
    def _is_wanted(child: Child) -> bool:
        data = child["data"]
        words = (data.get("title"), data.get("selftext"), data.get("body"))
        gone = {"[deleted]", "[removed]"}.intersection(map(str, words)) or data.get("removed_by_category")
        return not gone and matches(*words)


def _in_its_minute(number: int, child: Child, now: datetime) -> Child:
    """Move an item into the last hours; the recorded ones lie years apart, and what is old is not kept."""
    at = now - timedelta(minutes=THINGS - number)
    return child | {"data": child["data"] | {"created_utc": at.timestamp()}}


class Jetstream(Source):
    """Recorded events of Bluesky over a websocket: live ones, and those after a cursor again."""

    def __init__(self, shared: Path) -> None:
        lines = (shared / "recordings/bluesky/jetstream_v1.jsonl").read_text("utf-8").splitlines()
        events = [json.loads(line) for line in lines]
        super().__init__([_told(number, event) for number in range(ROUNDS) for event in events])
        self.connections = 0
        self.url = ""
        self._sent: list[Json] = []
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True).start()
        assert self._ready.wait(10)

    def publish(self, share: float) -> None:
        """Send events to those who are connected, with the time of this moment."""
        before = self.published
        super().publish(share)
        start = int(datetime.now(UTC).timestamp() * 1e6)
        for number, event in enumerate(self.items[before : self.published]):
            self._sent.append(_timed(event, start + number))

    async def _serve(self) -> None:
        async with serve(self._play, "127.0.0.1", 0, compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.url = f"ws://127.0.0.1:{port}"
            self._ready.set()
            await asyncio.Event().wait()

    async def _play(self, connection: ServerConnection) -> None:
        assert connection.request
        given = parse_qs(urlsplit(connection.request.path).query)
        cursor = int(given.get("cursor", ["0"])[0])
        at = next(
            (n for n, event in enumerate(self._sent) if event["time_us"] >= cursor > 0), len(self._sent)
        )
        self.connections += 1
        with suppress(ConnectionClosed):  # the other side was killed
            while True:
                for event in self._sent[at:]:
                    await connection.send(json.dumps(event))
                    at += 1
                await asyncio.sleep(0.05)

    def wanted(self) -> set[str]:
        posts = [event for event in self.visible if event.get("commit", {}).get("collection") == POST]
        created = [event for event in posts if event["commit"]["operation"] == "create"]
        return {_at_uri(event) for event in created if matches(_post_words(event["commit"]["record"]))}


def _told(number: int, event: Json) -> Json:
    return event | {"did": f"did:plc:round{number:02d}{event['did'][15:]}"}


def _timed(event: Json, time_us: int) -> Json:
    told = json.loads(json.dumps(event)) | {"time_us": time_us}
    if "createdAt" in told.get("commit", {}).get("record", {}):
        told["commit"]["record"]["createdAt"] = datetime.now(UTC).isoformat()
    return dict(told)


def _at_uri(event: Json) -> str:
    return f"at://{event['did']}/{POST}/{event['commit']['rkey']}"


def _post_words(record: Json) -> str:
    """Return the words of a post: its own, its link card's, its pictures'."""
    embed = record.get("embed", {})
    card = embed.get("external", {}) | embed.get("media", {}).get("external", {})
    pictures = [*embed.get("images", ()), *embed.get("media", {}).get("images", ())]
    shown = [card.get("title"), card.get("description"), *(picture.get("alt") for picture in pictures)]
    return " ".join(str(part) for part in (record.get("text"), *shown) if part)
