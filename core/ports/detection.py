"""What watches a brand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from core.records import Match, MentionRow, Merge, Narrative, Score, Scored, Signal, Window


class Detector(Protocol):
    """Watches one brand. Deterministic, restorable bit for bit, bounded in memory."""

    brand: str

    def learn(self, windows: Iterable[Window]) -> list[Signal]:
        """Learn history in order, before anything live; no stage above calm ever comes of it."""

    def expect(self, scored: Sequence[Scored]) -> None:
        """Prepare for the mentions that come next: they are counted as without it, only sooner."""

    def count(self, scored: Scored) -> Match:
        """Weigh a mention against the copies and the author's other mentions, add it to its window and
        to its narrative.

        A mention older than the 48-hour ring, or flagged BACKFILL, is weighed but enters no window.
        """

    def reread(self, row: MentionRow, score: Score) -> str:
        """Put `score` in the place of the one with which a mention was counted, `row.felt`.

        A closed bin is scored again at the next `advance`, as after a late mention. Returns the mention's
        narrative: the one that it has, or else the one that it joins now.
        """

    def compare(self, brand: str, event_at: datetime, weight: float, negative: float) -> None:
        """Count what was said of a neighbour alone: `weight` independent mentions, P(negative) `negative`.

        Older than the ring it is left out. A mention that counts for this brand as well must not be given.
        """

    def advance(self, now: datetime, exposure: float, observable: int, planned: float = 1.0) -> list[Signal]:
        """Close every bin that ended before the watermark; return one signal per closed bin.

        `planned` is how many times the usual volume is expected in them.
        """

    @property
    def closed_until(self) -> datetime | None:
        """End of the last closed bin; None before the first one."""

    def peek(self, now: datetime, exposure: float, observable: int, planned: float = 1.0) -> Signal:
        """Look into the open bin without changing anything."""

    def narratives(self) -> tuple[list[Narrative], list[Merge]]:
        """Return the narratives that changed and the merges since the last call."""

    def window(self, start: int) -> Window:
        """Return a window inside the 48-hour ring."""

    def dump(self) -> bytes:
        """Return the whole state."""

    def load(self, state: bytes) -> None:
        """Restore what `dump` gave; raises `ValueError` on another schema."""
