"""A drill: a simulated firestorm through the real chain, unmistakably marked.

It scores and detects in a process of its own, hours in minutes, under a brand of its own (`DRILL Acme`)
whose detector has learned what is usual for the real one: nothing real is touched. Store, outbox, channels,
board and links are the workspace's, so `firetower run` has to be running there: it delivers the pages.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote
from uuid import uuid4

from core.clock import CatchUpClock, SystemClock
from core.config import MAX_LABEL, BrandConfig, Config, load_config
from core.errors import ConfigError, Permanent
from core.ports import Clock, Store
from core.query import Matcher, parse
from core.records import Fetched, Flag, Pulse
from core.validation import hint
from models.opening import open_detector
from models.score import open_scorer
from monitors.simulation.brands import BRANDS, CHANNELS, Brand
from monitors.simulation.scenario import Scenario, Storm
from monitors.simulation.world import World
from pipeline.coverage import FULL, Coverage
from pipeline.detection import Detection
from pipeline.drill_report import Drilled, await_acknowledgement, await_delivery, await_incident, close
from pipeline.flow import Flow
from pipeline.history import windows
from pipeline.privacy import open_privacy
from pipeline.scoring import BrandScorer
from pipeline.watch import Watch
from pipeline.workspace import existing_database
from storage import open_log, open_store

MARK = "DRILL "
"""Every drill's brand begins with it."""
SHAPES = {"sudden": 10.0, "steady": 24.0, "slow": 45.0}
"""Minutes in which the storm doubles."""
FIRST_PER_HOUR = 6.0
SPEED = 60.0
"""An hour a minute: a steady storm is detected within two minutes."""
LEAST_PEAK = 2 * FIRST_PER_HOUR
LARGEST_PEAK = 6_000.0
"""An hour a minute, that is a hundred mentions a second: what one machine scores at all times."""
LONGEST_WAIT = 24 * 60.0
"""Minutes: whoever has not answered within a day will not."""
FEED_SECONDS = 0.5
LOOK_SECONDS = 0.5
ALIVE_SECONDS = 10.0
"""A living main process gives a sign every two seconds."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DrillRequest:
    """What to play: the storm's shape, a key of `SHAPES`, and its size in mentions an hour."""

    folder: Path
    brand: str | None
    shape: str
    peak_per_hour: float
    wait_minutes: float
    """How long to wait for somebody to acknowledge."""


def drill(request: DrillRequest, say: Callable[[str], None]) -> Drilled:
    """Play the storm and report when it was detected, sent and acknowledged.

    Raises `ConfigError` for an unknown brand, shape or size, `Permanent` when nothing runs on the workspace.
    """
    config = load_config(request.folder, os.environ)
    brand = _chosen(config, request)
    store = open_store(existing_database(request.folder))
    try:
        return asyncio.run(_drill(store, config, brand, request, say))
    finally:
        clear_drills(store, SystemClock().now())
        store.close()


def clear_drills(store: Store, now: datetime) -> None:
    """End what a killed drill left open, and remove what it counted; its incident and pages stay."""
    for incident in store.incidents(open_only=True):
        if incident.drill:
            close(store, incident, now)
    for signal in store.states():
        if signal.brand.startswith(MARK):
            store.drop_brand(signal.brand)


def _chosen(config: Config, request: DrillRequest) -> BrandConfig:
    names = [brand.name for brand in config.brands]
    if request.shape not in SHAPES:
        raise ConfigError(f"no shape is called {request.shape!r}{hint(request.shape, SHAPES)}")
    if not LEAST_PEAK <= request.peak_per_hour <= LARGEST_PEAK:
        raise ConfigError(f"--size has to be {LEAST_PEAK:.0f} to {LARGEST_PEAK:.0f} mentions an hour")
    if not 0 <= request.wait_minutes <= LONGEST_WAIT:
        raise ConfigError(f"--wait has to be 0 to {LONGEST_WAIT:.0f} minutes")
    if not names:
        raise ConfigError("no brand is configured; add a [[brand]] table")
    if request.brand is not None and request.brand not in names:
        raise ConfigError(f"no brand is called {request.brand!r}{hint(request.brand, names)}")
    return config.brands[names.index(request.brand) if request.brand else 0]


async def _drill(
    store: Store, config: Config, brand: BrandConfig, request: DrillRequest, say: Callable[[str], None]
) -> Drilled:
    clock = SystemClock()
    await await_clock(store, request.folder, say)
    clear_drills(store, clock.now())
    if not config.channels:
        say("No channel is configured: the page will reach nobody.")
    drilled = Drilled(_marked(brand.name), request.shape, request.peak_per_hour, clock.now())
    say(
        f"{drilled.brand}: a {request.shape} storm up to {request.peak_per_hour:.0f} mentions an hour begins."
    )
    limit = timedelta(minutes=request.wait_minutes)
    async with _storm(store, config, brand, request, clock) as played:
        drilled = await await_incident(drilled, store, clock, played)
        say(drilled.told_detected())
        drilled = await await_delivery(drilled, store, clock)
        say(drilled.told_sent())
        drilled = await await_acknowledgement(drilled, store, clock, limit)
        say(drilled.told_acknowledged())
    return drilled


