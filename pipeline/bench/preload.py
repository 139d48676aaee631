"""Fills a workspace with stored mentions, so that what follows is measured on a used one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from core.ports import Store
from core.records import BIN_SECONDS, Match, Rollup, Score, Scored, Snapshot, Step
from models.detect import SCHEMA
from models.opening import open_detector
from monitors.simulation.brands import BRANDS, Brand
from pipeline.bench.texts import STORM_SPAN, mention, posts
from pipeline.history import windows

SPAN = timedelta(days=14)
"""Stored mentions are spread over the two weeks before now, whatever their number."""
STEP = 2_000
TEXTS = 2_000
SCORES = (Score(0.8, 0.15, 0.05, version="bench"), Score(0.1, 0.7, 0.2, version="bench"))


def preload(store: Store, number: int, now: datetime, say: Callable[[str], None]) -> None:
    """Store `number` mentions with stored scores, oldest first, and the detectors that learned from them."""
    texts = posts(TEXTS)
    for first in range(0, number, STEP):
        store.commit(_step(range(first, min(number, first + STEP)), number, texts, now))
        if first and first % 100_000 == 0:
            say(f"  {first:,} of {number:,} mentions stored")
    store.commit(Step(snapshots=tuple(_snapshot(store, brand.name, now) for brand in BRANDS)))


def _step(numbers: range, of: int, texts: list[tuple[Brand, str]], now: datetime) -> Step:
    scored, matches = [], []
    for number in numbers:
        at = now - SPAN * (1.0 - number / of)
        each = mention(f"stored-{number}", f"{texts[number % TEXTS][1]} {number}", at)
        scored.append(Scored(each, SCORES[number % 5 != 0]))
        matches.append(Match(each.id, BRANDS[number % len(BRANDS)].name, at))
    return Step(scored=tuple(scored), matches=tuple(matches))


def _snapshot(store: Store, brand: str, now: datetime) -> Snapshot:
    detector = open_detector(brand)
    detector.learn(windows(store, brand, now))
    return Snapshot(f"detector/{brand}", 0, SCHEMA, 0, detector.dump())


def quiet_past(store: Store, brands: list[str], now: datetime) -> None:
    """Give brands three days of a little talk, so that their detectors know what is usual.

    It ends before the first mention of a storm that is offered right away: what an imported history
    covers is not counted a second time when it arrives again.
    """
    chance = Random(1)  # noqa: S311 - a background, no secret
    start = int((now - timedelta(days=3)).timestamp()) // 60 * 60
    end = int((now - STORM_SPAN).timestamp()) // BIN_SECONDS * BIN_SECONDS
    rollups = [
        Rollup(brand, "simulated-bench", minute, 1, 0.2, 0.6, 0.2, 1.0, 0.2)
        for brand in brands
        for minute in range(start, end, 60)
        if chance.random() < 2.0 / 60.0
    ]
    store.import_rollups(rollups, ())
