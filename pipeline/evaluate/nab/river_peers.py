"""Detectors of River (https://riverml.xyz), with its defaults where it has them."""

from collections.abc import Callable

import numpy as np

from pipeline.evaluate.nab.data import Scores, Stream

_SEED = 0
_WEEK = 7 * 288
"""Rows."""


def half_space_trees(stream: Stream) -> Scores:
    """River's HalfSpaceTrees (Tan, Ting & Liu 2011) on counts scaled to 0..1."""
    from river.anomaly import HalfSpaceTrees
    from river.preprocessing import MinMaxScaler

    model = MinMaxScaler() | HalfSpaceTrees(seed=_SEED)
    scores = np.zeros(len(stream.counts))
    for row, count in enumerate(stream.counts.tolist()):
        seen = {"count": count}
        scores[row] = model.score_one(seen)
        model.learn_one(seen)
    return scores


def gaussian_scorer(stream: Stream) -> Scores:
    """River's GaussianScorer over a week; it saturates at 1, so that a threshold can hardly keep a budget."""
    from river.anomaly import GaussianScorer

    model = GaussianScorer(window_size=_WEEK)
    scores = np.zeros(len(stream.counts))
    for row, count in enumerate(stream.counts.tolist()):
        scores[row] = model.score_one(None, count)
        model.learn_one(None, count)
    return scores


def adwin(stream: Stream) -> Scores:
    """River's ADWIN (Bifet & Gavaldà 2007): by how much the mean of log counts rose where it sees a drift."""
    from river.drift import ADWIN

    model, before = ADWIN(), 0.0
    scores = np.zeros(len(stream.counts))
    for row, value in enumerate(np.log1p(stream.counts).tolist()):
        model.update(value)
        if model.drift_detected:
            scores[row] = max(0.0, model.estimation - before)
        before = model.estimation
    return scores


PEERS: dict[str, Callable[[Stream], Scores]] = {
    "river HalfSpaceTrees": half_space_trees,
    "river GaussianScorer": gaussian_scorer,
    "river ADWIN": adwin,
}
