"""How many mentions a second find their narrative when many narratives are alive."""

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from statistics import median

import numpy as np
from numpy.typing import NDArray

from core.records import Mention, Score, Scored
from core.vectors import pack_vector
from models.copies import Placed
from models.narrative_assign import assign
from models.narrative_clusters import Clusters
from pipeline.bench.texts import SOURCE
from pipeline.scoring import BATCH

LIVE = 1_000
BEFORE = 20
"""Mentions that each narrative has before the clock starts."""
ROUNDS, MENTIONS = 5, 6_400
DIMENSIONS = 384
_SPREAD, _COMMON = 0.9, 0.5
"""Length of what is a mention's own, and of what all talk about a brand shares; its topic's is 1. So two
mentions of one topic have a cosine of 0.6, of two topics 0.12."""


def narratives_per_s() -> float:
    """Measure in a process of its own, so that what it holds is no part of the product's memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(on_one_core, LIVE).result()


def on_one_core(live: int) -> float:
    """Return how many mentions a second one core places among `live` narratives of a brand.

    Everything that clustering does is in it: comparing, moving centres, births, merges and splits. The
    embeddings are made up, as no text is read here; batches are those of the product. It is the median round
    in processor time, with one thread.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no stubs

    with threadpool_limits(1):
        return _measured(live)


def _measured(live: int) -> float:
    mentions = _mentions(live)
    clusters = Clusters("Bench", seeds=live, standing=live)
    _place(clusters, [next(mentions) for _ in range(BEFORE * live)])
    rates = []
    for _ in range(ROUNDS):
        batch = [next(mentions) for _ in range(MENTIONS)]
        began = time.process_time()
        _place(clusters, batch)
        rates.append(MENTIONS / (time.process_time() - began))
    return median(rates)


def _mentions(topics: int) -> Iterator[tuple[Scored, Placed]]:
    """Yield mentions of so many topics, each topic once before any comes again."""
    chance, at = np.random.default_rng(1), datetime.now(UTC)
    middles = units(chance.normal(size=(topics, DIMENSIONS)))
    common = _COMMON * units(chance.normal(size=DIMENSIONS))
    number = 0
    while True:
        own = _SPREAD * units(chance.normal(size=(topics, DIMENSIONS)))
        for vector in units(middles[chance.permutation(topics)] + own + common).astype(np.float32):
            mention = Mention(SOURCE, str(number), "", at, at)
            number += 1
            yield (
                Scored(mention, Score(0.3, 0.5, 0.2, b"", embedding=pack_vector(vector))),
                Placed(mention.id, 1, 1.0),
            )


def units(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vectors of length 1 in the same directions, whatever the shape before the last axis."""
    lengths: NDArray[np.float64] = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / lengths


def _place(clusters: Clusters, mentions: list[tuple[Scored, Placed]]) -> None:
    """Place mentions as a detector does."""
    at = int(mentions[0][0].mention.event_at.timestamp())
    for start in range(0, len(mentions), BATCH):
        batch = mentions[start : start + BATCH]
        clusters.expect([scored.score.embedding for scored, _ in batch])
        for scored, placed in batch:
            if assign(clusters, scored, placed, at) is None:
                raise ValueError("an embedding of the bench is not usable")
