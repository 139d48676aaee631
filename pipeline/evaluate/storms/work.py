"""All units of a run on two processes; what is done already is taken from a folder."""

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import typer

from pipeline.evaluate import kept
from pipeline.evaluate.storms.plan import Unit
from pipeline.evaluate.storms.watch import Bars, clean, stormy
from pipeline.evaluate.storms.world import World

_PROCESSES = 2
"""The full run is planned for two cores."""

Result = dict[str, Any]


class Work:
    """Runs units and keeps their results, named by what they depend on: code, texts, configuration."""

    def __init__(self, world: World, folder: Path | None) -> None:
        self._world = world
        self._folder = folder
        self._basis = hashlib.sha256(kept.digest(world.content()).encode()).hexdigest()
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
        paths = [self._path(*task) for task in tasks]
        results = [_finished(path) for path in paths]
        missing = [place for place, result in enumerate(results) if result is None]
        futures = {self._pool.submit(_work, *tasks[place]): place for place in missing}
        with typer.progressbar(as_completed(futures), len(futures), label=label, file=sys.stderr) as bar:
            for future in bar:
                place = futures[future]
                results[place] = future.result()
                _keep(paths[place], future.result())
        return [result for result in results if result is not None]

    def _path(self, unit: Unit, bars: Bars, slow: frozenset[int]) -> Path | None:
        if self._folder is None:
            return None
        told = "\0".join([self._basis, unit.key, json.dumps(bars, sort_keys=True), repr(sorted(slow))])
        return self._folder / f"unit-{hashlib.sha256(told.encode()).hexdigest()[:20]}.json"


def _finished(path: Path | None) -> Result | None:
    return dict(json.loads(path.read_bytes())) if path and path.exists() else None


def _keep(path: Path | None, result: Result) -> None:
    """Write all or nothing: a run may be stopped at any moment."""
    if path:
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(result), "utf-8")
        unfinished.replace(path)


_worlds: list[World] = []
"""The world of a worker process, set when it starts."""


def _open(world: World) -> None:
    _worlds.append(world)


def _work(unit: Unit, bars: Bars, slow: frozenset[int]) -> Result:
    return clean(unit, _worlds[0]) if unit.clean else stormy(unit, _worlds[0], bars, slow)
