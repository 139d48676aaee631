"""Clustering alone, for measuring it: which narrative a mention belongs to, without following any."""

from typing import NamedTuple

from core.records import Scored
from models.copies import Placed
from models.narrative_clusters import Clusters


class Assigned(NamedTuple):
    """Where a mention went, by serial numbers of narratives."""

    serial: int
    merged: tuple[int, int] | None = None
    """The narrative that went on and the one that became part of it, where two were found to be one."""


def assign(clusters: Clusters, scored: Scored, placed: Placed, at: int) -> Assigned | None:
    """Place a mention of event time `at`; do all that comes of it: births, splits, fading and merges.

    The steps are those of `models.narrative`. Return None without a usable embedding.
    """
    live = clusters.place(scored, placed, at)
    if live is None:
        return None
    live = clusters.split(live, scored, placed, at) or live
    live.add(scored, placed, at)
    clusters.touch(live)
    twins = clusters.twins(live)
    if twins is None:
        return Assigned(live.serial)
    into, other = twins
    clusters.unite(into, other)
    into.absorb(other)
    return Assigned(live.serial, (into.serial, other.serial))
