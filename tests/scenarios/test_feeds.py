"""Every recorded feed, real and hostile, over HTTP through the real loop and monitor."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from core.clock import SystemClock
from core.records import Fetched, Mention, Rejected, SourceState, SourceStatus
from monitors.base import PollLoop
from monitors.catalog import Context
from monitors.http import HttpClient
from monitors.rss import FeedOptions, RssMonitor

NO_FEED = "a single entry cut out of a feed, not a document with a root"
EXCEPTIONS = {
    "real/AmazonWebServicesBlogFirstEntryContent.xml": NO_FEED,
    "real/HREFConsideredHarmfulFirstEntry.xml": NO_FEED,
    "real/PaulDixExplainsNothingFirstEntryContent.xml": NO_FEED,
    "real/TechCrunchFirstEntry.xml": NO_FEED,
    "real/TechCrunchFirstEntryDescription.xml": NO_FEED,
    "real/TenderLovemakingFirstEntry.xml": NO_FEED,
}
"""Real recordings that give no entry, and why that is right."""

_HEADER = re.compile(rb"^Header:\s+Content-type:\s*(.+?)\s*$", re.I | re.M)


@dataclass
class Read:
    """What came of one feed."""

    state: SourceState | None = None
    mentions: tuple[Mention, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    complete: bool = True
    cursor: str = ""

    async def deliver(self, name: str, fetched: Fetched) -> None:
        self.mentions, self.rejected = fetched.mentions, fetched.rejected
        self.complete, self.cursor = fetched.complete, fetched.cursor

    async def report(self, state: SourceState) -> None:
        self.state = state

    async def read_cursor(self) -> str:
        return self.cursor

    @property
    def ids(self) -> list[str]:
        return [mention.native_id for mention in self.mentions]

    @property
    def outcome(self) -> str:
        """Entries, or the error, as the table shows it."""
        assert self.state is not None
        if self.state.status is not SourceStatus.OK:
            return f"{self.state.status}: {self.state.error}"
        set_aside = f", {len(self.rejected)} set aside" if self.rejected else ""
        return f"{len(self.mentions)} entries{set_aside}{'' if self.complete else ', incomplete'}"


def files(shared: Path) -> dict[str, Path]:
    folder = shared / "recordings" / "feeds"
    found = [path for path in sorted(folder.rglob("*")) if path.suffix in {".xml", ".json"}]
    return {path.relative_to(folder).as_posix(): path for path in found}


def content_type(name: str, body: bytes) -> str:
    """Return the type that a hostile recording asks for in its comment, else the usual one."""
    named = _HEADER.search(body[:2000])
    if named:
        return named[1].decode("latin-1")
    return "application/feed+json" if name.endswith(".json") else "application/xml"


def serve(feeds: dict[str, Path]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        name = request.path.lstrip("/")
        body = feeds[name].read_bytes()
        return Response(body, content_type=content_type(name, body))

    return answer


async def read(name: str, url: str, context: Context) -> Read:
    read = Read()
    monitor = RssMonitor("feed", 60.0, FeedOptions(url=url), context)
    await PollLoop(monitor, read.deliver, read.report, read.read_cursor, context.clock).poll_once()
    return read


@pytest.fixture
async def results(shared: Path, httpserver: HTTPServer) -> dict[str, tuple[Read, Read]]:
    """Every feed, read twice by a monitor that knows nothing of it."""
    feeds = files(shared)
    httpserver.expect_request(re.compile(r"/.*")).respond_with_handler(serve(feeds))
    client = HttpClient(SystemClock(), pause=0.0)
    context = Context((), client, SystemClock())
    found = {}
    for name in feeds:
        url = httpserver.url_for("/" + name)
        found[name] = (await read(name, url, context), await read(name, url, context))
    await client.close()
    return found


def entries_in(path: Path) -> int | None:
    """Count a feed's entries without our parser: ElementTree, else tags; None where that means nothing."""
    body = path.read_bytes().lstrip()
    if path.suffix == ".json":
        return len(json.loads(body)["items"])
    try:
        root = ET.fromstring(body)
    except (ET.ParseError, ValueError, LookupError):
        return len(re.findall(rb"<(?:item|entry)[\s>]", body)) if "real" in path.parts else None
    return sum(element.tag.rpartition("}")[2] in {"item", "entry"} for element in root.iter())


def show(results: dict[str, tuple[Read, Read]]) -> None:
    print(f"\n{'feed':<75} entries or clear error")
    for name, (first, _) in results.items():
        print(f"{name:<75} {first.outcome}")


def check(name: str, path: Path, first: Read, second: Read) -> None:
    # A bug in the monitor would be told as an "internal error" of the source.
    assert "internal error" not in first.outcome, name
    assert first.ids == second.ids, f"{name}: identities differ between two reads"
    assert len(set(first.ids)) == len(first.ids), name
    assert all(mention.title or mention.text for mention in first.mentions), name
    counted = entries_in(path)
    if name not in EXCEPTIONS and counted is not None:
        assert len(first.mentions) + len(first.rejected) == counted, f"{name}: entries were lost"


async def test_all_recorded_feeds(
    shared: Path, results: dict[str, tuple[Read, Read]], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        show(results)
    assert len(results) >= 390  # so many were recorded
    for name, path in files(shared).items():
        check(name, path, *results[name])
    silent = {name for name, (first, _) in results.items() if name.startswith("real/") and not first.mentions}
    assert silent == set(EXCEPTIONS)
