"""What is stored of a rise: its first complaint, and what an explanation reads."""

from datetime import datetime, timedelta

from core.ports import Store
from core.records import Mention, MentionRow, Selection, Signal

_ROWS = 200
"""Mentions that an explanation reads at each end: enough for words and quotes, whatever the storm's size."""
_NEGATIVE = 0.5
"""P(negative) above which a mention is called negative."""
_HOUR = timedelta(hours=1)


def onset(signal: Signal) -> datetime:
    """Return when the rise began; the last hour where nobody could tell."""
    return signal.onset or signal.at - _HOUR


def first_negative(store: Store, signal: Signal) -> Mention | None:
    """Return the earliest negative mention of the rise."""
    rise = Selection(brand=signal.brand, since=onset(signal), until=signal.at, min_negative=_NEGATIVE)
    rows = store.mentions(1, rise, oldest_first=True)
    return rows[0].mention if rows else None


def around(store: Store, signal: Signal) -> list[MentionRow]:
    """Return what an explanation reads: the rise's first and newest mentions, and what came before it."""
    rise = Selection(brand=signal.brand, since=onset(signal), until=signal.at)
    before = Selection(brand=signal.brand, until=rise.since)
    first = store.mentions(_ROWS, rise, oldest_first=True)
    newest, everyday = store.mentions(_ROWS, rise), store.mentions(_ROWS, before)
    return list({row.mention.id: row for row in (*first, *newest, *everyday)}.values())
