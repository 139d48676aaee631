"""Ids, times and the length of a window: what every record stands on."""

import hashlib
from datetime import UTC, datetime

BIN_SECONDS = 300
"""Length of one detection window; 5 minutes, `docs/design/detection.md`."""


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def derive(*parts: str) -> str:
    """Return the id that follows from `parts`: the same parts always give the same id.

    >>> derive("mention", "rss/news", "42") == derive("mention", "rss/news", "42")
    True
    """
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=10).hexdigest()
