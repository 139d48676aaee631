"""Reads the body of an HTTP reply within a limit, also when a small body unpacks to a huge one.

httpx unpacks whole chunks by itself: 64 kB of gzip can become 64 MB before anybody can say stop.
Here zlib unpacks the raw bytes in steps of bounded size.
"""

import zlib
from collections.abc import Iterator

import httpx

from core.errors import Temporary

ENCODINGS = "gzip, deflate"
"""What is asked for in Accept-Encoding: what zlib can unpack step by step."""

_STEP = 256 * 1024
"""Bytes unpacked at a time: small beside any limit, large enough to be quick."""


class TooLarge(Temporary):
    """The body is larger than allowed; nothing of it was kept."""


async def read_body(response: httpx.Response, limit: int) -> tuple[bytes, bool]:
    """Return the unpacked body, and False when the connection broke before its end.

    Raises `TooLarge` when it exceeds `limit` bytes unpacked, `Temporary` when it cannot be unpacked.
    """
    unpacker = _Unpacker(response.headers.get("content-encoding", ""))
    body = bytearray()
    arrived = True
    try:
        async for chunk in response.aiter_raw():
            for piece in unpacker.pieces(chunk):
                body += piece
                if len(body) > limit:
                    raise TooLarge(f"answered with more than {limit / 1e6:g} MB, too much for a feed")
    except zlib.error as error:
        raise Temporary(f"answered with a body that cannot be unpacked ({error})") from None
    except (httpx.RemoteProtocolError, httpx.ReadError):
        if not body:
            raise
        arrived = False
    return bytes(body), arrived and unpacker.finished


class _Unpacker:
    """Turns raw chunks into plain ones, `_STEP` bytes at most at a time."""

    def __init__(self, encoding: str) -> None:
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise Temporary(f"answered in the encoding {encoding[:20]!r}, which was not asked for")
        # + 32: zlib tells gzip from zlib by the header
        self._stream = zlib.decompressobj(zlib.MAX_WBITS + 32) if encoding not in {"", "identity"} else None

    @property
    def finished(self) -> bool:
        """False when a packed stream broke off."""
        return self._stream is None or self._stream.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what `chunk` unpacks to."""
        if self._stream is None:
            yield chunk
            return
        while True:
            piece = self._stream.decompress(chunk, _STEP)
            yield piece
            chunk = self._stream.unconsumed_tail
            if not chunk and len(piece) < _STEP:
                return
