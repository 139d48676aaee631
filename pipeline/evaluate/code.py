"""What a kept result depends on besides its data and configuration: all that computes."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from models import artefact

_SOURCES = Path(__file__).parents[2]
_PACKAGES = ("core", "storage", "monitors", "models", "alerts", "pipeline")
_LIBRARIES = ("numpy", "onnxruntime", "river")
_ENDINGS = frozenset({".py", ".json"})


@cache
def code_digest() -> str:
    """Return a digest of our sources as they were first asked for, of libraries, priors and weights."""
    found = hashlib.sha256(repr((artefact.version(), *map(version, _LIBRARIES))).encode())
    for package in _PACKAGES:
        for path in sorted((_SOURCES / package).rglob("*")):
            if path.suffix in _ENDINGS:
                found.update(f"{path.relative_to(_SOURCES)}\0".encode() + path.read_bytes())
    return found.hexdigest()
