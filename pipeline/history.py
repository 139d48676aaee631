"""What is stored of a brand, as its detector takes it in once more: what was counted, and older sums."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from core.ports import Store
from core.records import BIN_SECONDS, Elsewhere, MentionRow, Rollup, Selection, Window
from models.beside import REACH_BINS
from models.windows import RING_BINS
from pipeline.coverage import Seen

HISTORY = timedelta(days=28)
"""Rollups a detector is rebuilt from: its longest memory is the 14-day tail, doubled."""
FAR = datetime.max.replace(tzinfo=UTC)
_PAGE = 1_000
_HEARD = timedelta(seconds=BIN_SECONDS * (RING_BINS + REACH_BINS))
"""How far back a detector asks what its neighbours did."""

Row = TypeVar("Row", MentionRow, Elsewhere)


@dataclass(frozen=True, slots=True)
class Counted:
    """A match that was counted, for the brand or for a neighbour alone."""

    seq: int
    event_at: datetime
    seen_at: datetime
    row: MentionRow | Elsewhere


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which matches are meant: those after number `after`, up to number `last`.

    Where nobody noted the last one, what had happened and arrived before `until`.
    """

    after: int
    until: datetime = FAR
    last: int | None = None

    def holds(self, match: Counted) -> bool:
        """Tell whether a match after `after` belongs to it."""
        if self.last is not None:
            return match.seq <= self.last
        return max(match.event_at, match.seen_at) < self.until


@dataclass(frozen=True, slots=True)
class Moment:
    """A look in the past that is to be repeated."""

    at: datetime
    seen: Seen
    """What could be observed then; taken where nothing was recorded."""
    counted: int | None
    """Number of the last match, of all brands, that had been counted; None where it was not noted."""


def counted(store: Store, brand: str, neighbours: Sequence[str], stretch: Stretch) -> Iterator[Counted]:
    """Yield what was counted for a brand, and for its neighbours alone, in that order."""
    own = _pages(partial(store.matches_since, brand), _own, stretch)
    beside = (_pages(partial(store.elsewhere_since, brand, name), _beside, stretch) for name in neighbours)
    return heapq.merge(own, *beside, key=lambda match: match.seq)


def _pages(
    read: Callable[[int, int], Sequence[Row]], entry: Callable[[Row], Counted], stretch: Stretch
) -> Iterator[Counted]:
    position = stretch.after
    while rows := read(position, _PAGE):
        found = [match for match in map(entry, rows) if stretch.holds(match)]
        if not found:
            return
        yield from found
        position = rows[-1].seq


def _own(row: MentionRow) -> Counted:
    return Counted(row.seq, row.mention.event_at, row.mention.seen_at, row)


def _beside(row: Elsewhere) -> Counted:
    return Counted(row.seq, row.event_at, row.seen_at, row)


def heard_from(store: Store, neighbours: Sequence[str], now: datetime) -> int:
    """Return the number before what neighbours still matter by, to a brand that has no match of its own.

    All that is stored of them would else be read whenever a brand is new.
    """
    recent = (Selection(brand=name, since=now - _HEARD) for name in neighbours)
    first = (store.mentions(1, selection, oldest_first=True) for selection in recent)
    return min((rows[0].seq - 1 for rows in first if rows), default=store.last_match())


def windows(store: Store, brand: str, until: datetime) -> list[Window]:
    """Return the brand's history before `until` as 5-minute windows without a gap, oldest first."""
    bins: dict[int, list[Rollup]] = {}
    for rollup in store.rollups(until - HISTORY, until, brand):
        bins.setdefault(rollup.minute // BIN_SECONDS * BIN_SECONDS, []).append(rollup)
    if not bins:
        return []
    return [_window(start, bins.get(start, [])) for start in range(min(bins), max(bins) + 1, BIN_SECONDS)]


def _window(start: int, rollups: list[Rollup]) -> Window:
    return Window(
        start,
        mentions=sum(rollup.mentions for rollup in rollups),
        negative=sum(rollup.negative for rollup in rollups),
        independent=sum(rollup.independent for rollup in rollups),
        independent_negative=sum(rollup.independent_negative for rollup in rollups),
        backfill=True,
    )
