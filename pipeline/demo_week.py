"""The demo's last week: its page, with the themes of what was said then.

Of the demo's past there are sums without words. So for each brand some minutes of two lively half hours are
written, read by the models and sorted into narratives, in a store that is thrown away: as where old texts
are purged, the page in the archive is what remembers them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from alerts.report.sentences import tell
from core.config import Config
from core.ports import Scorer, Store
from core.query import Matcher, parse
from core.records import Entry, Flag, Mention, Step, Theme
from models.opening import open_detector
from models.score import TextScorer
from monitors.simulation.brands import CHANNELS, Brand
from monitors.simulation.history import source_name
from monitors.simulation.scenario import Burst, Scenario
from monitors.simulation.world import World
from pipeline.scoring import BrandScorer, score_fresh
from pipeline.weekly.collect import collect
from pipeline.weekly.publish import keep
from pipeline.weekly.schedule import newest_due
from pipeline.weekly.span import Span
from pipeline.weekly.themes import narratives_of, themes
from storage import open_store

BURSTS, TEXTS = 2, 32
"""Bursts of a brand and texts of each that are read: some seconds for all brands, one to four themes."""


def archive_last_week(
    store: Store, config: Config, scenario: Scenario, scorer: TextScorer, now: datetime
) -> None:
    """Make and keep the newest page that is due, of simulated mentions like all of the demo."""
    span = newest_due(config.weekly, ZoneInfo(config.timezone), now)
    week = collect(store, config, span, now)
    reader = BrandScorer(scorer, config.brands)
    read = {brand.name: _themes(scenario, brand, span, reader) for brand in scenario.brands}
    brands = tuple(replace(each, themes=read[each.brand]) for each in week.brands)
    store.save_report(keep(tell(replace(week, brands=brands)), store, span, now).report)


def _themes(scenario: Scenario, brand: Brand, span: Span, scorer: Scorer) -> tuple[Theme, ...]:
    """Return what a brand's texts of the week were about; empty without any."""
    texts = _texts(scenario, brand, span)
    scratch = open_store(f"memory://{uuid4().hex}")
    try:
        _read(scratch, brand.name, texts, scorer)
        known = narratives_of(scratch, brand.name, span)
        return themes(scratch, brand.name, known, span, span.until)
    finally:
        scratch.close()


def _texts(scenario: Scenario, brand: Brand, span: Span) -> list[Mention]:
    """Return texts of the middle of the week's liveliest bursts, oldest first."""
    world, matcher = World(scenario), Matcher({brand.name: parse(brand.query)})
    liveliest = sorted(_bursts(scenario, brand, span), key=lambda each: -each.times * each.minutes)[:BURSTS]
    found = [text for burst in liveliest for text in _of_burst(world, matcher, burst)]
    return sorted(found, key=lambda mention: (mention.event_at, mention.id))


def _of_burst(world: World, matcher: Matcher, burst: Burst) -> list[Mention]:
    since = burst.starts_at + timedelta(minutes=burst.minutes / 4)
    until = since + timedelta(minutes=burst.minutes / 2)
    found = [
        mention
        for number, channel in enumerate(CHANNELS)
        for mention in world.mentions(source_name(channel), number, since, until, until)
        if matcher.match(mention.body)
    ]
    return sorted(found, key=lambda mention: (mention.event_at, mention.id))[:TEXTS]


def _bursts(scenario: Scenario, brand: Brand, span: Span) -> Iterator[Burst]:
    for event in scenario.events:
        if isinstance(event, Burst) and event.brand == brand.name and _inside(event, span):
            yield event


def _inside(burst: Burst, span: Span) -> bool:
    return span.since <= burst.starts_at and burst.starts_at + timedelta(minutes=burst.minutes) <= span.until


def _read(store: Store, brand: str, texts: Iterable[Mention], scorer: Scorer) -> None:
    """Score, weigh and group texts as a running workspace does, and keep them in `store`."""
    past = [Entry(replace(text, flags=text.flags | Flag.BACKFILL), (brand,)) for text in texts]
    detector = open_detector(brand)
    fresh = score_fresh(past, store, scorer)
    matches = tuple(detector.count(each.scored) for each in fresh)
    narratives, merges = detector.narratives()
    store.commit(
        Step(
            scored=tuple(each.scored for each in fresh),
            matches=matches,
            narratives=tuple(narratives),
            merges=tuple(merges),
        )
    )
