"""Chooses the two thresholds of narratives, `JOIN` and `MERGE` in `models/narrative_clusters.py`.

    python -m training.narratives --data ../shared/data

Streams the headlines of `news_stories_2014` once in time order through the product's own clusters, for a
grid of thresholds. Only the stories first seen before 2014-03-11 00:00 UTC decide. Of the pairs that are
not significantly worse than the best (difference of adjusted mutual information, bootstrap over
stories, 5 %) the finest is taken: a narrative that is too wide hides a small storm, while two that are
too narrow are merged later.

Then it tells how often a round of `models/narrative_halves.py` would split a narrative of one early story,
and one of two early stories whose centres lie under the shipped `JOIN`; headlines in many random orders.
"""

import argparse
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.narrative_clusters import JOIN, Clusters
from models.narrative_halves import LEAST, Halves
from models.narrative_space import Projected, Space, Vector
from pipeline.evaluate.narrative_peers import Labels
from pipeline.evaluate.narratives import Headlines, information, read_headlines, stream

JOINS = (0.25, 0.3, 0.35, 0.4)
MERGES = (0.4, 0.45, 0.5, 0.55)
_DRAWS, _SEED = 200, 2014
_ORDERS = 20
_SMALLEST = 30
"""Headlines of a story that is used for splitting."""
_LEVEL = 1.96
"""Standard errors of the 5 % level."""


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


def choose(headlines: Headlines) -> tuple[float, float]:
    """Print the grid and return the thresholds that the rule takes."""
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


def check_splits(headlines: Headlines) -> tuple[float, float]:
    """Print and return the share of rounds that split, over one story and over two that are far apart."""
    space, stories = _early(headlines)
    chance = np.random.default_rng(_SEED)
    one = [split for story in stories for split in _often(space, story, chance)]
    two = list[bool]()
    for story, other in combinations(stories, 2):
        if space.likeness(_centre(story), _centre(other)) < JOIN:
            size = min(len(story), len(other))
            two += _often(space, [*story[:size], *other[:size]], chance)
    shares = float(np.mean(one)), float(np.mean(two))
    print(
        f"split: {shares[0]:.3f} of {len(one)} rounds over one story, {shares[1]:.3f} of {len(two)} over two"
    )
    return shares


def _early(headlines: Headlines) -> tuple[Space, list[list[Projected]]]:
    """Return the space after the early headlines, and each larger early story as seen in it."""
    clusters, truth = Clusters("headlines"), headlines.stories[headlines.early]
    early = [scored for scored, chosen in zip(headlines.scored, headlines.early, strict=True) if chosen]
    stream(early, clusters)
    seen = [clusters.space.project(scored.score.embedding) for scored in early]
    names, counts = np.unique(truth, return_counts=True)
    return clusters.space, [
        [each for each, story in zip(seen, truth, strict=True) if story == name and each is not None]
        for name in names[counts >= _SMALLEST]
    ]


def _centre(story: list[Projected]) -> Vector:
    mean: Vector = np.mean([each.vector for each in story], axis=0, dtype=np.float32)
    return mean


def _often(space: Space, members: list[Projected], chance: np.random.Generator) -> list[bool]:
    """Return for each round whether it would split a narrative of such members, in several orders."""
    return [
        split
        for _ in range(_ORDERS)
        for split in _rounds(space, (members[place] for place in chance.permutation(len(members))))
    ]


def _rounds(space: Space, members: Iterable[Projected]) -> Iterator[bool]:
    halves = Halves.empty(space.dimensions)
    for member in members:
        halves.add(member)
        if halves.over:
            enough = LEAST <= halves.counts[halves.newest] <= halves.counts[1 - halves.newest]
            yield enough and space.likeness(*halves.means) < JOIN
            halves = Halves.empty(space.dimensions)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Choose the thresholds of narratives.")
    parser.add_argument("--data", type=Path, required=True)
    headlines = read_headlines(parser.parse_args().data)
    choose(headlines)
    check_splits(headlines)
