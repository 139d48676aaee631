"""Chooses the two thresholds of narratives, `JOIN` and `MERGE` in `models/narrative_clusters.py`.

    python -m training.narratives --data ../shared/data

Streams the headlines of `news_stories_2014` once in time order through the product's own clusters, for a
grid of thresholds. Only the stories first seen before 2014-03-11 00:00 UTC decide. Of the pairs that are
not significantly worse than the best (difference of adjusted mutual information, bootstrap over
stories, 5 %) the finest is taken: a narrative that is too wide hides a small storm, while two that are
too narrow are merged later.
"""

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.clock import from_seconds
from core.records import Mention, Score, Scored
from core.vectors import pack_vector
from models.copies import Copies
from models.embed import open_encoder
from models.features import canonical
from models.narrative_clusters import Clusters
from models.signature import signature

CUT = datetime(2014, 3, 11, tzinfo=UTC).timestamp()
JOINS = (0.25, 0.3, 0.35, 0.4)
MERGES = (0.4, 0.45, 0.5, 0.55)
_DRAWS, _SEED = 200, 2014
_LEVEL = 1.96
"""Standard errors of the 5 % level."""

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Headlines:
    """Scored headlines in time order, and the number of the story that each belongs to."""

    scored: tuple[Scored, ...]
    stories: Labels
    early: NDArray[np.bool_]
    """Headlines of stories first seen before `CUT`."""


def read_headlines(data: Path) -> Headlines:
    """Return the headlines with their embeddings; the cut-off last line is dropped."""
    path = data / "news_stories_2014" / "headlines.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["TIMESTAMP"]]
    rows.sort(key=lambda row: int(row["TIMESTAMP"]))
    vectors = open_encoder().encode([canonical(row["TITLE"]) for row in rows])
    times = np.array([int(row["TIMESTAMP"]) / 1000 for row in rows])
    stories = np.unique([row["STORY"] for row in rows], return_inverse=True)[1].astype(np.int64)
    first = np.array([times[stories == story].min() for story in range(int(stories.max()) + 1)])
    scored = tuple(
        _scored(row["ID"], row["TITLE"], at, v) for row, at, v in zip(rows, times, vectors, strict=True)
    )
    return Headlines(scored, stories, first[stories] < CUT)


def _scored(number: str, title: str, at: float, vector: NDArray[np.float32]) -> Scored:
    when = from_seconds(int(at))
    mention = Mention("headlines", number, title, when, when, kind="article")
    return Scored(mention, Score(0.0, 1.0, 0.0, signature(title), embedding=pack_vector(vector)))


def stream(headlines: Sequence[Scored], clusters: Clusters) -> Labels:
    """Return the narrative of each headline as a number, after one pass; merged ones count as one."""
    copies, parents, serials = Copies(), dict[int, int](), list[int]()
    for scored in headlines:
        mention = scored.mention
        at = int(mention.event_at.timestamp())
        placed = copies.add(mention.id, scored.score.signature, mention.author, at)
        live = clusters.place(scored, placed, at)
        if live is None:
            raise ValueError(f"headline {mention.native_id} has no embedding")
        serials.append(live.serial)
        live.add(scored, placed, at)
        clusters.touch(live)
        if (twin := clusters.twin(live)) is not None:
            into, other = sorted((live, twin), key=lambda each: (each.born_at, each.serial))
            clusters.unite(into, other)
            into.absorb(other)
            parents[other.serial] = into.serial
    return np.array([_root(parents, serial) for serial in serials])


def _root(parents: dict[int, int], serial: int) -> int:
    while serial in parents:
        serial = parents[serial]
    return serial


def information(truth: Labels, found: Labels) -> float:
    """Return the adjusted mutual information, arithmetic normalisation."""
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(truth, found))


def samples(truth: Labels, found: Labels) -> NDArray[np.float64]:
    """Return the information on bootstrap samples of stories, the same samples for every `found`."""
    chance, names = np.random.default_rng(_SEED), np.unique(truth)
    places = {name: np.flatnonzero(truth == name) for name in names}
    draws = []
    for _ in range(_DRAWS):
        drawn = chance.choice(names, len(names))
        rows = np.concatenate([places[name] for name in drawn])
        again = np.concatenate([np.full(len(places[name]), turn) for turn, name in enumerate(drawn)])
        draws.append(information(again, found[rows]))
    return np.array(draws)


def choose(data: Path) -> tuple[float, float]:
    """Print the grid and return the thresholds that the rule takes."""
    headlines = read_headlines(data)
    early = headlines.early
    found = {
        (join, merge): stream(headlines.scored, Clusters("headlines", join=join, merge=merge))[early]
        for join in JOINS
        for merge in MERGES
    }
    truth = headlines.stories[early]
    scores = {pair: information(truth, labels) for pair, labels in found.items()}
    drawn = {pair: samples(truth, labels) for pair, labels in found.items()}
    best = max(scores, key=lambda pair: scores[pair])
    close = []
    for pair, score in scores.items():
        loss, error = scores[best] - score, float(np.std(drawn[best] - drawn[pair]))
        print(
            f"join {pair[0]:.2f} merge {pair[1]:.2f}: {score:.3f}, behind the best {loss:.3f} +- {error:.3f}"
        )
        close += [pair] if loss <= _LEVEL * error else []
    print(f"best {best}, chosen {max(close)}")
    return max(close)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Choose the thresholds of narratives.")
    parser.add_argument("--data", type=Path, required=True)
    choose(parser.parse_args().data)
