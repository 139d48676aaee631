"""The ten streams of NAB realTweets, their windows, and what other detectors made of them.

Lavin & Ahmad 2015 (https://arxiv.org/abs/1510.03336); https://github.com/numenta/NAB, MIT. Mentions of ten
companies per 5 minutes, 2015-02-26 to 2015-04-22, with 33 windows in which people saw something unusual.
"""

import csv
import io
import json
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError

Scores = NDArray[np.float64]
"""Anomaly scores of one stream, one a row; larger is more unusual."""

_GROUP = "realTweets"
_PROBATION, _LONGEST = 0.15, 5000
"""NAB lets a detector learn for 15 % of a file, but of no more than its first 5,000 rows."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One file: counts in order of time, and the windows in which an alarm is right."""

    name: str
    times: NDArray[np.int64]
    """Seconds since the epoch, UTC, of each row."""
    counts: NDArray[np.int64]
    windows: tuple[tuple[int, int], ...]
    """First and last row of each window, both inside."""

    @property
    def scored_from(self) -> int:
        """The first row that counts; what lies before is for learning."""
        return probation(len(self.times))


@dataclass(frozen=True, slots=True)
class Published:
    """What NAB publishes of one detector: its scores, one array for each stream."""

    name: str
    scores: tuple[Scores, ...]
    results: dict[str, dict[str, float]]
    """By profile: "threshold", chosen by NAB on its whole corpus, and the "score" that it gives here."""


def probation(rows: int) -> int:
    """Return how many rows at the beginning of a file of `rows` are for learning and not scored."""
    return int(_PROBATION * min(rows, _LONGEST))


def read(data: Path) -> tuple[Stream, ...]:
    """Return the streams by name. Raises `ConfigError` where `data` does not hold them."""
    folder = data / "nab"
    windows = _json(folder / "combined_windows.json")
    paths = sorted((folder / _GROUP).glob("*.csv"))
    if not paths:
        raise ConfigError(f"{folder / _GROUP} is absent: give the folder with the data sets as --data DIR")
    return tuple(_stream(path, windows) for path in paths)


def published(data: Path, streams: tuple[Stream, ...]) -> tuple[Published, ...]:
    """Return every published detector by name, with one array of scores for each of `streams`.

    Raises `ConfigError` where `data` does not hold them.
    """
    results = _json(data / "nab" / f"published_scores_{_GROUP}.json")
    scores = _all_scores(data / "nab" / "published_results.tgz")
    try:
        return tuple(
            Published(name, tuple(scores[name, stream.name] for stream in streams), results[name])
            for name in sorted(results)
        )
    except KeyError as error:
        raise ConfigError(f"published_results.tgz lacks the scores of {error}") from error


def _all_scores(path: Path) -> dict[tuple[str, str], Scores]:
    """Return scores by detector and stream, in one pass: going back in a packed file is slow."""
    scores = {}
    with tarfile.open(path) as archive:
        for member in archive:
            name, _, file = member.name.partition(f"/{_GROUP}/")
            if file and (lines := archive.extractfile(member)):
                stream = file.removeprefix(f"{name}_Twitter_volume_").removesuffix(".csv")
                scores[name, stream] = _column(io.TextIOWrapper(lines, "utf-8"), "anomaly_score")
    return scores


def _column(lines: io.TextIOWrapper, name: str) -> Scores:
    place = next(lines).strip().split(",").index(name)
    return np.loadtxt(lines, delimiter=",", usecols=place)


def content(streams: tuple[Stream, ...]) -> bytes:
    """Return the bytes that every series depends on."""
    return b"".join(each.name.encode() + each.times.tobytes() + each.counts.tobytes() for each in streams)


def _stream(path: Path, windows: dict[str, list[list[str]]]) -> Stream:
    try:
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        times = np.array([_seconds(row["timestamp"]) for row in rows], np.int64)
        counts = np.array([int(float(row["value"])) for row in rows], np.int64)
        spans = [(_seconds(first), _seconds(last)) for first, last in windows[f"{_GROUP}/{path.name}"]]
    except (KeyError, ValueError) as error:
        raise ConfigError(f"{path} is not a stream as NAB published it ({error!r})") from error
    inside = [(int(times.searchsorted(a)), int(times.searchsorted(b, "right")) - 1) for a, b in spans]
    return Stream(path.stem.removeprefix("Twitter_volume_"), times, counts, tuple(inside))


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError(f"{path} is absent: give the folder with the data sets as --data DIR") from error
