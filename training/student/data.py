"""The labelled texts that the student learns from, and those that it is chosen on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.evaluate import pool, sentiment
from pipeline.evaluate.texts import fingerprint

TASKS = ("sentiment", "offensive", "irony", "anger")
"""The heads; the first one has three classes, the others say yes or no."""

LANGUAGES = ("arabic", "french", "german", "hindi", "italian", "portuguese", "spanish")
"""Those of UMSAB besides English, whose texts belong to SemEval's and TweetEval's (Barbieri et al. 2022)."""

_FOLDERS = {"offensive": "offensive", "irony": "irony", "anger": "emotion"}
_ANGER = 0
"""The class of TweetEval's emotion task that counts as anger, `emotion/mapping.txt`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text and what is known of it."""

    text: str
    task: str
    label: int
    origin: str
    """Data set whose shares of classes it comes with."""


def training_rows(data: Path) -> list[Row]:
    """Return what is learned from: nothing of it stands in a validation or test part, whatever the task."""
    held = {fingerprint(row.text) for row in held_out(data)} | {""}
    return [row for row in _training(data, held) if fingerprint(row.text) not in held]


def validation_rows(data: Path) -> list[Row]:
    """Return what the student is chosen on."""
    return [row for part in ("val",) for row in _parts(data, part)]


def held_out(data: Path) -> Iterator[Row]:
    """Yield every validation and test text; their labels serve nothing here but `validation_rows`."""
    for part in ("val", "test"):
        yield from _parts(data, part)
        english = data / "sentiment" / "umsab" / "english"
        yield from _labelled(english, part, "sentiment", "english")


def _training(data: Path, held: set[str]) -> Iterator[Row]:
    semeval = pool.read(data, [row.text for row in held_out(data)])
    for text, label in zip(semeval.texts, semeval.labels, strict=True):
        yield Row(text, "sentiment", label, "semeval")
    for language in LANGUAGES:
        yield from _labelled(data / "sentiment" / "umsab" / language, "train", "sentiment", language)
    for task in _FOLDERS:
        yield from _task(data, task, "train")


def _parts(data: Path, part: str) -> Iterator[Row]:
    english = sentiment.read(data, part)
    for text, label in zip(english.texts, english.labels, strict=True):
        yield Row(text, "sentiment", label, "semeval")
    for language in LANGUAGES:
        yield from _labelled(data / "sentiment" / "umsab" / language, part, "sentiment", language)
    for task in _FOLDERS:
        yield from _task(data, task, part)


def _task(data: Path, task: str, part: str) -> Iterator[Row]:
    folder = data / "sentiment" / "tweeteval" / _FOLDERS[task]
    for row in _labelled(folder, part, task, task):
        label = int(row.label == _ANGER) if task == "anger" else row.label
        yield Row(row.text, task, label, task)


def _labelled(folder: Path, part: str, task: str, origin: str) -> Iterator[Row]:
    texts = (folder / f"{part}_text.txt").read_text("utf-8").split("\n")
    labels = (folder / f"{part}_labels.txt").read_text("utf-8").split()
    for text, label in zip(texts, labels, strict=False):  # the texts end with a line break
        yield Row(sentiment.unescape(text), task, int(label), origin)
