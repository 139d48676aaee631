"""A real HTTP server on loopback that answers exactly the bytes it is told, and monitors beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.config import BrandConfig
from core.ports import Clock, Monitor, Skimmer
from core.query import Matcher, parse
from core.records import SourceState
from models.score import open_scorer
from monitors.base import PollLoop
from monitors.catalog import Context
from monitors.http import HttpClient
from pipeline.coverage import Coverage
from pipeline.detection import Detection
from pipeline.flow import Flow
from pipeline.scoring import BrandScorer
from pipeline.watch import open_watch
from storage import open_log, open_store


@dataclass
class Web:
    """Answers by path, in turn; the last one is repeated. A number in an answer is a pause in seconds."""

    url: str = ""
    answers: dict[str, list[tuple[bytes | float, ...]]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def say(self, path: str, status: str = "200 OK", body: bytes = b"", **headers: str) -> str:
        """Add an ordinary answer; `Last_Modified="…"` becomes that header. Return the whole address."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return self.write(path, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def write(self, path: str, *parts: bytes | float) -> str:
        """Add an answer byte by byte; nothing at all closes the connection."""
        self.answers.setdefault(path, []).append(parts)
        return self.url + path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1].partition("?")[0]
        self.requests.append((path, dict(line.lower().split(": ", 1) for line in head[1:] if line)))
        answers = self.answers[path]
        for part in answers.pop(0) if len(answers) > 1 else answers[0]:
            if isinstance(part, bytes):
                writer.write(part)
            else:
                await asyncio.sleep(part)
        writer.close()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    found = Web()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield found
    server.close()


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    client = HttpClient(SystemClock(), "ops@brand.example", pause=0.0, timeout=2.0, max_body=1_000_000)
    yield client
    await client.close()


@pytest.fixture
def context(http: HttpClient) -> Context:
    return Context((BrandConfig(name="Acme"),), http, SystemClock())


@pytest.fixture(scope="session")
def scorer() -> Skimmer:
    return BrandScorer(open_scorer(), ())


class Chain:
    """Polls a source into a real workspace, as `run` does; opened again it is the process after a kill."""

    def __init__(self, folder: Path, scorer: Skimmer, clock: Clock, **queries: str) -> None:
        url = f"sqlite:///{folder}/firetower.db"
        self.store, self.log = open_store(url), open_log(url)
        self.clock = clock
        matcher = Matcher({brand: parse(query) for brand, query in queries.items()})
        self._coverage = Coverage()
        self._flow = Flow(self.store, self.log, matcher, scorer, clock, self._coverage, self._detection)

    async def poll(self, monitor: Monitor) -> None:
        """Fetch once and bring what came into the store."""
        loop = PollLoop(monitor, self._flow.collect, self._report, self._cursor(monitor.name), self.clock)
        await loop.poll_once()
        running = asyncio.create_task(self._flow.run())
        async with asyncio.timeout(60):
            while self.log.depth() and not running.done():
                await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.wait([running])

    def state(self) -> SourceState:
        """Return the state of the only source."""
        (state,) = self.store.sources()
        return state

    def counts(self) -> dict[str, int]:
        """Return how many mentions count for each brand."""
        return {total.brand: total.mentions for total in self.store.totals()}

    def close(self) -> None:
        self._flow.close()
        self.log.close()
        self.store.close()

    async def _report(self, state: SourceState) -> None:
        await self._flow.write(self.store.save_source, state)

    def _cursor(self, name: str) -> Callable[[], asyncio.Future[str]]:
        return lambda: asyncio.ensure_future(self._flow.write(self.log.cursor, name))

    def _detection(self) -> Detection:
        return Detection(
            self.store, lambda brand, now: open_watch(brand, self.store, 0.5, now), self._coverage.seen
        )


@pytest.fixture
def open_chain(tmp_path: Path, scorer: Skimmer) -> Iterator[Callable[..., Chain]]:
    """Open the workspace of this test; the one that was open before is closed."""
    chains: list[Chain] = []

    def open_again(clock: Clock, **queries: str) -> Chain:
        for chain in chains:
            chain.close()
        chains[:] = [Chain(tmp_path, scorer, clock, **queries)]
        return chains[0]

    yield open_again
    for chain in chains:
        chain.close()
