"""What complaints are about instead of the usual: those that lie farthest along the way they have moved."""

from collections.abc import Sequence
from heapq import nlargest

from core.ports import Store
from core.records import MentionRow, Selection, Signal
from models.bins import NEGATIVE
from models.topics import FIRST, code

_ROWS = 200
"""Mentions that are looked at, the newest: enough for words and quotes, as in `pipeline.rise`."""
_PART = 3
"""One in so many is shown: a change that is told has moved about as many."""


def complaints(store: Store, signal: Signal) -> list[MentionRow]:
    """Return stored negatives of the hours compared, those that differ most from the usual ones.

    Of what was erased the topic is not known any more.
    """
    change = signal.topics
    if change is None:
        return []
    which = Selection(brand=signal.brand, since=change.since, until=signal.at, min_negative=NEGATIVE)
    rows = store.mentions(_ROWS, which)
    packed = store.embeddings(row.mention.id for row in rows)
    far = {row.mention.id: _along(packed.get(row.mention.id, b""), change.way) for row in rows}
    known = [row for row in rows if far[row.mention.id] is not None]
    return nlargest(
        -(-len(known) // _PART), known, key=lambda row: (far[row.mention.id] or 0, row.mention.id)
    )


def _along(embedding: bytes, way: Sequence[int]) -> int | None:
    found = code(embedding)
    return None if found is None else sum(a * b for a, b in zip(found[FIRST:], way, strict=True))
