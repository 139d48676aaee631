"""Run: every role of a workspace in one process, with the board as its child."""

import asyncio
import gc
import itertools
import signal
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from alerts.runner import AlertRunner
from core.clock import CatchUpClock, SystemClock
from core.config import Config
from core.ports import Clock, Closeable, Monitor, Store, StreamMonitor
from core.query import Matcher, parse
from core.records import HOOK_PATHS, Pulse, SourceState
from core.telemetry import get_logger
from models.score import TextScorer
from monitors.base import PollLoop
from monitors.catalog import Context, build
from monitors.http import HttpClient
from monitors.stream import StreamLoop
from pipeline.board import require_free, serve
from pipeline.coverage import Coverage
from pipeline.detection import Detection
from pipeline.drill import clear_drills
from pipeline.ending import end_within
from pipeline.flow import Flow, signalled
from pipeline.heartbeat import Heartbeat
from pipeline.history import HISTORY
from pipeline.jobs import Handler, Jobs
from pipeline.learning import Learning, until
from pipeline.metrics import Metrics
from pipeline.namesakes import Namesakes
from pipeline.neighbours import open_watches
from pipeline.preview import query_preview
from pipeline.privacy import open_privacy
from pipeline.scoring import BrandScorer
from pipeline.storm.statement import Statement
from pipeline.supervise import Role, Supervisor
from pipeline.testpage import send_test_page
from pipeline.upkeep import Upkeep
from pipeline.weekly.publish import report_job
from pipeline.weekly.schedule import Schedule
from pipeline.workspace import Workspace

DEMO_HOOK = "demo"
"""Where the demo's pages arrive: delivered for real, read on the board, and thrown away."""
ALERT_SECONDS = 1.0
"""How often the outbox is looked at: a fifth of the 5 s that a page may take."""
PULSE_SECONDS = 2.0
DOWN = timedelta(minutes=5)
"""A shorter stop hides less than one window."""
METRICS_EVERY = 5
"""Pulses between two refreshes of the metrics."""
TRUNCATE_EVERY = 30
"""Pulses between two truncations of the write-ahead log: once a minute."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run is made of."""

    workspace: Workspace
    config: Config
    clock: Clock
    scorer: TextScorer
    demo: bool = False


async def run(parts: Parts) -> None:
    """Run until SIGINT or SIGTERM, which end the process soon; what was acknowledged is committed then."""
    require_free(parts.config.board.host, parts.config.board.port)
    product = Product(parts)
    loop = asyncio.get_running_loop()
    main = asyncio.create_task(product.run())

    def stop() -> None:
        end_within()
        main.cancel()

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    try:
        await main
    except asyncio.CancelledError:
        get_logger("run").info("stopped")
    finally:
        await product.close()


