"""The whole bench: throughput, then a used workspace with its board, then a load with storms."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.bench.board import refreshes
from pipeline.bench.figures import peak_mb, percentile
from pipeline.bench.load import PER_SECOND, calm_load, page_ms, storm_scores, visible_ms
from pipeline.bench.narratives import narratives_per_s
from pipeline.bench.product import Say, used_product
from pipeline.bench.throughput import measure

STORED = 50_000
GROWTH = (50_000, 500_000, 5_000_000)
STORMS = 110
"""Brands that each have one storm, so at least 100 pages."""
BOARD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class BoardCost:
    """What a refresh of one zone of Live costs with so many stored mentions."""

    stored: int
    board_ms_p50: float
    board_ms_p99: float
    refreshes: int


@dataclass(frozen=True, slots=True)
class Bench:
    """All figures of one run; `docs/operations.md` says what each one means."""

    encoder_per_s: float
    plain_encoder_per_s: float
    one_mention_ms_p50: float
    end_to_end_per_s: float
    ratio: float
    narratives_per_s: float
    peak_rss_mb: float
    stored: int
    board_ms_p50: float
    board_ms_p99: float
    offered_per_s: int
    visible_ms_p99: float
    page_ms_p99: float
    pages: int
    storms: int


def run_bench(say: Say) -> Bench:
    """Measure everything once, in some nine minutes."""
    with TemporaryDirectory(prefix="firetower-bench-") as folder:
        say("throughput")
        rates = measure(Path(folder), say)
        say("narratives")
        placed = narratives_per_s()
        board, visible, paged = asyncio.run(_used(Path(folder) / "used", say))
    return Bench(
        round(rates.encoder_per_s, 1),
        round(rates.plain_encoder_per_s, 1),
        round(rates.one_mention_ms_p50, 1),
        round(rates.end_to_end_per_s, 1),
        round(rates.ratio, 3),
        round(placed),
        round(peak_mb(), 1),
        STORED,
        board.board_ms_p50,
        board.board_ms_p99,
        PER_SECOND,
        percentile(visible, 99),
        percentile(paged, 99),
        len(paged),
        STORMS,
    )


def run_growth(say: Say, sizes: tuple[int, ...] = GROWTH) -> list[BoardCost]:
    """Measure what a refresh costs at several numbers of stored mentions; the last one takes long to fill."""
    found = []
    for size in sizes:
        with TemporaryDirectory(prefix="firetower-bench-") as folder:
            found.append(asyncio.run(_board_at(Path(folder), size, say)))
        say(f"  {size:,} stored: p50 {found[-1].board_ms_p50} ms, p99 {found[-1].board_ms_p99} ms")
    return found


async def _board_at(folder: Path, size: int, say: Say) -> BoardCost:
    async with used_product(folder, size, [], say) as running:
        return await _board(running.port, size)


async def _used(folder: Path, say: Say) -> tuple[BoardCost, list[float], list[float]]:
    brands = [f"Bench {number:03}" for number in range(STORMS)]
    async with used_product(folder, STORED, brands, say) as running:
        say(f"board: {BOARD_SECONDS:.0f} s of refreshes")
        cost = await _board(running.port, STORED)
        say(f"load: {PER_SECOND} mentions a second, {STORMS} storms, some five minutes")
        seen = await calm_load(running.flow, running.store, brands)
        return cost, visible_ms(seen), page_ms(seen, running, storm_scores(seen, running.store))


async def _board(port: int, stored: int) -> BoardCost:
    took = await refreshes(port, BOARD_SECONDS)
    return BoardCost(stored, percentile(took, 50), percentile(took, 99), len(took))
