"""Invents mentions of invented brands: for the demo, for drills and for tests.

Every mention is flagged SIMULATED, its source and author carry the mark, its link leads nowhere.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from core.errors import ConfigError, Permanent
from core.records import Fetched
from monitors.catalog import Context
from monitors.simulation.brands import CHANNELS
from monitors.simulation.scenario import Storm, demo_scenario
from monitors.simulation.world import MARK, World

_MAX_SPAN = timedelta(hours=2)
"""Most event time in one fetch; after a long pause the following fetches bring the rest."""


class Simulator:
    """One simulated source. Several of them, one per channel, show one and the same world.

    The cursor is a time: everything before it was given. What a span of time holds never depends
    on how it is cut into fetches, so a killed process neither loses nor repeats a mention.
    """

    kind: ClassVar[str] = "simulator"
    about: ClassVar[str] = "Invented mentions of invented brands, for the demo and for drills"
    needs: ClassVar[str] = "nothing"
    may_train: ClassVar[bool] = True
    default_interval: ClassVar[float] = 15.0

    class Options(BaseModel):
        """Further keys of a `[[source]]` table of kind `simulator`."""

        model_config = ConfigDict(extra="forbid", frozen=True)
        scenario: Literal["demo"] = "demo"
        channel: Literal["social", "forum", "reviews", "news"] = "social"
        now: AwareDatetime
        """The moment around which the scenario is laid; the same for all channels and over restarts."""
        seed: int = 1
        storms: tuple[Storm, ...] = ()
        """Further storms, as a drill starts them."""

    def __init__(self, name: str, interval: float, options: Options, context: Context) -> None:
        if not name.startswith(MARK):
            raise ConfigError(f"the name {name!r} of a simulated source has to begin with {MARK!r}")
        self.name = name
        self.interval = interval
        self._channel = CHANNELS.index(options.channel)
        self._clock = context.clock
        self._world = World(
            demo_scenario(options.now.astimezone(UTC), options.seed).with_events(options.storms)
        )

    async def fetch(self, cursor: str) -> Fetched:
        """Return what "happened" between the cursor and the clock's time, at most two hours of it."""
        since, now = self._since(cursor), self._clock.now()
        until = max(since, min(now, since + _MAX_SPAN))
        mentions = await asyncio.to_thread(self._world.mentions, self.name, self._channel, since, until, now)
        return Fetched(mentions=tuple(mentions), cursor=until.isoformat())

    def _since(self, cursor: str) -> datetime:
        if not cursor:
            return self._world.begins_at
        try:
            return datetime.fromisoformat(cursor).astimezone(UTC)
        except ValueError:
            raise Permanent(f"source {self.name}: the cursor {cursor[:40]!r} is no time; remove it") from None
