"""What every measure of sentiment needs: labelled texts, the shipped model's answers, and how good they are.

The first data set is TweetEval's (Barbieri et al. 2020, https://aclanthology.org/2020.findings-emnlp.148).
Its measure is macro recall on the 12,284 tweets of SemEval 2017 task 4 A. Published: RoBERTa-base 0.713,
BERTweet 0.734, TimeLMs 0.737, FastText and SVM 0.629.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.telemetry import get_logger
from models.score import TextScorer, open_scorer

LABELS = ("negative", "neutral", "positive")
"""The classes, in the order of TweetEval's label numbers."""

TWEETEVAL = Path("sentiment/tweeteval/sentiment")
"""TweetEval's sentiment task, below the folder with the data sets."""

CHUNK = 1024
"""Texts between two lines of progress."""

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts and their classes, indices into `LABELS`."""

    texts: tuple[str, ...]
    labels: tuple[int, ...]

    def first(self, most: int | None) -> "Labelled":
        """Return the first `most` of them, all for None."""
        return Labelled(self.texts[:most], self.labels[:most])


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a classifier does; every number lies in 0..1."""

    macro_recall: float
    accuracy: float
    macro_f1: float
    recall: dict[str, float]
    texts: int
    calibration_error: float | None = None
    """Mean gap between confidence and accuracy over 15 bins, weighted by texts (Guo et al. 2017)."""


def read(data: Path, part: str, folder: Path = TWEETEVAL) -> Labelled:
    """Return the `part` ("val" or "test") of the set in `folder` below `data`: texts and labels by lines.

    Raises `ConfigError` when it is not there, or is no such set.
    """
    place = data / folder
    try:
        texts = (place / f"{part}_text.txt").read_text("utf-8").split("\n")
        labels = (place / f"{part}_labels.txt").read_text("utf-8").split()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError(
            f"{error.filename} is absent: give the folder with the data sets as --data DIR"
        ) from error
    texts = texts[: len(labels)]  # the file ends with a line break
    if len(texts) != len(labels) or not set(labels) <= {"0", "1", "2"}:
        raise ConfigError(f"{place}: {part}_text.txt and {part}_labels.txt do not fit together")
    return Labelled(tuple(unescape(text) for text in texts), tuple(map(int, labels)))


def unescape(text: str) -> str:
    r"""Decode the escapes that SemEval's files carry: `don\u2019t`, `\"`.

    >>> unescape(r"Don\u2019t")
    'Don’t'
    """
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace('\\"', '"')


def predict(texts: Sequence[str], scorer: TextScorer | None = None) -> NDArray[np.float64]:
    """Return the probabilities of `scorer`, of the one that ships if none is given, shape `(len(texts), 3)`.

    Nothing that was learned on top is in them. Progress goes to the log.
    """
    scorer, log = scorer or open_scorer(), get_logger("evaluate")
    parts = []
    for start in range(0, len(texts), CHUNK):
        parts.append(scorer.probabilities(texts[start : start + CHUNK]))
        log.info("sentiment", done=min(start + CHUNK, len(texts)), of=len(texts))
    return np.concatenate(parts)


def quality(
    labels: Sequence[int],
    predicted: NDArray[np.int64],
    probabilities: NDArray[np.floating] | None = None,
) -> Quality:
    """Return the measures of `predicted` classes; the calibration error needs `probabilities`."""
    truth = np.asarray(labels)
    table = np.zeros((3, 3))
    np.add.at(table, (truth, predicted), 1)
    hits = np.diag(table)
    recall = hits / np.maximum(table.sum(axis=1), 1)
    f1 = 2 * hits / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)
    return Quality(
        macro_recall=float(recall.mean()),
        accuracy=float(hits.sum() / max(truth.size, 1)),
        macro_f1=float(f1.mean()),
        recall={name: float(value) for name, value in zip(LABELS, recall, strict=True)},
        texts=truth.size,
        calibration_error=None if probabilities is None else _calibration_error(truth, probabilities),
    )


def _calibration_error(truth: NDArray[np.int64], probabilities: NDArray[np.floating]) -> float:
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * 15).astype(int), 14)
    gaps = [abs(right[bins == b].sum() - confidence[bins == b].sum()) for b in range(15)]
    return float(sum(gaps) / max(truth.size, 1))
