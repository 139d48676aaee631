"""Makes the directions along which topics are told apart, `models/topics/axes.npy`, and their card.

    python -m training.topics --data ../shared/data --kept DIR

Tweets of SemEval-2017 that people call negative are read once by the model that ships; the directions are
the first `DIRECTIONS` principal components of their embeddings, as whole numbers like the embeddings. Nothing
is drawn at random. Then it tells how far complaints about one reason lie from all others: on tweets to
airlines, from which nothing is learned, in standard deviations of chance where 45 of 100 complaints move to
that reason and 60 are compared; beside it the same of counts in cells, 64 of k-means on the same tweets, or
those of six random planes.
"""

import argparse
import csv
import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from core.records import Mention
from core.vectors import pack_vector, unpack_vector
from models import artefact
from models.embed import DEFAULT
from models.score import open_scorer
from models.topics import AXES, CARD, DIRECTIONS, FIRST, UNIT, code
from pipeline.evaluate.kept_scores import KeptScorer
from pipeline.scoring import BrandScorer
from training.student.data import training_rows

CELLS = 64
_SEED = 20170801
_COMPARED, _MOVED = 60, 0.45
_LEAST = 30
"""Complaints with one reason, of one airline, from which on they are looked at."""
_UNTOLD = ("", "Can't Tell")
Rows = NDArray[np.float64]


def embeddings(texts: Sequence[str], scorer: KeptScorer) -> list[bytes]:
    """Return the packed embedding of each text, as the product stores it."""
    now = datetime.now(UTC)
    mentions = [Mention("training", str(place), text, now, now) for place, text in enumerate(texts)]
    return [score.embedding for score in scorer.score(mentions)]


def unpacked(packed: Sequence[bytes]) -> Rows:
    """Return unit vectors, shape (texts, dimensions)."""
    return np.stack([unpack_vector(each) for each in packed]).astype(np.float64)


def learn(rows: Rows) -> NDArray[np.int8]:
    """Return the principal components, int8 of shape (directions, dimensions), longest first."""
    parts = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[2][:DIRECTIONS]
    signs = np.sign(parts[np.arange(len(parts)), np.abs(parts).argmax(axis=1)])
    turned = (parts * signs[:, None]).astype(np.float32)
    return np.stack([np.frombuffer(pack_vector(part), np.int8) for part in turned])


def complaints(data: Path) -> dict[str, list[tuple[str, str]]]:
    """Return text and reason of the airlines' complaints that have one, by airline."""
    found: dict[str, list[tuple[str, str]]] = {}
    with gzip.open(data / "airline_2015" / "Tweets.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = {row["tweet_id"]: row for row in csv.DictReader(file)}
    for row in rows.values():
        if row["negativereason"] not in _UNTOLD:
            found.setdefault(row["airline"], []).append((row["text"], row["negativereason"]))
    return found


def apart(rows: Rows, chosen: NDArray[np.bool_]) -> float:
    """Return by how many standard deviations of chance the mean moves with the complaints."""
    some = rows[chosen]
    way = np.square(some.mean(axis=0) - rows.mean(axis=0)).sum() - np.trace(np.cov(some.T)) / len(some)
    spread = np.cov(rows.T)
    return float(_COMPARED * _MOVED**2 * way / np.sqrt(2.0 * np.trace(spread @ spread)))


def apart_in_cells(cells: NDArray[np.int64], chosen: NDArray[np.bool_]) -> float:
    """Return the same of a chi-square over cells."""
    usual = np.bincount(cells, minlength=CELLS) / len(cells)
    some = np.bincount(cells[chosen], minlength=CELLS) / chosen.sum()
    held = usual > 0.0
    free = held.sum() - 1
    squares = (np.square(some - usual)[held] / usual[held]).sum() - free / chosen.sum()
    return float(_COMPARED * _MOVED**2 * squares / np.sqrt(2.0 * free))


def compare(data: Path, scorer: KeptScorer, learned: Rows) -> dict[str, dict[str, float]]:
    """Return the median over reasons and airlines, the least and the most, by kind of code."""
    means = KMeans(CELLS, n_init=4, random_state=_SEED).fit(learned)
    planes = np.random.default_rng(_SEED).normal(size=(6, learned.shape[1]))
    found: dict[str, list[float]] = {"directions": [], "cells_of_k_means": [], "cells_of_planes": []}
    for rows in complaints(data).values():
        packed = embeddings([text for text, _ in rows], scorer)
        codes = np.array([code(each) for each in packed], dtype=np.float64)[:, FIRST:] / UNIT
        vectors, reasons = unpacked(packed), np.array([reason for _, reason in rows])
        sides = ((vectors @ planes.T) > 0.0) @ (1 << np.arange(6))
        nearest = means.predict(vectors)
        for reason in sorted(set(reasons.tolist())):
            chosen = reasons == reason
            if chosen.sum() >= _LEAST:
                found["directions"].append(apart(codes, chosen))
                found["cells_of_k_means"].append(apart_in_cells(nearest, chosen))
                found["cells_of_planes"].append(apart_in_cells(sides, chosen))
    return {
        kind: {
            "median": round(median(each), 2),
            "least": round(min(each), 2),
            "most": round(max(each), 2),
            "reasons": len(each),
        }
        for kind, each in found.items()
    }


def main() -> None:
    """Write directions and card, and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kept", type=Path, required=True, help="folder for scores of texts that were read")
    asked = parser.parse_args()
    scorer = KeptScorer(asked.kept, lambda: BrandScorer(open_scorer(), ()))
    texts = [row.text for row in training_rows(asked.data) if (row.origin, row.label) == ("semeval", 0)]
    learned = unpacked(embeddings(texts, scorer))
    np.save(AXES, learn(learned))
    card = {
        "what": "directions along which the topics of complaints are told apart, int8",
        "script": "python -m training.topics",
        "data": "SemEval-2017 task 4 A, tweets that people call negative (CC BY 3.0)",
        "texts": len(texts),
        "encoder": f"{DEFAULT}@{artefact.version()}",
        "sha256": artefact.sha256(AXES),
        "apart_on_airlines": compare(asked.data, scorer, learned),
    }
    CARD.write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    print(json.dumps(card["apart_on_airlines"], indent=2))


if __name__ == "__main__":
    main()
