"""A real HTTP server on loopback that answers exactly the bytes it is told, and monitors beside it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from core.clock import SystemClock
from core.config import BrandConfig
from monitors.catalog import Context
from monitors.http import HttpClient


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
