"""Storm mode: five times what the encoder reads, through the real chain. Is all there, and rightly told?"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from core.config import BrandConfig
from core.errors import Temporary
from core.ports import Store
from core.query import Matcher, parse
from core.records import Entry, Fetched, Mention, Skimmed
from models.score import open_scorer
from monitors.simulation.brands import BRANDS
from pipeline.bench.load import (
    PATIENCE,
    SETTLE,
    SLICE,
    STORM_EVERY,
    Seen,
    begin_storm,
    page_ms,
    storm_scores,
)
from pipeline.bench.mailbox import Mailbox
from pipeline.bench.run import free_port, percentile, used_product
from pipeline.bench.texts import SOURCE, mention, posts, stormy
from pipeline.bench.throughput import TEXTS, encoder_per_s
from pipeline.flow import Flow
from pipeline.privacy import MASKED
from pipeline.scoring import BATCH, BrandScorer
from pipeline.storm.statement import negatives

TIMES = 5
"""The load, in encoders."""
POOL = 50_000
"""Distinct texts: as many as a laptop's encoder reads afterwards in a few minutes, for the truth."""
REMEMBERED = 1_000
"""Readings that the product keeps here: a text of the pool comes again only when it is long forgotten."""
STORM_SHARE = 2
"""Mentions of a storm in a slice; forty make one."""
STORMS = 110
"""At most so many brands have a storm of their own in the flood: then 100 pages and more."""
ROUNDS = 3

Say = Callable[[str], None]


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


@dataclass(slots=True)
class Offered:
    """What was handed over: `seen` as in a calm load, and the texts."""

    seen: Seen = field(default_factory=Seen)
    texts: Counter[str] = field(default_factory=Counter)
    per_s: float = 0.0


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
        offered, stated, paged = asyncio.run(_stormed(Path(folder), TIMES * rate, seconds, brands, say))
    say(f"the encoder reads {len(offered.texts):,} texts")
    truth = _truth(offered.texts, brands)
    return StormFigures(
        round(rate, 1),
        round(offered.per_s, 1),
        len(offered.seen.offered),
        stated.stored,
        len(offered.seen.offered) - stated.stored,
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
    return median(
        encoder_per_s([text for _, text in posts(TEXTS, first_key=1_000_000 * (number + 1))])
        for number in range(ROUNDS)
    )


async def _stormed(
    folder: Path, per_second: float, seconds: float, brands: list[str], say: Say
) -> tuple[Offered, Stated, list[float]]:
    smtp, begun = free_port(), datetime.now(UTC)
    pool = [text for _, text in posts(min(POOL, int(per_second * seconds)), first_key=90_000_000)]
    with Mailbox(smtp, brands) as mailbox:
        async with used_product(folder, len(BRANDS), brands, smtp, say, REMEMBERED) as (running, _):
            before = _stated(running.store, begun, 0, 0.0)
            say("storm")
            offered = await _offer(running.flow, pool, per_second, seconds, brands)
            await _worked_off(running.store, before.stored + len(offered.seen.offered))
            stated = _stated(running.store, begun, before.stored, before.negatives)
            scores = storm_scores(offered.seen, running.store)
            await asyncio.sleep(SETTLE)
            return offered, stated, page_ms(offered.seen, mailbox, running.store, begun, scores)


async def _offer(
    flow: Flow, pool: Sequence[str], per_second: float, seconds: float, brands: list[str]
) -> Offered:
    offered = Offered()
    began = time.monotonic()
    for number, batch in enumerate(_slices(pool, per_second, seconds, brands, offered.seen)):
        await asyncio.sleep(max(0.0, began + number * SLICE - time.monotonic()))
        now = time.monotonic()
        offered.seen.offered.update((each.id, now) for each in batch)
        offered.texts.update(each.text for each in batch)
        await flow.collect(SOURCE, Fetched(tuple(batch), cursor=str(number)))
    offered.per_s = len(offered.seen.offered) / (time.monotonic() - began)
    return offered


def _slices(
    pool: Sequence[str], per_second: float, seconds: float, brands: list[str], seen: Seen
) -> Iterator[list[Mention]]:
    """Yield what is offered in each tenth of a second: the flood, and what is left of a storm in it."""
    flood, names, waiting = cycle(enumerate(pool)), iter(brands), list[Mention]()
    per_slice, per_storm = round(per_second * SLICE), round(STORM_EVERY / SLICE)
    for number in range(round(seconds / SLICE)):
        if number % per_storm == 0 and (brand := next(names, "")):
            waiting += begin_storm(brand, seen)
        storm, waiting = waiting[:STORM_SHARE], waiting[STORM_SHARE:]
        now = datetime.now(UTC)
        usual = islice(flood, per_slice - len(storm))
        yield [*storm, *(mention(f"flood-{number}-{place}", text, now) for place, text in usual)]


async def _worked_off(store: Store, stored: int) -> None:
    """Wait until so many mentions are stored; raises `Temporary` when they are not in `PATIENCE` seconds."""
    until = time.monotonic() + PATIENCE
    while (there := await asyncio.to_thread(store.count_mentions)) < stored:
        if time.monotonic() > until:
            raise Temporary(f"{stored - there} of {stored} mentions were not stored in {PATIENCE:.0f} s")
        await asyncio.sleep(0.5)


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
