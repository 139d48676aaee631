"""Sentiment against TweetEval (Barbieri et al. 2020, https://aclanthology.org/2020.findings-emnlp.148).

The benchmark's measure is macro recall on the 12,284 tweets of SemEval 2017 task 4 A. Published: RoBERTa-base
0.713, BERTweet 0.734, TimeLMs 0.737, FastText and SVM 0.629.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.telemetry import get_logger

LABELS = ("negative", "neutral", "positive")
"""The classes, in the order of TweetEval's label numbers."""

_FOLDER = Path("sentiment/tweeteval/sentiment")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_CHUNK = 1024  # texts between two lines of progress


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts and their classes, indices into `LABELS`."""

    texts: tuple[str, ...]
    labels: tuple[int, ...]


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


def evaluate(data: Path) -> dict[str, Any]:
    """Return the shipped model's quality on TweetEval's test part, VADER's beside it.

    Progress goes to the log. Raises `ConfigError` when `data` does not hold the data set.
    """
    test = read(data, "test")
    probabilities = predict(test.texts)
    return {
        "tweeteval": asdict(quality(test.labels, probabilities.argmax(axis=1), probabilities)),
        "peers": {"vader": asdict(quality(test.labels, _vader(test.texts)))},
    }


def read(data: Path, part: str) -> Labelled:
    """Return the `part` ("val" or "test") of TweetEval's sentiment task under the folder `data`."""
    try:
        texts = (data / _FOLDER / f"{part}_text.txt").read_text("utf-8").split("\n")
        labels = (data / _FOLDER / f"{part}_labels.txt").read_text("utf-8").split()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError(
            f"{error.filename} is absent: give the folder that holds TweetEval as --data DIR"
        ) from error
    texts = texts[: len(labels)]  # the file ends with a line break
    if len(texts) != len(labels) or not set(labels) <= {"0", "1", "2"}:
        raise ConfigError(f"{data / _FOLDER}: {part}_text.txt and {part}_labels.txt do not fit together")
    return Labelled(tuple(unescape(text) for text in texts), tuple(map(int, labels)))


def unescape(text: str) -> str:
    r"""Decode the escapes that SemEval's files carry: `don\u2019t`, `\"`.

    >>> unescape(r"Don\u2019t")
    'Don’t'
    """
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace('\\"', '"')


def predict(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the shipped model's probabilities, shape `(len(texts), 3)`."""
    from models.score import open_scorer

    scorer, log = open_scorer(), get_logger("evaluate")
    parts = []
    for start in range(0, len(texts), _CHUNK):
        parts.append(scorer.probabilities(texts[start : start + _CHUNK]))
        log.info("sentiment", done=min(start + _CHUNK, len(texts)), of=len(texts))
    return np.concatenate(parts)


def quality(
    labels: Sequence[int],
    predicted: NDArray[np.int64],
    probabilities: NDArray[np.float32] | None = None,
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


def _calibration_error(truth: NDArray[np.int64], probabilities: NDArray[np.float32]) -> float:
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * 15).astype(int), 14)
    gaps = [abs(right[bins == b].sum() - confidence[bins == b].sum()) for b in range(15)]
    return float(sum(gaps) / max(truth.size, 1))


def _vader(texts: Sequence[str]) -> NDArray[np.int64]:
    """VADER's classes by its authors' thresholds: compound of at least 0.05 either way."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    compound = np.array([analyzer.polarity_scores(text)["compound"] for text in texts])
    return np.asarray(1 + (compound >= 0.05).astype(int) - (compound <= -0.05).astype(int))
