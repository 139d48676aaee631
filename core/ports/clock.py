"""Time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where the product gets its time; replays and the demo bring their own."""

    def now(self) -> datetime:
        """Return the present time, aware, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock's time."""
