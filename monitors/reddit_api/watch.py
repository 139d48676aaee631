"""What was delivered is looked at again: Reddit's terms demand that what an author deletes is not kept.

The ids stand in the source's cursor, so that a restart forgets none. Only those that met a brand's query are
there: nothing else is stored. Those of the last two days are asked for every hour, older ones once a day, as
long as they are among the newest `MOST`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from core.clock import from_seconds

MOST = 2_000
"""Ids kept: at most 20 requests an hour, and some 80 kB of cursor."""
EVERY = timedelta(hours=1)
OFTEN_FOR = timedelta(hours=48)
"""Age up to which an item is looked at every time; most deletions come early."""
_HOURS = 24


class Watched(NamedTuple):
    """An item that was delivered and matched. A tuple, because JSON holds it in the fewest characters."""

    name: str
    seen_at: int
    """Seconds since the epoch."""
    edited: int
    """When it was edited last, as delivered; 0 for never."""
    missed: bool = False
    """Whether the last look did not find it. Two looks decide: one empty answer must not erase anything."""


def due(watched: Iterable[Watched], now: datetime) -> tuple[Watched, ...]:
    """Return those whose turn it is in this hour."""
    hour = int(now.timestamp()) // 3600
    return tuple(item for item in watched if item.missed or _turn(item, hour, now))


def _turn(item: Watched, hour: int, now: datetime) -> bool:
    """Tell whether it is an item's turn: always when young, else in one hour of the day that its id draws."""
    young = now - from_seconds(item.seen_at) <= OFTEN_FOR
    return young or int(item.name[3:], 36) % _HOURS == hour % _HOURS


def kept(watched: Iterable[Watched]) -> tuple[Watched, ...]:
    """Return the newest `MOST`, one of each name, the newest first."""
    newest = {item.name: item for item in sorted(watched, key=lambda item: item.seen_at)}
    return tuple(reversed(list(newest.values())))[:MOST]
