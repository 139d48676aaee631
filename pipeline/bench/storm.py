"""Storm mode: five times what the encoder reads, through the real chain. Is all there, and rightly told?"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from core.config import BrandConfig
from core.ports import Store
from core.query import Matcher, parse
from core.records import Entry, Skimmed
from models.score import open_scorer
from monitors.simulation.brands import BRANDS
from pipeline.bench.figures import percentile
from pipeline.bench.load import SETTLE, STORM_EVERY, Seen, offer, page_ms, storm_scores, worked_off
from pipeline.bench.product import Say, used_product
from pipeline.bench.texts import mention, posts, stormy
from pipeline.bench.throughput import ROUNDS, encoder_per_s, texts_of_round
from pipeline.privacy import MASKED
from pipeline.scoring import BATCH, BrandScorer
from pipeline.storm.statement import negatives

TIMES = 5
"""The load, in encoders."""
POOL = 50_000
"""Distinct texts: as many as a laptop's encoder reads afterwards in a few minutes, for the truth."""
REMEMBERED = 1_000
"""Readings that the product keeps here: a text of the pool comes again only when it is long forgotten."""
STORMS = 110
"""At most so many brands have a storm of their own in the flood: then 100 pages and more."""


@dataclass(frozen=True, slots=True)
class StormFigures:
    """All figures of one run."""

    encoder_per_s: float
    offered_per_s: float
    """What was really handed over: less than five times the encoder's rate where taking it is the limit."""
    offered: int
    stored: int
    lost: int
    skimmed: int
    """Mentions that only the fast path had read when the last one was stored."""
    estimate: float
    """Negative mentions, as they were stated then,"""
    band: float
    """with half of the 95 % band around it,"""
    truth: float
    """and as the encoder has it, which has read all of them by now."""
    estimate_covered: bool
    page_ms_p99: float
    pages: int
    storms: int


@dataclass(frozen=True, slots=True)
class Stated:
    """What the product says when the last mention is stored."""

    stored: int
    negatives: float
    found: Skimmed


def run_storm(seconds: float, say: Say) -> StormFigures:
    """Measure the encoder, offer five times its rate for so many seconds, then let it read everything."""
    rate = _encoder()
    say(f"encoder {rate:.0f}/s: {TIMES * rate:.0f} mentions a second for {seconds:.0f} s")
    with TemporaryDirectory(prefix="firetower-bench-") as folder:
        brands = [f"Bench {number:03}" for number in range(min(STORMS, int(seconds / STORM_EVERY)))]
        seen, stated, paged = asyncio.run(_stormed(Path(folder), TIMES * rate, seconds, brands, say))
    say(f"the encoder reads {len(seen.texts):,} texts")
    truth = _truth(seen.texts, brands)
    return StormFigures(
        round(rate, 1),
        round(seen.per_s, 1),
        len(seen.offered),
        stated.stored,
        len(seen.offered) - stated.stored,
        stated.found.unread,
        round(stated.negatives, 1),
        round(stated.found.band, 1),
        round(truth, 1),
        abs(stated.negatives - truth) <= stated.found.band,
        percentile(paged, 99),
        len(paged),
        len(brands),
    )


def _encoder() -> float:
    return median(encoder_per_s(texts_of_round(number)) for number in range(ROUNDS))


async def _stormed(
    folder: Path, per_second: float, seconds: float, brands: list[str], say: Say
) -> tuple[Seen, Stated, list[float]]:
    pool = [text for _, text in posts(min(POOL, int(per_second * seconds)), first_key=90_000_000)]
    async with used_product(folder, len(BRANDS), brands, say, REMEMBERED) as running:
        before = _stated(running.store, running.begun, 0, 0.0)
        say("storm")
        seen = Seen()
        await offer(running.flow, pool, per_second, seconds, brands, seen)
        await worked_off(running.store, before.stored + len(seen.offered))
        stated = _stated(running.store, running.begun, before.stored, before.negatives)
        scores = storm_scores(seen, running.store)
        await asyncio.sleep(SETTLE)
        return seen, stated, page_ms(seen, running, scores)


def _stated(store: Store, since: datetime, mentions: int, negative: float) -> Stated:
    """Return what is stored and estimated, less what was there before."""
    found = store.skimmed(since)
    total = negatives(store, datetime.fromtimestamp(0, UTC), datetime.now(UTC), found)
    return Stated(store.count_mentions() - mentions, total - negative, found)


def _truth(texts: Counter[str], names: Sequence[str]) -> float:
    """Return the sum of P(negative) over all that was offered, as it counts for its brands."""
    brands = [BrandConfig(name=brand.name, query=brand.query) for brand in (*BRANDS, *map(stormy, names))]
    matcher = Matcher({brand.name: parse(brand.query) for brand in brands})
    scorer, now = BrandScorer(open_scorer(), brands), datetime.now(UTC)
    entries = [Entry(mention(text, text, now), matcher.match(text)) for text in texts]
    return sum(
        times * value
        for start in range(0, len(entries), BATCH)
        for times, value in _negatives(MASKED.entries(entries[start : start + BATCH]), texts, scorer)
    )


def _negatives(
    entries: Sequence[Entry], texts: Counter[str], scorer: BrandScorer
) -> Iterator[tuple[int, float]]:
    """Yield how often each text was offered, and how much of it is negative towards all its brands."""
    mentions = [entry.mention for entry in entries]
    read = zip(entries, scorer.score(mentions), scorer.towards(mentions), strict=True)
    for entry, score, said in read:
        negative = sum(score.towards(said.get(brand)).negative for brand in entry.brands)
        yield texts[entry.mention.native_id], negative
