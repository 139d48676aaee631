"""What ships: the student's graph, its tokenizer and its heads, with the card that describes them.

`python -m training.student.ship` makes the files in `models/weights`; the card says how, from which data, and
how well they do. `docs/design/language.md` has the reasons.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from core.errors import Permanent

FOLDER = Path(__file__).parent / "weights"
GRAPH = "student.onnx"
TOKENIZER = "tokenizer.json"
HEADS = "heads.npz"
CARD = "card.json"

FORMAT = 3
"""Raise it when a file or `models.features` changes its meaning."""


def version(folder: Path = FOLDER) -> str:
    """Return the version that scores name: a digest over all that ships.

    Raises `Permanent` unless the files in `folder` are those that its card describes.
    """
    card = read_card(folder)
    expected = card.get("sha256")
    found = digests(folder)
    if found != expected or card.get("format") != FORMAT:
        wrong = [
            name for name in found if not isinstance(expected, dict) or found[name] != expected.get(name)
        ]
        raise Permanent(
            f"{', '.join(wrong) or 'the card'} in {folder} does not fit the card there (format {FORMAT}): "
            "restore the folder from the repository"
        )
    return combined(found)


def combined(found: dict[str, str]) -> str:
    """Return one short digest of several."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:12]


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that ships, by its name; raises `Permanent` when one is missing."""
    return {name: sha256(folder / name) for name in (GRAPH, TOKENIZER, HEADS)}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; raises `Permanent` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Permanent(
            f"{path} cannot be read ({error.strerror}): restore it from the repository"
        ) from error


def read_card(folder: Path = FOLDER) -> dict[str, Any]:
    """Return what is said of the files in `folder`; raises `Permanent` when it cannot be read."""
    try:
        card: dict[str, Any] = dict(json.loads((folder / CARD).read_bytes()))
    except (OSError, TypeError, ValueError) as error:
        raise Permanent(f"the card of the shipped model, {folder / CARD}, cannot be read: {error}") from error
    return card
