"""Real servers for the scenarios: feeds over HTTP, mail over SMTP, Firetower as a process of its own."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

ROOT = Path(__file__).parents[2]
_RFC_822 = re.compile(rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]?\w+")
_ISO = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    return _free_port()


@pytest.fixture
def wait() -> Callable[[str, Callable[[], object], float], None]:
    return _wait_until


@pytest.fixture
def shift() -> Callable[[bytes, datetime], bytes]:
    return _shift_dates


def _wait_until(what: str, holds: Callable[[], object], seconds: float) -> None:
    """Wait for something that other processes do; fail with its name."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.2)


def _shift_dates(body: bytes, newest: datetime) -> bytes:
    """Move every date of a feed by the same span, so that the latest one becomes `newest`."""
    found = [_rfc_822(match) for match in _RFC_822.findall(body)]
    found += [datetime.fromisoformat(match.decode()) for match in _ISO.findall(body)]
    dates = [date for date in found if date is not None]
    if not dates:
        return body
    step = newest - max(dates)
    body = _RFC_822.sub(lambda match: _moved_rfc_822(match[0], step), body)
    return _ISO.sub(lambda match: _moved_iso(match[0], step), body)


def _moved_iso(text: bytes, step: timedelta) -> bytes:
    return (datetime.fromisoformat(text.decode()) + step).isoformat().encode()


def _rfc_822(text: bytes) -> datetime | None:
    try:
        date = parsedate_to_datetime(text.decode())
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _moved_rfc_822(text: bytes, step: timedelta) -> bytes:
    date = _rfc_822(text)
    return text if date is None else format_datetime(date + step).encode()


class FeedServer:
    """Serves bodies by path, with ETags, and counts what it was asked."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.served: dict[str, int] = {}
        self.unchanged: dict[str, int] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = self.bodies.get(request.path)
        if body is None:
            request.send_error(404)
            return
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        same = request.headers.get("If-None-Match") == etag
        counter = self.unchanged if same else self.served
        counter[request.path] = counter.get(request.path, 0) + 1
        request.send_response(304 if same else 200)
        request.send_header("ETag", etag)
        request.send_header("Content-Type", "application/xml")
        request.send_header("Content-Length", "0" if same else str(len(body)))
        request.end_headers()
        if not same:
            request.wfile.write(body)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    server = FeedServer()
    yield server
    server.close()


class MailBox:
    """A real SMTP server that keeps what it was given."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.port = _free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def close(self) -> None:
        self._controller.stop()


@pytest.fixture
def mailbox() -> Iterator[MailBox]:
    box = MailBox()
    yield box
    box.close()


class Firetower:
    """The `firetower` command in processes of its own; none outlives the test."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command and leave it running."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "pipeline", *arguments],
                cwd=ROOT,
                env=self._environment(),
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def json(self, *arguments: str) -> Any:
        """Run a command that succeeds and return the object it prints."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @staticmethod
    def _environment() -> Mapping[str, str]:
        return {**os.environ, "HF_HUB_OFFLINE": "1"}

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def stop_all(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def firetower(tmp_path: Path) -> Iterator[Firetower]:
    command = Firetower(tmp_path / "firetower.log")
    yield command
    command.stop_all()


START = datetime(2026, 3, 2, tzinfo=UTC)
SUBJECTS = ["kettle", "toaster", "lamp", "drill", "scooter", "blender", "heater", "camera"]
FAULTS = ["broke", "leaked", "smoked", "jammed", "failed", "cracked", "overheated", "vanished"]
ANGER = (
    "I am furious and want my money back",
    "worst company ever, they lie to everyone",
    "disgusting, nobody answers and I hate it",
    "shame on them, this is dangerous theft",
)
CALM = (
    "works fine so far",
    "lovely colour, happy with it",
    "does anybody know the opening hours",
    "ok I guess",
)


def _row(number: int, at: datetime, brand: str, angry: bool, chance: random.Random) -> dict[str, str]:
    thing, other = chance.choice(SUBJECTS), chance.choice(SUBJECTS)
    if angry:
        days = chance.randrange(2, 900)
        told = f"{brand} {thing} {chance.choice(FAULTS)} after {days} days, {chance.choice(ANGER)}"
    else:
        told = f"{brand} {thing} and {other} number {chance.randrange(9_999)}: {chance.choice(CALM)}"
    row = {"id": str(number), "created_at": at.isoformat(), "brand": brand, "author": f"user{number % 4_000}"}
    return {**row, "text": f"{told} ({chance.randrange(10**6)})"}


def _archive(path: Path, size: int) -> list[dict[str, str]]:
    """Three brands over days; in the last third outrage about one of them doubles every half hour."""
    chance = random.Random(size)
    storm = size // 6
    times = [START + timedelta(seconds=chance.uniform(0, 400 * 3600)) for _ in range(size - storm)]
    onset = START + timedelta(hours=300)
    burst = [onset + timedelta(hours=4) * chance.random() ** 0.25 for _ in range(storm)]
    rows = [
        _row(number, at, chance.choice(("Acme", "Zenith", "Halden")), chance.random() < 0.15, chance)
        for number, at in enumerate(times)
    ]
    rows += [_row(len(rows) + n, at, "Acme", chance.random() < 0.9, chance) for n, at in enumerate(burst)]
    rows += chance.sample(rows, size // 50)  # the same ids once more
    chance.shuffle(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return rows


@pytest.fixture
def archive() -> Callable[[Path, int], list[dict[str, str]]]:
    return _archive
