"""A simulated world in full: drafts with their words, as mentions."""

from collections.abc import Iterator
from datetime import datetime
from math import ceil

from core.clock import from_seconds
from core.errors import ConfigError
from core.records import Flag, Mention
from core.validation import hint
from monitors.simulation.brands import TONES, Brand
from monitors.simulation.drafts import NEWS, Draft, drafts
from monitors.simulation.scenario import Campaign, Scenario, Storm
from monitors.simulation.themes.names import PAPERS
from monitors.simulation.wording import Writer, handle

MARK = "simulated"

_KINDS = ("post", "comment", "review", "article")
"""Kind of mention on each of `CHANNELS`."""


class World:
    """Writes what is said in one scenario. What a span of time holds never depends on how it is cut.

    Raises `ConfigError` for a storm that nobody can write about or that never grows.
    """

    def __init__(self, scenario: Scenario) -> None:
        _check(scenario)
        self.begins_at = scenario.begins_at
        self._scenario = scenario
        self._writers = [(brand, Writer(brand)) for brand in scenario.brands]

    def mentions(
        self, source: str, channel: int, since: datetime, until: datetime, seen_at: datetime
    ) -> list[Mention]:
        """Return the mentions of `since <= event time < until` on one of `CHANNELS`, oldest first."""
        found = [
            self._mention(writer, draft, source, seen_at)
            for brand, writer in self._writers
            for draft in self._drafts(brand, channel, since.timestamp(), until.timestamp())
        ]
        return sorted(found, key=lambda mention: (mention.event_at, mention.native_id))

    def _drafts(self, brand: Brand, channel: int, since: float, until: float) -> Iterator[Draft]:
        drawn = drafts(self._scenario, brand, int(since // 60), ceil(until / 60))
        inside = (drawn.at >= since) & (drawn.at < until)
        return drawn.only(inside & (drawn.channel == channel)).rows()

    def _mention(self, writer: Writer, draft: Draft, source: str, seen_at: datetime) -> Mention:
        native_id = f"{draft.key:016x}"
        title, text = self._words(writer, draft)
        paper = f"{PAPERS[draft.author % len(PAPERS)]} ({MARK})"
        return Mention(
            source=source,
            native_id=native_id,
            text=text,
            title=title,
            event_at=from_seconds(draft.at),
            seen_at=seen_at,
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
    brands = {brand.name: brand for brand in scenario.brands}
    for event in scenario.events:
        if event.brand not in brands:
            raise ConfigError(f"the simulator knows no brand {event.brand!r}{hint(event.brand, brands)}")
        if isinstance(event, Storm):
            _check_storm(event, brands[event.brand])


def _check_storm(storm: Storm, brand: Brand) -> None:
    themes = brand.trade.storms
    if storm.theme not in themes:
        raise ConfigError(f"{storm.brand} has no theme {storm.theme!r}{hint(storm.theme, themes)}")
    if storm.starts_at.tzinfo is None:
        raise ConfigError(f"the storm of {storm.brand}: starts_at needs a time zone, such as a final Z")
    if not 0 < storm.first_per_hour <= storm.peak_per_hour or storm.doubling_minutes <= 0:
        needs = "0 < first_per_hour <= peak_per_hour and doubling_minutes > 0"
        raise ConfigError(f"the storm of {storm.brand} needs {needs}")
