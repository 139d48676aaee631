"""What the product's clusters are held against: three known ways to group embeddings."""

import time

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Vectors = NDArray[np.float32]

COSINES = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
"""Thresholds of the leader; the best one is told, so it is flattered."""
RADIUS = 0.95
"""DBSTREAM's: distance of two unit vectors of cosine 0.55. Of 0.95, 1.05 and 1.14 it agreed best;
0.85 had not ended after five minutes."""
RIVER_S = 180.0
"""Then River's peer stops learning; it took 26 seconds of processor time, more on a busy machine."""
_FADING = 1e-4
"""DBSTREAM's halving rate per headline: over 6,000 of them little is forgotten, which suits it best."""
_CLEANUP = 1_000
"""Headlines between two clean-ups of DBSTREAM; its default of 2 costs most of its time."""
_SEED = 0


def leader(vectors: Vectors, cosine: float) -> Labels:
    """Return the clusters of one pass: the nearest mean of at least `cosine`, or a new one.

    Leader clustering (Hartigan 1975) with moving means. `vectors` are of length 1, shape `(n, dimensions)`.
    """
    sums, means = np.zeros_like(vectors), np.zeros_like(vectors)
    labels, count = np.zeros(len(vectors), np.int64), 0
    for place, vector in enumerate(vectors):
        cosines = means[:count] @ vector
        near = count > 0 and cosines.max() >= cosine
        label = int(cosines.argmax()) if near else count
        count = max(count, label + 1)
        sums[label] += vector
        means[label] = sums[label] / np.linalg.norm(sums[label])
        labels[place] = label
    return labels


def k_means(vectors: Vectors, clusters: int) -> Labels:
    """Return k-means (Lloyd 1982) with the true number of `clusters`: it sees everything at once."""
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(clusters, n_init=4, random_state=_SEED).fit_predict(vectors), np.int64)


def dbstream(vectors: Vectors, seconds: float, radius: float = RADIUS) -> Labels:
    """Return River's DBSTREAM (Hahsler & Bolaños 2016, https://doi.org/10.1109/TKDE.2016.2522412).

    It learns for at most `seconds`, at least one vector; the labels are those of what it has learned, asked
    at its end, which flatters it: in a stream it would have to answer at once.
    """
    from river.cluster import DBSTREAM

    model = DBSTREAM(clustering_threshold=radius, fading_factor=_FADING, cleanup_interval=_CLEANUP)
    until, learned = time.monotonic() + seconds, []
    for vector in vectors:
        learned.append(dict(enumerate(vector.tolist())))
        model.learn_one(learned[-1])
        if time.monotonic() > until:
            break
    return np.array([model.predict_one(row) for row in learned], np.int64)
