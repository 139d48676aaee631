"""All units of a run on two processes; what is done already is taken from a folder."""

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import typer

from pipeline.evaluate.kept import Kept
from pipeline.evaluate.storms.plan import Unit
from pipeline.evaluate.storms.watch import Bars, clean, stormy
from pipeline.evaluate.storms.world import World

_PROCESSES = 2
"""The full run is planned for two cores."""

Result = dict[str, Any]


class Work:
    """Runs units and keeps their results, named by what they depend on besides code and texts."""

    def __init__(self, world: World, folder: Path | None) -> None:
        self._world = world
        self._kept = Kept(folder, [sha256(world.content()).hexdigest()]) if folder else None
        self._pool = ProcessPoolExecutor(
            min(_PROCESSES, os.cpu_count() or 1), get_context("spawn"), _open, (world,)
        )

    def clean(self, units: Sequence[Unit]) -> list[Result]:
        """Return the results of streams without storms, in order."""
        return self._all("without storms", [(unit, {}, frozenset()) for unit in units])

    def stormy(self, tasks: Sequence[tuple[Unit, Bars, frozenset[int]]]) -> list[Result]:
        """Return the results of streams with storms, in order."""
        return self._all("storms", tasks)

    def close(self) -> None:
        """End the processes; units that have not begun are dropped."""
        self._pool.shutdown(cancel_futures=True)

    def _all(self, label: str, tasks: Sequence[tuple[Unit, Bars, frozenset[int]]]) -> list[Result]:
        names = [_name(*task) for task in tasks]
        results = [self._kept.find(name, Result) if self._kept else None for name in names]
        missing = [place for place, result in enumerate(results) if result is None]
        futures = {self._pool.submit(_work, *tasks[place]): place for place in missing}
        with typer.progressbar(as_completed(futures), len(futures), label=label, file=sys.stderr) as bar:
            for future in bar:
                place = futures[future]
                results[place] = future.result()
                if self._kept:
                    self._kept.keep(names[place], future.result())
        return [result for result in results if result is not None]


def _name(unit: Unit, bars: Bars, slow: frozenset[int]) -> str:
    return "\0".join([unit.key, json.dumps(bars, sort_keys=True), repr(sorted(slow))])


_worlds: list[World] = []
"""The world of a worker process, set when it starts."""


def _open(world: World) -> None:
    _worlds.append(world)


def _work(unit: Unit, bars: Bars, slow: frozenset[int]) -> Result:
    return clean(unit, _worlds[0]) if unit.clean else stormy(unit, _worlds[0], bars, slow)
