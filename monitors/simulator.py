"""Invents mentions of invented brands: for the demo, for drills and for tests.

Every mention is flagged SIMULATED, its source and author carry the mark, its link leads nowhere.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from core.clock import from_seconds
from core.errors import ConfigError, Permanent
from core.records import Fetched, Flag, Mention
from core.validation import hint
from monitors.catalog import Context
from monitors.simulation.brands import CHANNELS, TONES, Brand
from monitors.simulation.drafts import NEWS, Draft, drafts
from monitors.simulation.scenario import Campaign, Scenario, Storm, demo_scenario
from monitors.simulation.themes.names import PAPERS
from monitors.simulation.wording import Writer, handle

MARK = "simulated"

_MAX_SPAN = timedelta(hours=2)
"""Most event time in one fetch; after a long pause the following fetches bring the rest."""

_KINDS = ("post", "comment", "review", "article")
"""Kind of mention on each of `CHANNELS`."""


class Simulator:
    """One simulated source. Several of them, one per channel, show one and the same world.

    The cursor is a time: everything before it was given. What a span of time holds never depends
    on how it is cut into fetches, so a killed process neither loses nor repeats a mention.
    """

    kind: ClassVar[str] = "simulator"
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
        self._scenario = demo_scenario(options.now.astimezone(UTC), options.seed).with_events(options.storms)
        _check(self._scenario)
        self._writers = [(brand, Writer(brand)) for brand in self._scenario.brands]

    async def fetch(self, cursor: str) -> Fetched:
        """Return what "happened" between the cursor and the clock's time, at most two hours of it."""
        since, now = self._since(cursor), self._clock.now()
        until = max(since, min(now, since + _MAX_SPAN))
        mentions = await asyncio.to_thread(self._between, since, until, now)
        return Fetched(mentions=tuple(mentions), cursor=until.isoformat())

    def _since(self, cursor: str) -> datetime:
        if not cursor:
            return self._scenario.begins_at
        try:
            return datetime.fromisoformat(cursor).astimezone(UTC)
        except ValueError:
            raise Permanent(f"source {self.name}: the cursor {cursor[:40]!r} is no time; remove it") from None

    def _between(self, since: datetime, until: datetime, now: datetime) -> list[Mention]:
        """Return the mentions of `since <= event time < until`, oldest first."""
        found = [
            self._mention(writer, draft, now)
            for brand, writer in self._writers
            for draft in self._drafts(brand, since.timestamp(), until.timestamp())
        ]
        return sorted(found, key=lambda mention: (mention.event_at, mention.native_id))

    def _drafts(self, brand: Brand, since: float, until: float) -> Iterator[Draft]:
        drawn = drafts(self._scenario, brand, int(since // 60), ceil(until / 60))
        inside = (drawn.at >= since) & (drawn.at < until)
        return drawn.only(inside & (drawn.channel == self._channel)).rows()

    def _mention(self, writer: Writer, draft: Draft, now: datetime) -> Mention:
        native_id = f"{draft.key:016x}"
        title, text = self._words(writer, draft)
        paper = f"{PAPERS[draft.author % len(PAPERS)]} ({MARK})"
        return Mention(
            source=self.name,
            native_id=native_id,
            text=text,
            title=title,
            event_at=from_seconds(draft.at),
            seen_at=now,
            url=f"https://{MARK}.example/{native_id}",
            author=paper if draft.channel == NEWS else handle(draft.author),
            language="en",
            kind=_KINDS[draft.channel],
            flags=Flag.SIMULATED,
        )

    def _words(self, writer: Writer, draft: Draft) -> tuple[str, str]:
        """Return title and text."""
        event = self._scenario.events[draft.component - 1] if draft.component else None
        if draft.channel == NEWS:
            return writer.article(event, draft.key)
        if draft.copy_of >= 0 and isinstance(event, Storm | Campaign):
            return "", writer.copy(event, draft.copy_of, draft.key)
        return "", writer.post(TONES[draft.tone], event, draft.key)


def _check(scenario: Scenario) -> None:
    """Raise `ConfigError` for a storm that nobody can write about or that never grows."""
    brands = {brand.name: brand for brand in scenario.brands}
    for event in scenario.events:
        if event.brand not in brands:
            raise ConfigError(f"the simulator knows no brand {event.brand!r}{hint(event.brand, brands)}")
        if not isinstance(event, Storm):
            continue
        themes = brands[event.brand].trade.storms
        if event.theme not in themes:
            raise ConfigError(f"{event.brand} has no theme {event.theme!r}{hint(event.theme, themes)}")
        if event.starts_at.tzinfo is None:
            raise ConfigError(f"the storm of {event.brand}: starts_at needs a time zone, such as a final Z")
        if not 0 < event.first_per_hour <= event.peak_per_hour or event.doubling_minutes <= 0:
            needs = "0 < first_per_hour <= peak_per_hour and doubling_minutes > 0"
            raise ConfigError(f"the storm of {event.brand} needs {needs}")
