"""`evaluate storms`: storms planted into backgrounds, and how early they page beside what peers do.

The protocol stands in `docs/design/detection.md`, "Storms on the bench".
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.evaluate.storms import rules
from pipeline.evaluate.storms.plan import BUDGET, SIZES, SLOW_STORMS, Size, Unit, clean_units, storm_units
from pipeline.evaluate.storms.planted import Cell
from pipeline.evaluate.storms.result import Result, told
from pipeline.evaluate.storms.texts import read
from pipeline.evaluate.storms.watch import Bars
from pipeline.evaluate.storms.work import Work
from pipeline.evaluate.storms.world import VOLUMES, World, read_nab


def evaluate(
    data: Path, resume: Path | None = None, quick: bool = False, even: bool = False
) -> dict[str, Any]:
    """Return recall, lead, needless pages and the coverage of forecasts; `even`: of the brands for tuning.

    Results and scores of texts are kept in the folder `resume` and taken from there when code, data and
    configuration are the same. Bars show the progress on standard error. Raises `ConfigError` when `data`
    does not hold the data sets.
    """
    if resume:
        resume.mkdir(parents=True, exist_ok=True)
    size = SIZES["quick" if quick else "full"]
    world = open_world(data, resume, size, side=1 if even else 0)
    work = Work(world, resume)
    try:
        return _measured(world, work, size)
    finally:
        work.close()


def open_world(data: Path, folder: Path | None, size: Size, side: int) -> World:
    """Return the backgrounds of one side: 0 for the 1st, 3rd … brand of each list, 1 for the others."""
    return World(read(data, folder, side), read_nab(data, side), side, size.simulated)


def _measured(world: World, work: Work, size: Size) -> dict[str, Any]:
    quiet = clean_units(world, size)
    clean = list(zip(quiet, work.clean(quiet), strict=True))
    bars = {volume: _bars(clean, volume) for volume in (*VOLUMES, 0)}
    units = storm_units(world, size)
    slow = _slow(units, SLOW_STORMS[size.name])
    tasks = [(unit, bars[unit.brand.volume], slow[place]) for place, unit in enumerate(units)]
    return told(clean, list(zip(units, work.stormy(tasks), strict=True)))


def _bars(clean: Sequence[tuple[Unit, Result]], volume: int) -> Bars:
    """Return the thresholds at which peers page as often without need as we do at the same volume."""
    mine = [(u, r) for u, r in clean if u.budget == BUDGET and u.brand.volume == volume]
    every = [r for u, r in clean if u.budget == BUDGET]
    rate = sum(len(r["pages"]) for r in every) / sum(r["weeks"] for r in every)
    most = round(rate * sum(r["weeks"] for _, r in mine))
    names = dict.fromkeys(name for _, r in mine for name in r["peers"])
    return {name: rules.threshold([r["peers"][name] for _, r in mine], most) for name in names}


def _slow(units: Sequence[Unit], wanted: int) -> list[frozenset[int]]:
    """Return for each unit which of its storms slow peers see: the first of each counted cell."""
    seen = dict[Cell, int]()
    chosen = []
    for unit in units:
        mine = set()
        for number, storm in enumerate(unit.storms):
            if storm.cell.counted and seen.get(storm.cell, 0) < wanted:
                seen[storm.cell] = seen.get(storm.cell, 0) + 1
                mine.add(number)
        chosen.append(frozenset(mine))
    return chosen
