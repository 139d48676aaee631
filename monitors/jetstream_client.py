"""Connects to a Jetstream server; says in our two kinds of error why that failed or why it ended."""

from collections.abc import AsyncGenerator
from datetime import datetime
from importlib.metadata import version
from urllib.parse import urlsplit

from pydantic_core import from_json
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    ConnectionClosedOK,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
)
from websockets.frames import CloseCode

from core.errors import FiretowerError, Permanent, Temporary
from monitors.jetstream import Start, Version
from monitors.reaching import place, reason

MAX_RECEIVED = 8_000_000
"""Bytes of one frame at which the connection is closed: eight times what is read."""
_OPEN_SECONDS = 20.0
"""For name, connection, encryption and upgrade together; the HTTP client allows as much for a step."""
_CLOSE_SECONDS = 2.0
"""For the closing handshake: a dead server does not answer it."""
_SHOWN = 200
"""Characters of an error that are kept; it may quote what a server sent."""


class CursorTooOld(Temporary):
    """The server keeps nothing from where it was asked to resume (version 2 says so before the upgrade)."""


class JetstreamClient:
    """One server. It never sends a data frame: version 2 closes the connection of whoever does."""

    def __init__(self, protocol: Version, base_url: str) -> None:
        self._protocol = protocol
        self._base_url = base_url
        address = urlsplit(base_url or protocol.server)
        self._host = place(address.hostname, address.port, address.scheme)
        self._wedged = False
        """True after a frame that cannot be received: resuming would only meet it again."""

    async def open(self, position: int, now: datetime) -> tuple[Start, ClientConnection]:
        """Connect after `position`, 0 for the end of the stream, where the server's memory allows it.

        Else it connects at the end, which leaves a gap. Raises `Temporary` or `Permanent`.
        """
        start = Start(gap=True) if self._wedged else self._protocol.start(position, now)
        self._wedged = False
        try:
            return start, await self._connect(start)
        except CursorTooOld:
            start = Start(gap=True)
            return start, await self._connect(start)

    async def frames(self, socket: ClientConnection) -> AsyncGenerator[bytes, None]:
        """Yield frames until the server says good-bye, and close the connection in any case.

        Raises `Temporary` when it breaks off.
        """
        try:
            while True:
                yield await socket.recv(decode=False)  # bytes: a frame that is not UTF-8 costs only itself
        except ConnectionClosedOK:
            return
        except ConnectionClosed as error:
            self._wedged = bool(error.sent and error.sent.code == CloseCode.MESSAGE_TOO_BIG)
            raise Temporary(f"{self._host} broke off: {error}"[:_SHOWN]) from None
        finally:
            await socket.close(CloseCode.GOING_AWAY)

    async def _connect(self, start: Start) -> ClientConnection:
        try:
            return await connect(
                self._protocol.address(self._base_url, start),
                compression=None,  # version 2 refuses it, and for 100 kB/s it is not worth the work
                max_size=MAX_RECEIVED,
                open_timeout=_OPEN_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                user_agent_header=f"firetower/{version('firetower')}",
            )
        except InvalidStatus as error:
            raise self._refusal(error) from None
        except TimeoutError:
            raise Temporary(f"{self._host} did not answer in time") from None
        except InvalidURI:
            raise Permanent(f"{self._host} leads to an address that is none") from None
        except (OSError, InvalidHandshake) as error:
            raise Temporary(f"{self._host} cannot be reached: {reason(error)}"[:_SHOWN]) from None

    def _refusal(self, error: InvalidStatus) -> FiretowerError:
        """Say what an HTTP status in the place of the upgrade means, as for every other source."""
        status, name = error.response.status_code, _error_name(error)
        if name == "CursorTooOld":
            return CursorTooOld(f"{self._host} no longer has what came after the cursor")
        if status == 429 or status >= 500 or status < 400:
            pause = error.response.headers.get("Retry-After", "")
            return Temporary(f"{self._host} answers {status}", float(pause) if pause.isdecimal() else None)
        answer = f"{self._host} answers {status}"
        if status == 404:
            return Permanent(f"{answer}: it may not speak this version; try the other one, key version")
        return Permanent(f"{answer} {name}".strip())


def _error_name(error: InvalidStatus) -> str:
    """Return the name in the XRPC error envelope `{"error": "CursorTooOld", "message": "..."}`, or ""."""
    try:
        envelope = from_json(error.response.body or b"")
    except ValueError:
        return ""
    name = envelope.get("error") if isinstance(envelope, dict) else None
    return name[:40] if isinstance(name, str) and name.isalnum() else ""