async def await_clock(store: Store, folder: Path, say: Callable[[str], None]) -> None:
    """Wait until the main process lives in real time, as people do: a demo first catches up with it."""
    pulse = await _require_run(store, folder)
    if pulse.catching_up:
        say("The demo still plays hours in minutes. The drill begins when it shows the real time.")
    while pulse.catching_up:
        pulse = await _require_run(store, folder)


async def _require_run(store: Store, folder: Path) -> Pulse:
    """Return the main process's next sign of life; raises `Permanent` when none comes."""
    first = store.pulse()
    for _ in range(int(ALIVE_SECONDS / LOOK_SECONDS)):
        await asyncio.sleep(LOOK_SECONDS)
        pulse = store.pulse()
        if pulse is not None and pulse != first:
            return pulse
    raise Permanent(
        f"nothing runs in {folder}, so nobody would deliver a page; "
        f"start `firetower run --workspace {quote(str(folder))}` and drill beside it"
    )


def _marked(name: str) -> str:
    return f"{MARK}{name}"[:MAX_LABEL]


@asynccontextmanager
async def _storm(
    store: Store, config: Config, brand: BrandConfig, request: DrillRequest, clock: Clock
) -> AsyncIterator[asyncio.Task[None]]:
    """Play the storm in the background; yields what ends when it is over or fails."""
    invented = _invented(store, brand, clock.now())
    scenario = _scenario(invented, request, clock.now())
    catch_up = CatchUpClock(clock.now() - scenario.begins_at, SPEED)
    flow = _flow(store, config, brand, invented, scenario, catch_up)
    player = asyncio.create_task(_play(flow, World(scenario), catch_up, clock))
    try:
        yield player
    finally:
        player.cancel()
        with suppress(asyncio.CancelledError):
            await player
        flow.close()


def _invented(store: Store, brand: BrandConfig, now: datetime) -> Brand:
    """Return a simulated brand that is as much talked about as the real one, in the words of some trade."""
    like = next((each for each in BRANDS if each.name == brand.name), BRANDS[0])
    sums = store.rollups(now - DAY, now, brand.name, seconds=3600)
    per_hour = max(1.0, sum(rollup.mentions for rollup in sums) / 24.0)
    return replace(like, name=_marked(brand.name), per_hour=per_hour)


def _scenario(brand: Brand, request: DrillRequest, now: datetime) -> Scenario:
    """Return a world whose storm reaches its peak about now."""
    storm = Storm(
        brand=brand.name,
        starts_at=now,
        doubling_minutes=SHAPES[request.shape],
        peak_per_hour=request.peak_per_hour,
        plateau_minutes=60.0,
        theme=next(iter(brand.trade.storms)),
        first_per_hour=FIRST_PER_HOUR,
    )
    begins_at = (now - timedelta(minutes=storm.rise_minutes + 15)).replace(second=0, microsecond=0)
    return Scenario(int(now.timestamp()), (brand,), (replace(storm, starts_at=begins_at),), begins_at)


def _flow(
    store: Store, config: Config, brand: BrandConfig, invented: Brand, scenario: Scenario, clock: CatchUpClock
) -> Flow:
    detector = open_detector(invented.name, config.detection.needless_pages_per_week)
    real = SystemClock()

    def new_detection() -> Detection:
        detector.learn(windows(store, brand.name, scenario.begins_at))
        watch = Watch(invented.name, detector, None)
        return Detection(store, lambda name, now: watch, lambda name, now: FULL, told_at=real.now)

    log = open_log(f"memory://drill-{uuid4()}")
    matcher = Matcher({invented.name: parse(invented.query)})
    scorer = BrandScorer(open_scorer(config.models.encoder), config.brands)
    return Flow(store, log, matcher, scorer, clock, Coverage(), new_detection, open_privacy(config))


async def _play(flow: Flow, world: World, clock: CatchUpClock, real: Clock) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(flow.run())
        group.create_task(_feed(flow, world, clock, real))


async def _feed(flow: Flow, world: World, clock: CatchUpClock, real: Clock) -> None:
    """Give the flow what is said as time goes by."""
    since = world.begins_at
    for channel in CHANNELS:
        await flow.collect(f"drill-{channel}", Fetched(cursor=since.isoformat()))
    while True:
        until = clock.now()
        for number, channel in enumerate(CHANNELS):
            found = world.mentions(f"drill-{channel}", number, since, until, real.now())
            marked = tuple(replace(mention, flags=mention.flags | Flag.DRILL) for mention in found)
            await flow.collect(f"drill-{channel}", Fetched(marked, until.isoformat()))
        since = until
        await asyncio.sleep(FEED_SECONDS)
