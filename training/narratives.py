"""Chooses the two thresholds of narratives, `JOIN` and `MERGE` in `models/narrative_clusters.py`.

    python -m training.narratives --data ../shared/data

Streams the headlines of `news_stories_2014` once in time order through the product's own clusters, for a
grid of thresholds. Only the stories first seen before 2014-03-11 00:00 UTC decide. Of the pairs that are
not significantly worse than the best (difference of adjusted mutual information, bootstrap over
stories, 5 %) the finest is taken: a narrative that is too wide hides a small storm, while two that are
too narrow are merged later.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.narrative_clusters import Clusters
from pipeline.evaluate.narrative_peers import Labels
from pipeline.evaluate.narratives import information, read_headlines, stream

JOINS = (0.25, 0.3, 0.35, 0.4)
MERGES = (0.4, 0.45, 0.5, 0.55)
_DRAWS, _SEED = 200, 2014
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
