"""Arithmetic of the one-minute sums, the same for every store."""

from collections.abc import Iterable
from datetime import timedelta

from core.records import EPOCH, BrandTotal, Match, Rollup, Score

Counted = tuple[Match, str, Score]
"""A match that is new, with the source and the stored score of its mention."""

_MINUTE = timedelta(minutes=1)

DETECTOR = "detector/"
"""Snapshots under this prefix hold the state of the brand that the rest of the key names."""


def minute_sums(counted: Iterable[Counted]) -> list[Rollup]:
    """Return what `counted` adds, one sum for each brand, minute of event time and source."""
    sums: dict[tuple[str, int, str], Rollup] = {}
    for match, source, score in counted:
        one = _single(match, source, score)
        key = (one.brand, one.minute, source)
        sums[key] = added(sums[key], one) if key in sums else one
    return list(sums.values())


def _single(match: Match, source: str, score: Score) -> Rollup:
    return Rollup(
        brand=match.brand,
        source=source,
        minute=minute_of(match),
        mentions=1,
        negative=score.negative,
        neutral=score.neutral,
        positive=score.positive,
        independent=match.weight,
        independent_negative=match.weight * score.negative,
    )


def minute_of(match: Match) -> int:
    """Return the start of the match's minute in seconds since the epoch, before 1970 too."""
    return (match.event_at - EPOCH) // _MINUTE * 60


def added(one: Rollup, other: Rollup) -> Rollup:
    """Return the sum of two rollups of the same minute."""
    return Rollup(
        brand=one.brand,
        source=one.source,
        minute=one.minute,
        mentions=one.mentions + other.mentions,
        negative=one.negative + other.negative,
        neutral=one.neutral + other.neutral,
        positive=one.positive + other.positive,
        independent=one.independent + other.independent,
        independent_negative=one.independent_negative + other.independent_negative,
    )


def total(brand: str, mentions: int, negative: float) -> BrandTotal:
    """Return a brand's total from its sums; without mentions there is no share."""
    return BrandTotal(brand, mentions, negative / mentions if mentions else None)
