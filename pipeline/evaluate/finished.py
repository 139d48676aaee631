"""Parts of a long run, kept in a folder as soon as each is finished, so that a broken run goes on there.

A part is taken only from a run of the same sources, libraries, priors, weights and configuration: its name
holds a digest of all of them.
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
    """Return where finished parts and scores are kept unless somebody says otherwise: the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "firetower" / "evaluate"


class Finished:
    """Finished parts by name; `configuration` is all that a result depends on besides the sources."""

    def __init__(self, folder: Path, configuration: Sequence[object]) -> None:
        self.folder = folder / "finished" / _digest(configuration)
        """Room for what is under way as well: it is found again by a run of the same kind only."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def part(self, name: str, kind: type[T], make: Callable[[], T]) -> T:
        """Return the record `name`, of type `kind`: from the folder, or made and put there."""
        path = self.folder / f"{name}.json"
        if path.exists():
            get_logger("evaluate").info("taken from an earlier run", part=name)
            return loads(kind, path.read_bytes())
        made = make()
        unfinished = path.with_suffix(".part")
        unfinished.write_text(dumps(made), "utf-8")
        os.replace(unfinished, path)  # all or nothing: a run may be stopped at any moment
        return made


def _digest(configuration: Sequence[object]) -> str:
    return hashlib.sha256(f"{code_digest()} {list(configuration)!r}".encode()).hexdigest()[:16]
