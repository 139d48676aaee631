"""Clocks: the system's, one moved by hand, and one that runs fast until it has caught up."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


def from_seconds(seconds: float) -> datetime:
    """Return the aware UTC time `seconds` after the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the present time."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(max(0.0, seconds))


class ManualClock:
    """A clock that stands still until it is moved; replays and tests drive it.

    >>> clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    >>> clock.move(timedelta(hours=1))
    >>> clock.now().hour
    1
    """

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self._now

    def set(self, at: datetime) -> None:
        """Move forward to `at`; an earlier time is ignored."""
        if at > self._now:
            self._now = at
            self._moved.set()
            self._moved = asyncio.Event()

    def move(self, step: timedelta) -> None:
        """Move forward by `step`."""
        self.set(self._now + step)

    async def sleep(self, seconds: float) -> None:
        """Wait until somebody has moved the clock far enough."""
        until = self._now + timedelta(seconds=seconds)
        while self._now < until:
            await self._moved.wait()


class CatchUpClock:
    """Starts in the past and runs `speed` times as fast until it meets the real time.

    The demo's clock: no event ever lies in the future, and once caught up it is the system's.
    """

    def __init__(self, behind: timedelta, speed: float) -> None:
        if speed <= 1.0:
            raise ValueError("speed must be above 1, or the clock never catches up")
        self._behind = behind.total_seconds()
        self._speed = speed
        self._started = time.monotonic()

    @property
    def caught_up(self) -> bool:
        """True once it shows the real time."""
        return self._lag() <= 0.0

    def now(self) -> datetime:
        """Return the clock's time, never later than the real one."""
        return datetime.now(UTC) - timedelta(seconds=max(0.0, self._lag()))

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock's time."""
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            fast = min(left, self._lag() * self._speed / (self._speed - 1.0))
            await asyncio.sleep(max(0.001, fast / self._speed if fast > 0 else left))

    def _lag(self) -> float:
        elapsed = time.monotonic() - self._started
        return self._behind - elapsed * (self._speed - 1.0)