class Product:
    """The roles of one workspace, wired together."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store, self._log = parts.workspace.store, parts.workspace.log
        self._config, self._clock = parts.config, parts.clock
        self._supervisor = Supervisor()
        self._metrics = Metrics()
        self._coverage = Coverage()
        self._http = HttpClient(SystemClock())
        matcher = Matcher({brand.name: parse(brand.query) for brand in self._config.brands})
        self._flow = Flow(
            self._store,
            self._log,
            matcher,
            BrandScorer(parts.scorer, self._config.brands),
            self._clock,
            self._coverage,
            self._detection,
            open_privacy(self._config),
        )
        # a demo's past comes sixty times as fast, and there is time for all of it
        self._flow.skims = not parts.demo
        self._statement = Statement(self._store, self._flow.reader)
        budget = self._config.detection.needless_pages_per_week
        self._learning = Learning(self._store, parts.scorer, self._clock, budget)
        self._namesakes = Namesakes(self._store, parts.scorer, self._config.brands, self._clock)
        self._runner = AlertRunner(self._store, self._config, self._clock)
        self._monitors = self._build_monitors()
        self._store.forget_sources(monitor.name for monitor in self._monitors)
        self._former = {state.name: state for state in self._store.sources()}
        self._started_at = self._clock.now()
        clear_drills(self._store, self._started_at)
        before = self._store.pulse()
        self._last_alive = before.at if before else None
        """Sign of life of a former process; None once what passed since then is closed."""
        self._store.set_meta(HOOK_PATHS, DEMO_HOOK if parts.demo else "")

    async def run(self) -> None:
        """Run all roles."""
        board = self._config.board
        roles: dict[str, Role] = {"flow": self._watch, "alerts": self._alert, "pulse": self._pulse}
        if self._config.heartbeat is not None:
            states = self._supervisor.states
            roles["heartbeat"] = Heartbeat(self._config.heartbeat, self._store, self._clock, states).run
        roles["jobs"] = Jobs(self._store, self._handlers()).run
        roles["learning"] = self._learning.run
        roles["relevance"] = self._namesakes.run
        roles["weekly"] = Schedule(self._store, self._config, self._clock).run
        kept_days = self._config.retention.mention_days
        roles["upkeep"] = Upkeep(self._store, self._flow.write, self._clock, kept_days).run
        roles["board"] = partial(serve, self._parts.workspace.folder, board.host, board.port)
        for monitor in self._monitors:
            roles[f"source {monitor.name}"] = self._loop(monitor).run
        await self._supervisor.run(roles)

    def _handlers(self) -> dict[str, Handler]:
        """Return who does which kind of job."""
        channels = [channel.name for channel in self._config.channels]
        return {
            "promote": self._learning.promote,
            "query_preview": partial(query_preview, self._store),
            "report": partial(report_job, self._store, self._config, self._clock),
            "rollback": self._learning.rollback,
            "test_page": partial(send_test_page, self._store, channels, self._clock),
        }

    @property
    def flow(self) -> Flow:
        """The way of the data; a bench offers its mentions there."""
        return self._flow

    @property
    def store(self) -> Store:
        """The workspace's store."""
        return self._store

    async def _watch(self) -> None:
        """Run the flow; when verdicts have moved a bar it starts again, and opens each brand with its own."""
        while True:
            await until(self._learning.bars_moved, self._flow.run)

    def _detection(self) -> Detection:
        detection = Detection(
            self._store,
            open_watches(self._store, self._config.brands, self._learning.budget),
            self._coverage.seen,
            judge=self._namesakes.judge,
        )
        now = self._clock.now()
        self._coverage.recall(self._store.rollups(now - HISTORY, now, seconds=86_400), now)
        for brand in self._config.brands:
            detection.watch(brand.name, now)
        if self._last_alive is not None and now - self._last_alive >= DOWN:
            detection.sleep(self._last_alive, now)
            self._last_alive = None
        gc.freeze()  # looking through models and brands for garbage takes 0.1 s, and all would wait
        return detection

    def _build_monitors(self) -> list[Monitor | StreamMonitor]:
        context = Context(self._config.brands, self._http, self._clock)
        return [build(source, context) for source in self._config.sources]

    def _loop(self, monitor: Monitor | StreamMonitor) -> PollLoop | StreamLoop:
        async def cursor() -> str:
            return await self._flow.write(self._log.cursor, monitor.name)

        async def report(state: SourceState) -> None:
            await self._flow.write(self._store.save_source, state)

        former = self._former.get(monitor.name)
        if isinstance(monitor, StreamMonitor):
            return StreamLoop(monitor, self._flow.collect, report, cursor, self._clock, former=former)
        return PollLoop(monitor, self._flow.collect, report, cursor, self._clock, former=former)

    async def _alert(self) -> None:
        """Work off the outbox; slow services take their time beside the next round."""
        await asyncio.to_thread(self._runner.prepare)
        while True:
            await self._runner.run_once(self._clock.now())
            await signalled(self._flow.paged, ALERT_SECONDS)

    async def _pulse(self) -> None:
        """Tell the board that we live, leave the metrics there, keep the write-ahead log short."""
        for beat in itertools.count():
            await self._flow.write(self._store.save_pulse, await asyncio.to_thread(self._life))
            if beat % METRICS_EVERY == 0:
                text = await asyncio.to_thread(self._metrics.text, self._store, self._log)
                await self._flow.write(self._store.set_meta, "metrics", text)
                await self._flow.write(self._store.take_hooks, DEMO_HOOK, 100)
            if beat % TRUNCATE_EVERY == 0:
                await self._flow.write(self._store.truncate_wal)
            await asyncio.sleep(PULSE_SECONDS)

    def _life(self) -> Pulse:
        catching_up = isinstance(self._clock, CatchUpClock) and not self._clock.caught_up
        now = self._clock.now()
        return Pulse(
            self._started_at,
            now,
            dict(self._supervisor.states),
            self._log.depth(),
            self._parts.demo,
            catching_up,
            self._statement.at(now),
        )

    async def close(self) -> None:
        """Release threads, connections and files, side by side: each may take seconds."""
        closeable = [monitor for monitor in self._monitors if isinstance(monitor, Closeable)]
        await asyncio.gather(
            self._runner.close(),
            *(each.close() for each in closeable),
            asyncio.to_thread(self._flow.close),
        )
        await self._http.close()
