"""The runner: takes what waits in the outbox through the chain, round after round."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.chain import CHAIN, TIMERS
from alerts.channels import open_channel, validate
from alerts.pages import Context, Pages, Tools, load_facts
from alerts.render import Renderer
from core.config import Config
from core.ports import Clock, Store
from core.records import Notification

ROUND = 1_000
"""Pages looked at in one round: room for those that wait for a retry or a silence's end beside new ones."""

GRACE = 5.0
"""Seconds that a stopping process waits for its sends: a healthy service answers within them."""


class AlertRunner:
    """Drains the outbox. All that must survive a crash is in the store; run one per workspace.

    A page of a `replay` is recorded and never leaves the machine. `patience` is how many seconds a round
    waits for its sends; slower ones go on beside the next rounds.
    """

    def __init__(
        self, store: Store, config: Config, clock: Clock, replay: bool = False, patience: float = 1.0
    ) -> None:
        self._tools = Tools(
            store=store,
            channels=tuple(open_channel(entry) for entry in config.channels),
            renderer=Renderer(config),
            clock=clock,
            replay=replay,
            patience=patience,
            zone=ZoneInfo(config.timezone),
            paging=config.paging,
        )

    def prepare(self) -> None:
        """Load what the first page would have to wait for: Apprise, and the plug-in of each channel."""
        for channel in self._tools.channels:
            validate(channel.url)

    async def run_once(self, now: datetime) -> None:
        """Take every waiting page as far as it gets at `now`, also those that time has made due."""
        await self._round(now)
        while await asyncio.to_thread(self._time, now):
            await self._round(now)

    def _time(self, now: datetime) -> int:
        """Let the timers make pages; return how many. It ends: a level or a digest is made once."""
        return sum(timer(now, self._tools) for timer in TIMERS)

    async def _round(self, now: datetime) -> None:
        waiting = tuple(await asyncio.to_thread(self._tools.store.outbox, ROUND))
        if not waiting:
            return
        pages, context = Pages(waiting), await self._look(waiting, now)
        for stage in CHAIN:
            pages = await stage(pages, context)

    async def close(self) -> None:
        """Give the sends in the air a moment, then let go: the next start sends what is not recorded."""
        flights = list(self._tools.flights.values())
        if flights:
            await asyncio.wait(flights, timeout=GRACE)
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def _look(self, waiting: tuple[Notification, ...], now: datetime) -> Context:
        facts = await asyncio.to_thread(load_facts, self._tools.store, waiting, now)
        return Context(now, self._tools, facts)
