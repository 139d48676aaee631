"""How much of a week was seen, hour by hour, from the coverage that detection stored."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from core.ports import Store
from core.records import HIDDEN_BELOW, PROVISIONAL_BELOW, Coverage, DataState, SignalPoint
from pipeline.weekly.span import Span

HOUR = timedelta(hours=1)
BLIND = 0.3
"""Coverage under which a brand's state is unknown, section 5.2 of the reference on detection."""
SETTLED = timedelta(minutes=10)
"""An hour is counted when it has been over for two bins: before that its last bin may still be open."""

NOT_SEEN = Coverage(0, 0, 0)


def coverage(store: Store, brand: str, span: Span, now: datetime) -> Coverage:
    """Return how much of the brand's usual stream was seen in the part of the week that is over.

    Detection keeps a point at every full hour while it runs: an hour without any was not watched, and
    counts as 0.
    """
    hours = _hours(span, min(span.until, now - SETTLED))
    if hours <= 0:
        return NOT_SEEN
    shares = _shares(store.signals(brand, span.since, span.since + hours * HOUR), span, hours)
    start, length = longest([share < BLIND for share in shares])
    return Coverage(
        share=round(100 * sum(shares) / hours),
        hours=hours,
        blind=sum(share < BLIND for share in shares),
        longest_from=span.since + start * HOUR if length else None,
        longest=length,
    )


def _hours(span: Span, until: datetime) -> int:
    return max(0, (until - span.since) // HOUR)


def _shares(points: Iterable[SignalPoint], span: Span, hours: int) -> list[float]:
    """Return the mean coverage of each hour. A point stands at the end of its bin."""
    found: dict[int, list[float]] = defaultdict(list)
    for point in points:
        found[(point.at - timedelta(seconds=1) - span.since) // HOUR].append(point.coverage)
    return [sum(found[hour]) / len(found[hour]) if hour in found else 0.0 for hour in range(hours)]


def longest(flags: Sequence[bool]) -> tuple[int, int]:
    """Return start and length of the longest run of True, `(0, 0)` without any."""
    best = (0, 0)
    length = 0
    for place, flag in enumerate(flags):
        length = length + 1 if flag else 0
        if length > best[1]:
            best = (place - length + 1, length)
    return best


def state_of(seen: Coverage, mentions: int) -> DataState:
    """Return how far numbers of a week with this coverage can be trusted."""
    if not mentions and not seen.share:
        return DataState.EMPTY
    if seen.share < HIDDEN_BELOW:
        return DataState.HIDDEN
    if not mentions:
        return DataState.EMPTY
    return DataState.PROVISIONAL if seen.share < PROVISIONAL_BELOW else DataState.OK
