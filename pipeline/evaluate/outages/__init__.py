"""`evaluate outages`: sources die, stall, catch up in a burst, repeat a day or go stale.

Each run is paired with the same traffic from the same seed without the outage. `docs/design/detection.md`,
"Outages", has the reasons and the figures.
"""

import asyncio
import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any

from core.telemetry import get_logger, set_up_logging
from models.onnx_encoder import spare_cores
from pipeline.evaluate.finished import Finished
from pipeline.evaluate.outages.scenario import Scenario, Storm, draw
from pipeline.evaluate.outages.traffic import Traffic, make
from pipeline.evaluate.outages.watch import Desk, Outcome

RUNS = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """One scenario with its outage and without."""

    seed: int
    outage: Outcome
    clean: Outcome


def evaluate(work: Path, runs: int = RUNS) -> dict[str, Any]:
    """Return the sums over the scenarios `0 … runs - 1`; finished ones are kept under `work`."""
    return summary(list(_played(work, range(runs))))


def summary(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return what is printed of the runs."""
    storms = [draw(pair.seed).storm for pair in pairs]
    unknown = [pair.outage.unknown_after for pair in pairs if pair.outage.unknown_after is not None]
    return {
        "runs": len(pairs),
        "false_pages_with": false_pages(storms, (pair.outage.pages for pair in pairs)),
        "false_pages_without": false_pages(storms, (pair.clean.pages for pair in pairs)),
        "storms_planted": len(pairs),
        "storms_found": sum(map(found, storms, (pair.outage.pages for pair in pairs))),
        "unknown_within_minutes": round(max(unknown, default=0.0), 1),
    }


def _played(work: Path, seeds: Sequence[int]) -> Iterator[Pair]:
    """Play what is not finished, on every core that is to spare; tell each run that ends."""
    log = get_logger("evaluate")
    with ProcessPoolExecutor(spare_cores(), initializer=_quiet) as pool:
        for pair in pool.map(_kept, repeat(work), seeds):
            log.info("outages", run=pair.seed + 1, of=len(seeds), **_told(pair))
            yield pair


def _quiet() -> None:
    """Keep the log of simulated sources that fail out of the way: only trouble of our own is told."""
    set_up_logging(json=False, level=logging.CRITICAL)


def _kept(work: Path, seed: int) -> Pair:
    finished = Finished(work, ["outages"])
    return finished.part(f"outage-{seed}", Pair, partial(play, seed))


def _told(pair: Pair) -> dict[str, Any]:
    scenario = draw(pair.seed)
    storm = scenario.storm
    return {
        "trouble": str(scenario.trouble),
        "false_with": false_pages([storm], [pair.outage.pages]),
        "false_without": false_pages([storm], [pair.clean.pages]),
        "storm_found": found(storm, pair.outage.pages),
        "unknown_after": pair.outage.unknown_after,
    }


def false_pages(storms: Iterable[Storm], pages: Iterable[Sequence[datetime]]) -> int:
    """Return how many pages lie outside their run's storm."""
    return sum(
        not storm.onset <= page < storm.end
        for storm, each in zip(storms, pages, strict=True)
        for page in each
    )


def found(storm: Storm, pages: Sequence[datetime]) -> bool:
    """Return whether a page came between the storm's onset and six hours after its peak."""
    return any(storm.onset <= page < storm.end for page in pages)


def play(seed: int) -> Pair:
    """Play scenario `seed` twice."""
    scenario = draw(seed)
    traffic = make(scenario)
    return Pair(seed, outcome(scenario, traffic, fails=True), outcome(scenario, traffic, fails=False))


def outcome(scenario: Scenario, traffic: Traffic, fails: bool) -> Outcome:
    """Play one run in a folder of its own; `fails` says whether the outage happens."""
    with tempfile.TemporaryDirectory(prefix="firetower-outage-") as folder:
        desk = Desk(scenario, traffic, Path(folder), fails)
        try:
            return asyncio.run(desk.run())
        finally:
            desk.close()
