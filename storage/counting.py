"""Arithmetic of the sums over minutes and narrative bins, the same for every store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from core.records import BIN_SECONDS, EPOCH, BrandTotal, Match, NarrativeBin, Rollup, Score

Counted = tuple[Match, str, Score]
"""A match that is new, with the source of its mention and the score that counts for its brand."""

Rescored = tuple[Match, str, Score, Score]
"""A match with the source, the former and the new score of its mention."""

_Numbers = tuple[int, float, float, float, float, float]
"""Of one match, in the order in which a rollup has them."""

_MINUTE = timedelta(minutes=1)
_BIN = timedelta(seconds=BIN_SECONDS)

DETECTOR = "detector/"
"""Snapshots under this prefix hold the state of the brand that the rest of the key names."""


def minute_sums(counted: Iterable[Counted]) -> list[Rollup]:
    """Return what `counted` adds, one sum for each brand, minute of event time and source."""
    minutes: dict[tuple[str, str, int], list[_Numbers]] = defaultdict(list)
    for match, source, score in counted:
        weight, negative = match.weight, score.negative
        numbers = (1, negative, score.neutral, score.positive, weight, weight * negative)
        minutes[match.brand, source, minute_of(match)].append(numbers)
    return [Rollup(*minute, *map(sum, zip(*some, strict=True))) for minute, some in minutes.items()]


def minute_changes(rescored: Iterable[Rescored]) -> list[Rollup]:
    """Return what other scores add to the minutes; the numbers of mentions stay."""
    return minutes_together(
        Rollup(
            brand=match.brand,
            source=source,
            minute=minute_of(match),
            negative=new.negative - old.negative,
            neutral=new.neutral - old.neutral,
            positive=new.positive - old.positive,
            independent_negative=match.weight * (new.negative - old.negative),
        )
        for match, source, old, new in rescored
    )


def minute_moves(joined: Iterable[Counted], left: Iterable[Counted]) -> list[Rollup]:
    """Return what it adds to the minutes that `joined` counts from now on, and `left` no more."""
    less = (
        Rollup(
            one.brand,
            one.source,
            one.minute,
            -one.mentions,
            -one.negative,
            -one.neutral,
            -one.positive,
            -one.independent,
            -one.independent_negative,
        )
        for one in minute_sums(left)
    )
    return minutes_together([*minute_sums(joined), *less])


def minutes_together(rollups: Iterable[Rollup]) -> list[Rollup]:
    """Return one sum for each brand, minute and source, in the order they came."""
    sums: dict[tuple[str, int, str], Rollup] = {}
    for one in rollups:
        key = (one.brand, one.minute, one.source)
        sums[key] = added(sums[key], one) if key in sums else one
    return list(sums.values())


def bin_sums(counted: Iterable[Counted]) -> list[NarrativeBin]:
    """Return what `counted` adds to narratives, one sum for each narrative and 5 minutes of event time."""
    bins: dict[tuple[str, int], list[tuple[int, float, float]]] = defaultdict(list)
    for match, _, score in counted:
        if match.narrative:
            numbers = (1, match.weight, match.weight * score.negative)
            bins[match.narrative, _bin_of(match)].append(numbers)
    return [NarrativeBin(*start, *map(sum, zip(*some, strict=True))) for start, some in bins.items()]


def bin_changes(rescored: Iterable[Rescored]) -> list[NarrativeBin]:
    """Return what other scores add to narratives."""
    return bins_together(
        NarrativeBin(match.narrative, _bin_of(match), negative=match.weight * (new.negative - old.negative))
        for match, _, old, new in rescored
        if match.narrative
    )


def bin_moves(joined: Iterable[Counted], left: Iterable[Counted]) -> list[NarrativeBin]:
    """Return what it adds to narratives that `joined` counts from now on, and `left` no more."""
    less = (
        NarrativeBin(one.narrative_id, one.start, -one.mentions, -one.independent, -one.negative)
        for one in bin_sums(left)
    )
    return bins_together([*bin_sums(joined), *less])


def bins_together(bins: Iterable[NarrativeBin]) -> list[NarrativeBin]:
    """Return one sum for each narrative and start, in the order they came."""
    sums: dict[tuple[str, int], NarrativeBin] = {}
    for one in bins:
        key = (one.narrative_id, one.start)
        sums[key] = _added(sums[key], one) if key in sums else one
    return list(sums.values())


def bins_of_families(
    bins: Iterable[NarrativeBin], members: Mapping[str, Iterable[str]]
) -> list[NarrativeBin]:
    """Return the sums of each narrative in `members` with all its parts, by time and id."""
    owners: dict[str, list[str]] = {}
    for root, parts in members.items():
        for part in parts:
            owners.setdefault(part, []).append(root)
    together = bins_together(
        one if root == one.narrative_id else replace(one, narrative_id=root)
        for one in bins
        for root in owners[one.narrative_id]
    )
    return sorted(together, key=lambda one: (one.start, one.narrative_id))


def _added(one: NarrativeBin, other: NarrativeBin) -> NarrativeBin:
    return NarrativeBin(
        one.narrative_id,
        one.start,
        one.mentions + other.mentions,
        one.independent + other.independent,
        one.negative + other.negative,
    )


def _bin_of(match: Match) -> int:
    return (match.event_at - EPOCH) // _BIN * BIN_SECONDS


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
