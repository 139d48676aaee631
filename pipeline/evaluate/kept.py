"""Results that took long, kept in a folder as soon as each is there: a broken run goes on where it stopped.

A result is taken only from a run of the same sources, libraries, priors, weights and data: they stand in a
digest, which names the folder. Scores of texts outlive a change of code and are kept apart (`kept_scores`).
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from core.codec import dumps, loads
from core.telemetry import get_logger
from pipeline.evaluate.code import code_digest

T = TypeVar("T")


def cache_folder() -> Path:
    """Return where results and scores are kept unless somebody says otherwise: the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "firetower" / "evaluate"


class Kept:
    """Results by name; `depends_on` is all that they depend on besides what computes, by `repr`."""

    def __init__(self, folder: Path, depends_on: Sequence[object]) -> None:
        self.folder = folder / _digest(depends_on)
        """Room for what is under way as well: it is found again by a run of the same kind only."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def find(self, name: str, kind: type[T]) -> T | None:
        """Return the result `name`, a record of type `kind`; None when there is none, or a damaged one."""
        path = self._path(name)
        try:
            return loads(kind, path.read_bytes()) if path.exists() else None
        except ValueError:
            get_logger("evaluate").warning("a damaged result is made again", result=name, path=str(path))
            return None

    def keep(self, name: str, result: object) -> None:
        """Write a result, all or nothing: a run may be stopped at any moment."""
        path = self._path(name)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(dumps(result), "utf-8")
        os.replace(unfinished, path)

    def result(self, name: str, kind: type[T], make: Callable[[], T]) -> T:
        """Return the result `name`: from the folder, or made and put there."""
        found = self.find(name, kind)
        if found is not None:
            get_logger("evaluate").info("taken from an earlier run", result=name, folder=str(self.folder))
            return found
        made = make()
        self.keep(name, made)
        return made

    def _path(self, name: str) -> Path:
        """Return the file of a result; a name may hold anything."""
        return self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:20]}.json"


def _digest(depends_on: Sequence[object]) -> str:
    return hashlib.sha256(f"{code_digest()} {list(depends_on)!r}".encode()).hexdigest()[:16]
