"""Texts scored once with the shipped model: drawn with their stored scores ever after.

Everything is read from the folder of open data sets; of the texts only P(negative) is kept.
"""

import csv
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from core.errors import ConfigError
from core.records import BIN_SECONDS
from models import artefact
from models.copies import Copies
from models.signature import signature
from pipeline.evaluate.storms.posts import Posts, Real

LEAST_A_WEEK = 20
"""Mentions a week from which a StockNet brand is taken."""
_WEEKS = 52
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Archive:
    """What was really said of one brand: rows in order of time; bin 0 begins at `start`."""

    brand: str
    start: int
    """Seconds since the epoch, a midnight UTC."""
    days: int
    posts: Posts


@dataclass(frozen=True, slots=True)
class Texts:
    """P(negative) of texts by what they are, and the archives."""

    outrage: Real
    """Negative reviews that people found to belong to an outrage."""
    praise: Real
    """Positive ones: reviews that came all at once because people were pleased."""
    jokes: Real
    """Tweets that people found ironic."""
    complaints: Real
    """What customers write to a company's support."""
    talk: Real
    """What is said of companies on an ordinary day."""
    spotify: Archive
    stocknet: tuple[Archive, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    brand: str
    at: int
    author: str
    text: str


def read(data: Path, folder: Path | None, side: int) -> Texts:
    """Return the texts under `data` with their scores, kept in `folder` if there is one.

    Of the StockNet brands every second one is taken, from place `side` of the alphabetical list on.
    Raises `ConfigError` when a file is absent or is not what was published.
    """
    try:
        bombs, irony = _bombs(data), _irony(data)
        spotify, stocknet = _spotify(data), _stocknet(data, side)
    except (FileNotFoundError, NotADirectoryError) as error:
        absent = f"{error.filename} is absent: give the folder with the data sets as --data DIR"
        raise ConfigError(absent) from error
    except (KeyError, ValueError, OSError, EOFError) as error:
        raise ConfigError(f"{data} does not hold the data sets as they were published ({error!r})") from error
    brands = sorted({row.brand for row in stocknet})
    groups = [*bombs, irony, [row.text for row in spotify], [row.text for row in stocknet]]
    scored = _scores([text for group in groups for text in group], folder)
    outrage, praise, jokes, complaints, talk = _cut(scored, [len(group) for group in groups])
    places = {brand: [i for i, row in enumerate(stocknet) if row.brand == brand] for brand in brands}
    archives = (_archive([stocknet[i] for i in places[brand]], talk[places[brand]]) for brand in brands)
    return Texts(outrage, praise, jokes, complaints, talk, _archive(spotify, complaints), tuple(archives))


def _bombs(data: Path) -> tuple[list[str], list[str]]:
    """Return the distinct negative and positive texts of the review bombs."""
    with (data / "review_bombs" / "reviews.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["is_review_bomb"] == "Ja"]
    kinds = ("negativ", "positiv")
    negative, positive = (dict.fromkeys(r["text"] for r in rows if r["bomb_type"] == kind) for kind in kinds)
    return list(negative), list(positive)


def _irony(data: Path) -> list[str]:
    folder = data / "sentiment" / "tweeteval" / "irony"
    texts = (folder / "val_text.txt").read_text("utf-8").splitlines()
    labels = (folder / "val_labels.txt").read_text("utf-8").split()
    return [text for text, label in zip(texts, labels, strict=True) if label == "1"]


def _spotify(data: Path) -> list[_Row]:
    with gzip.open(data / "spotify_2017" / "support_tweets.csv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return _ordered(_Row("spotify", _seconds(r["created_at"]), r["author_id"], r["text"]) for r in rows)


def _stocknet(data: Path, side: int) -> list[_Row]:
    with gzip.open(data / "stocknet_2014" / "tweets.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = {(row["id"], row["ticker"]): row for row in map(json.loads, lines)}
    by_brand: dict[str, list[_Row]] = {}
    for row in rows.values():
        made = _Row(row["ticker"], _seconds(row["ts"]), row["user"], row["text"])
        by_brand.setdefault(made.brand, []).append(made)
    busy = sorted(brand for brand, made in by_brand.items() if len(made) >= LEAST_A_WEEK * _WEEKS)
    return _ordered(row for brand in busy[side::2] for row in by_brand[brand])


def _ordered(rows: Iterable[_Row]) -> list[_Row]:
    return sorted(rows, key=lambda row: (row.brand, row.at))


def _seconds(text: str) -> int:
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _archive(rows: Sequence[_Row], negative: Real) -> Archive:
    """Return one brand's rows; what is a copy of what, the product's own test says."""
    copies, numbers = Copies(), dict[str, int]()
    placed = [copies.add(str(i), signature(r.text), r.author, r.at) for i, r in enumerate(rows)]
    for each in placed:
        if each.copy_number > 1:
            numbers.setdefault(each.cluster, len(numbers) + 1)
    clusters = [numbers.get(each.cluster, 0) for each in placed]
    start = rows[0].at // 86400 * 86400
    bins = np.array([(row.at - start) // BIN_SECONDS for row in rows], np.int64)
    authors = np.array([zlib.crc32(row.author.encode()) for row in rows], np.int64)
    posts = Posts(bins, negative, authors, np.zeros(bins.size, np.int64), np.array(clusters, np.int64))
    return Archive(rows[0].brand, start, int(bins[-1]) // 288 + 1, posts)


def _cut(values: Real, sizes: Sequence[int]) -> list[Real]:
    return np.split(values, np.cumsum(sizes)[:-1])


def _scores(texts: Sequence[str], folder: Path | None) -> Real:
    """Return P(negative) of each text: from the folder, or made and put there."""
    wanted = hashlib.sha256("\0".join([artefact.version(), *texts]).encode("utf-8", "replace")).hexdigest()
    path = folder / f"scores-{wanted[:16]}.npy" if folder else None
    if path and path.exists():
        return np.asarray(np.load(path, allow_pickle=False))
    made = _made(texts)
    if path:
        unfinished = path.with_suffix(".part.npy")
        np.save(unfinished, made)
        unfinished.replace(path)
    return made


def _made(texts: Sequence[str]) -> Real:
    import sys

    import typer

    from models.score import open_scorer

    scorer, made = open_scorer(), dict[str, float]()
    distinct = sorted(set(texts), key=lambda text: (len(text), text))
    batches = [distinct[first : first + _BATCH] for first in range(0, len(distinct), _BATCH)]
    with typer.progressbar(batches, label="texts", file=sys.stderr) as bar:
        for batch in bar:
            made |= zip(batch, scorer.probabilities(batch)[:, 0].tolist(), strict=True)
    return np.array([made[text] for text in texts])
