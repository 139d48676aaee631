"""The whole product on a used workspace, with a local SMTP server that takes its pages."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.clock import SystemClock
from core.config import FILE, load_config
from core.ports import Store
from core.records import SourceState, SourceStatus
from models.score import REMEMBERED, open_scorer
from monitors.simulation.brands import BRANDS
from pipeline.bench.mailbox import Mailbox
from pipeline.bench.preload import preload, quiet_past
from pipeline.bench.texts import SOURCE, stormy
from pipeline.flow import Flow
from pipeline.run import Parts, Product
from pipeline.workspace import Purpose, Workspace, open_workspace

PATIENCE = 120.0
"""Seconds within which the board listens and every brand is watched, also where millions of mentions were
only just written."""
SETTLE_SECONDS = 10.0
"""Seconds for all roles to come to rest, from then on."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Running:
    """A product under way, and what stands around it."""

    flow: Flow
    store: Store
    port: int
    """Where its board listens."""
    mailbox: Mailbox
    begun: datetime
    """Before anything was stored."""


@asynccontextmanager
async def used_product(
    folder: Path, stored: int, brands: list[str], say: Say, remembered: int = REMEMBERED
) -> AsyncIterator[Running]:
    """Run the product with `stored` mentions and the brands of the storms; it keeps `remembered` readings."""
    port, smtp, begun = _free_port(), _free_port(), datetime.now(UTC)
    with Mailbox(smtp, brands) as mailbox:
        space = _workspace(folder, stored, brands, smtp, port, say)
        config = load_config(folder, {})
        product = Product(Parts(space, config, SystemClock(), open_scorer(remembered=remembered)))
        roles = [asyncio.create_task(product.run()), asyncio.create_task(_heartbeat(product))]
        try:
            async with asyncio.timeout(PATIENCE):
                await _listening(port)
                await _watching(space.store, len(config.brands))
            await asyncio.sleep(SETTLE_SECONDS)
            yield Running(product.flow, product.store, port, mailbox, begun)
        finally:
            for task in roles:
                task.cancel()
            await asyncio.gather(*roles, return_exceptions=True)
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


async def _listening(port: int) -> None:
    """Wait until something listens on a port of this machine."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.2)


async def _watching(store: Store, brands: int) -> None:
    """Wait until every brand has been looked at once: opening them costs the more the more there are."""
    while len(await asyncio.to_thread(store.states)) < brands:  # noqa: ASYNC110 - the store has no event for it
        await asyncio.sleep(0.2)


def _free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
