"""The hard cases: sentences written for this test, a file per phenomenon (`tests/hard_cases/README.md`)."""

import json
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from core.records import Sentiment
from models.adaptation import CLASSES
from models.score import TextScorer
from pipeline.evaluate.sentiment import predict

FOLDER = Path(__file__).parents[2] / "tests" / "hard_cases"
"""Where they stand in the sources; an installed package is without them."""


@dataclass(frozen=True, slots=True)
class HardCase:
    """A sentence and what a communications team would want it counted as."""

    id: str
    """The phenomenon and a number: `sarcasm-07`."""
    text: str
    label: Sentiment
    why: str = ""
    """What speaks for the label, where that is not plain."""


def read(folder: Path) -> dict[str, tuple[HardCase, ...]]:
    """Return the cases of every phenomenon in `folder`, by the names of its files.

    Raises `ConfigError` when the folder holds no case, or a line that is none.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise ConfigError(f"{folder} holds no *.jsonl: give the folder with the hard cases")
    return {path.stem: _cases(path) for path in files}


def measure(cases: dict[str, tuple[HardCase, ...]], scorer: TextScorer) -> dict[str, dict[str, float]]:
    """Return the share of right labels of each phenomenon, and of how many texts."""
    return {
        name: {"accuracy": _accuracy(group, scorer), "texts": len(group)} for name, group in cases.items()
    }


def _accuracy(cases: tuple[HardCase, ...], scorer: TextScorer) -> float:
    said = predict([case.text for case in cases], scorer).argmax(axis=1)
    return sum(CLASSES[number] is case.label for number, case in zip(said, cases, strict=True)) / len(cases)


def _cases(path: Path) -> tuple[HardCase, ...]:
    lines = path.read_text("utf-8").rstrip("\n").split("\n")  # splitlines also splits at U+2028 in a text
    return tuple(_case(line, f"{path}, line {number}") for number, line in enumerate(lines, 1))


def _case(line: str, place: str) -> HardCase:
    try:
        row = json.loads(line)
        return HardCase(row["id"], row["text"], Sentiment(row["label"]), row.get("why", ""))
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{place} is no hard case ({error!r}): give id, text and label, as JSON") from error
