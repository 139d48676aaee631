"""Retention: what is older than the workspace keeps loses its words; the counts stay."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from core.ports import Clock, Store
from core.telemetry import get_logger

EVERY = 3600.0
"""Seconds of the workspace's clock between two rounds: a day's worth then goes in 24 small parts."""

PORTION = 100
"""Mentions of one write: one short transaction, so that what arrives meanwhile never waits for long."""


class Write(Protocol):
    """Runs a function on the one thread that writes."""

    async def __call__(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return what `function(*args)` returns."""


class Upkeep:
    """The role that removes the words of old mentions."""

    def __init__(self, store: Store, write: Write, clock: Clock, mention_days: int) -> None:
        self._store, self._write, self._clock = store, write, clock
        self._kept_for = timedelta(days=mention_days)

    async def run(self) -> None:
        """Prune once an hour, for ever."""
        while True:
            await self.prune()
            await self._clock.sleep(EVERY)

    async def prune(self) -> int:
        """Remove the words of all mentions that are too old by now; return how many."""
        before = self._clock.now() - self._kept_for
        pruned = 0
        while portion := int(await self._write(self._store.prune, before, PORTION)):
            pruned += portion
        if pruned:
            await self._write(self._store.truncate_wal)
            get_logger("upkeep").info("pruned", mentions=pruned, before=before.isoformat())
        return pruned
