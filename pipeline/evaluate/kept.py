"""Series that took long, kept in a folder, so that a broken run goes on where it stopped.

A name holds a digest of our code and of the data: after a change of either nothing old is taken.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.telemetry import get_logger
from pipeline.evaluate.code import code_digest

Series = NDArray[np.float64]


class Kept:
    """Series of one run by name; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, data: bytes) -> None:
        self._folder = folder
        self._digest = digest(data) if folder else ""
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def series(self, name: str, make: Callable[[], Sequence[Series]]) -> list[Series]:
        """Return the series `name`: from the folder, or made and put there."""
        if self._folder is None:
            return list(make())
        path = self._folder / f"{self._digest}-{hashlib.sha256(name.encode()).hexdigest()[:12]}.npz"
        if path.exists():
            get_logger("evaluate").info("taken from an earlier run", series=name, file=str(path))
            with np.load(path, allow_pickle=False) as held:
                return [held[key] for key in held.files]
        made = list(make())
        _write(path, made)
        return made


def _write(path: Path, made: Sequence[Series]) -> None:
    """Write all or nothing: a run may be stopped at any moment."""
    unfinished = path.with_suffix(".part.npz")
    np.savez_compressed(unfinished, *made)
    os.replace(unfinished, path)


def digest(data: bytes) -> str:
    """Return what names depend on: our code, the libraries and `data`."""
    return hashlib.sha256(code_digest().encode() + data).hexdigest()[:16]
