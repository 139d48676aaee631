"""Parts of a long run, kept in a folder as soon as each is finished, so that a broken run goes on there.

A part is taken only from a run of the same sources, libraries, priors, weights and configuration: its name
holds a digest of all of them.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from core.codec import dumps, loads
from core.telemetry import get_logger
from models import artefact

_SOURCES = Path(__file__).parents[2]
_PACKAGES = ("core", "storage", "monitors", "models", "alerts", "pipeline")
_LIBRARIES = ("numpy", "onnxruntime")
_ENDINGS = frozenset({".py", ".json"})

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
    return hashlib.sha256(f"{_code()} {list(configuration)!r}".encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """Return a digest of all that computes: our sources as they were first asked for, libraries, weights."""
    found = hashlib.sha256(repr((artefact.version(), *map(version, _LIBRARIES))).encode())
    for package in _PACKAGES:
        for path in sorted((_SOURCES / package).rglob("*")):
            if path.suffix in _ENDINGS:
                found.update(f"{path.relative_to(_SOURCES)}\0".encode() + path.read_bytes())
    return found.hexdigest()
