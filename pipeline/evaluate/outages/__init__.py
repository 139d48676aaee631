"""`evaluate outages`: sources die, stall, catch up in a burst, repeat a day or go stale.

Each run is paired with the same traffic from the same seed without the outage. `docs/design/detection.md`,
"Outages", has the reasons and the figures.
"""

import asyncio
import logging
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from core.telemetry import set_up_logging
from models.onnx_encoder import spare_cores
from pipeline.evaluate.bars import Bar
from pipeline.evaluate.bars import draw as draw_bars
from pipeline.evaluate.kept import Kept
from pipeline.evaluate.outages.scenario import Scenario, Storm, draw
from pipeline.evaluate.outages.traffic import Traffic, make
from pipeline.evaluate.outages.watch import Desk, Outcome
from pipeline.evaluate.progress import shown

RUNS = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """One scenario with its outage and without."""

    seed: int
    outage: Outcome
    clean: Outcome


def played(work: Path, runs: int = RUNS) -> list[Pair]:
    """Play the scenarios `0 … runs - 1` on all cores that are to spare; finished ones are kept in `work`."""
    with ProcessPoolExecutor(spare_cores(), initializer=_quiet) as pool:
        under_way = [(_named(seed), pool.submit(_kept, work, seed)) for seed in range(runs)]
        try:
            return [each.result() for _, each in shown(under_way, "outages")]
        except BaseException:
            pool.shutdown(cancel_futures=True)  # what is finished is kept; the rest is not waited for
            raise


def _named(seed: int) -> str:
    return f"{seed + 1}: {draw(seed).trouble}"


def summary(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return what is printed of the runs."""
    storms = [draw(pair.seed).storm for pair in pairs]
    unknown = [pair.outage.unknown_after for pair in pairs if pair.outage.unknown_after is not None]
    return {
        "runs": len(pairs),
        "false_pages_with": false_pages(storms, [pair.outage.pages for pair in pairs]),
        "false_pages_without": false_pages(storms, [pair.clean.pages for pair in pairs]),
        "storms_planted": len(pairs),
        "storms_found": sum(map(found, storms, [pair.outage.pages for pair in pairs])),
        "storms_found_without": sum(map(found, storms, [pair.clean.pages for pair in pairs])),
        "unknown_within_minutes": round(max(unknown, default=0.0), 1),
    }


def picture(pairs: Sequence[Pair]) -> str:
    """Return an SVG of how many storms were found after each kind of trouble, and how many without it."""
    by_trouble: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_trouble.setdefault(draw(pair.seed).trouble, []).append(pair)
    bars = [
        Bar(name, _share(mine, [pair.outage for pair in mine]), _share(mine, [pair.clean for pair in mine]))
        for name, mine in by_trouble.items()
    ]
    return draw_bars("Storms found after an outage, %", "after it", "the same storms without it", bars, 100.0)


def _share(pairs: Sequence[Pair], outcomes: Sequence[Outcome]) -> float:
    storms = [draw(pair.seed).storm for pair in pairs]
    return 100.0 * sum(map(found, storms, [each.pages for each in outcomes])) / len(pairs)


def _quiet() -> None:
    """Keep the log of simulated sources that fail out of the way: only trouble of our own is told."""
    set_up_logging(json=False, level=logging.CRITICAL)


def _kept(work: Path, seed: int) -> Pair:
    return Kept(work, ["outages"]).result(f"outage {seed}", Pair, partial(play, seed))


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
