"""Ids, times and the length of a window: what every record stands on."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache

BIN_SECONDS = 300
"""Length of one detection window; 5 minutes, `docs/design/detection.md`."""


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

REMEMBERED = 16_384
"""Ids that are kept, 4 MB: on its way a mention is asked for its own some twenty times, and thousands are on
their way in a storm."""


@lru_cache(REMEMBERED)
def derive(*parts: str) -> str:
    """Return the id that follows from `parts`: the same parts always give the same id.

    >>> derive("mention", "rss/news", "42") == derive("mention", "rss/news", "42")
    True
    """
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=10).hexdigest()
