"""Parses feeds without holding up the event loop: small bodies in a thread, large ones in a process."""

import asyncio
import sys

from core.codec import dumps, loads
from core.errors import Temporary
from monitors.documents import Document
from monitors.feedparse import Origin, parse_feed

LARGE = 256 * 1024
"""Bytes from which a process is worth its start of 0.3 s; feedparser needs some 0.6 s a megabyte."""
_COMMAND = (sys.executable, "-P", "-m", "monitors.feedparse")
"""-P: nothing from the working directory is imported."""


class FeedParser:
    """Parses one feed at a time per process slot; a body that crashes its process costs only itself.

    Each large body gets a process of its own: a pool would be poisoned by one crash, and a worker
    that hangs cannot be taken out of it. `slots` bounds the memory (about 10 times the body each).
    """

    def __init__(self, slots: int = 2, timeout: float = 60.0, command: tuple[str, ...] = _COMMAND) -> None:
        self._slots = asyncio.Semaphore(slots)
        self._timeout = timeout
        self._command = command

    async def parse(self, body: bytes, origin: Origin) -> Document:
        """Return the parsed feed.

        Raises `Temporary` when it takes longer than the timeout (seconds) or its process dies.
        """
        try:
            if len(body) > LARGE:
                async with self._slots:
                    return await self._in_process(body, origin)
            async with asyncio.timeout(self._timeout):
                return await asyncio.to_thread(parse_feed, body, origin)
        except TimeoutError:
            raise Temporary(f"answered with a feed that takes over {self._timeout:g} s to parse") from None

    async def _in_process(self, body: bytes, origin: Origin) -> Document:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(self._timeout):
                output, _ = await process.communicate(dumps(origin).encode() + b"\n" + body)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise Temporary(f"answered with a feed that crashed its parser (status {process.returncode})")
        return loads(Document, output)
