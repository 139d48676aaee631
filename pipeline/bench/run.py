"""The whole bench: throughput, then a used workspace with its board, then a load with storms."""

import asyncio
import resource
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from core.clock import SystemClock
from core.config import FILE, load_config
from core.records import SourceState, SourceStatus
from models.score import REMEMBERED, open_scorer
from monitors.simulation.brands import BRANDS
from pipeline.bench.board import refreshes
from pipeline.bench.load import offer, page_ms, storm_scores, visible_ms
from pipeline.bench.mailbox import Mailbox
from pipeline.bench.narratives import narratives_per_s
from pipeline.bench.preload import preload, quiet_past
from pipeline.bench.texts import SOURCE, stormy
from pipeline.bench.throughput import measure
from pipeline.run import Parts, Product
from pipeline.workspace import Purpose, Workspace, open_workspace

STORED = 50_000
GROWTH = (50_000, 500_000, 5_000_000)
STORMS = 110
"""Brands that each have one storm, so at least 100 pages."""
BOARD_SECONDS = 60.0
START_SECONDS = 12.0
"""Seconds for roles and board to come up."""

Say = Callable[[str], None]


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
        round(_peak_mb(), 1),
        STORED,
        board.board_ms_p50,
        board.board_ms_p99,
        100,
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
    async with used_product(folder, size, [], free_port(), say) as (_, port):
        return await _board(port, size)


async def _used(folder: Path, say: Say) -> tuple[BoardCost, list[float], list[float]]:
    brands = [f"Bench {number:03}" for number in range(STORMS)]
    smtp = free_port()
    begun = datetime.now(UTC)
    with Mailbox(smtp, brands) as mailbox:
        async with used_product(folder, STORED, brands, smtp, say) as (product, port):
            say(f"board: {BOARD_SECONDS:.0f} s of refreshes")
            cost = await _board(port, STORED)
            say(f"load: 100 mentions a second, {STORMS} storms, some five minutes")
            seen = await offer(product.flow, product.store, brands)
            paged = page_ms(seen, mailbox, product.store, begun, storm_scores(seen, product.store))
            return cost, visible_ms(seen), paged


async def _board(port: int, stored: int) -> BoardCost:
    took = await refreshes(port, BOARD_SECONDS)
    return BoardCost(stored, percentile(took, 50), percentile(took, 99), len(took))


@asynccontextmanager
async def used_product(
    folder: Path, stored: int, brands: list[str], smtp: int, say: Say, remembered: int = REMEMBERED
) -> AsyncIterator[tuple[Product, int]]:
    """Run the whole product on a used workspace that pages to a local SMTP server."""
    port = free_port()
    space = _workspace(folder, stored, brands, smtp, port, say)
    config = load_config(folder, {})
    product = Product(Parts(space, config, SystemClock(), open_scorer(remembered=remembered)))
    running = [asyncio.create_task(product.run()), asyncio.create_task(_heartbeat(product))]
    try:
        await asyncio.sleep(START_SECONDS)
        yield product, port
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await product.close()
        space.close()


def _workspace(folder: Path, stored: int, brands: list[str], smtp: int, port: int, say: Say) -> Workspace:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(_toml(brands, smtp, port), encoding="utf-8")
    space = open_workspace(folder, Purpose.LIVE)
    say(f"storing {stored:,} mentions")
    now = datetime.now(UTC)
    preload(space.store, stored, now, say)
    quiet_past(space.store, brands, now)
    return space


def _toml(brands: list[str], smtp: int, port: int) -> str:
    every = [*BRANDS, *map(stormy, brands)]
    tables = [f"[[brand]]\nname = '{brand.name}'\nquery = '{brand.query}'\n" for brand in every]
    mail = f"mailto://127.0.0.1:{smtp}?from=bench@mail.example&to=duty@mail.example"
    tables.append(f"[[channel]]\nname = 'mail'\nurl = '{mail}'\n")
    tables.append(f"[board]\nport = {port}\n[paging]\npages_per_person_week = 100000\n")
    return "".join(tables)


async def _heartbeat(product: Product) -> None:
    """Be the source: it has no monitor, the bench hands over its mentions."""
    while True:
        now = datetime.now(UTC)
        state = SourceState(SOURCE, "bench", SourceStatus.OK, heartbeat_at=now, interval_seconds=30.0)
        await product.flow.write(product.store.save_source, state)
        await asyncio.sleep(10.0)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def percentile(values: list[float], percent: float) -> float:
    """Return the nearest-rank percentile: a value that was measured; raises `ValueError` for none."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return round(ordered[max(0, ceil(len(ordered) * percent / 100.0) - 1)], 1)


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0)


def told(bench: Bench) -> str:
    """Return the figures for people."""
    return "\n".join(f"{name:>18}  {value}" for name, value in asdict(bench).items())
