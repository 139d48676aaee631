"""Sources: one that is asked, and one that pushes."""

from collections.abc import AsyncIterator
from typing import ClassVar, Protocol, runtime_checkable

from core.records import Fetched


class Monitor(Protocol):
    """A source: it only fetches; waiting, retrying and counting is the poll loop's work."""

    kind: ClassVar[str]
    name: str
    interval: float
    """Seconds between two fetches."""

    async def fetch(self, cursor: str) -> Fetched:
        """Return what is new after `cursor` ("" at the first time).

        Raises `Temporary` (try again, perhaps after a named time) or `Permanent`.
        """


@runtime_checkable
class StreamMonitor(Protocol):
    """A source that pushes: it only reads; reconnecting, batching and counting is the stream loop's work."""

    kind: ClassVar[str]
    name: str
    silence: float
    """Seconds without a sign of life, also an empty one, after which the connection counts as dead."""

    def stream(self, cursor: str) -> AsyncIterator[Fetched]:
        """Connect and yield what comes after `cursor`, with some overlap, until the connection ends.

        An empty `Fetched` is a sign of life. Each carries the cursor after its last item. Ends or raises
        `Temporary` when the connection is lost, `Permanent` when a person has to change something.
        """


@runtime_checkable
class Closeable(Protocol):
    """A source that holds connections of its own."""

    async def close(self) -> None:
        """Release them."""
