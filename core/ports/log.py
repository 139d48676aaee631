"""What waits between the monitors and scoring."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from core.records import Entry


class Log(Protocol):
    """Carries entries from the monitors to scoring: at least once, until acknowledged."""

    def append(self, source: str, entries: Sequence[Entry], cursor: str) -> int:
        """Store entries and the source's new cursor in one transaction; return how many were new here.

        An entry that is still waiting, with the same mention and brands, is not stored twice.
        """

    def cursor(self, source: str) -> str:
        """Return the source's cursor, "" when it has none."""

    def read(self, limit: int, after: int = 0) -> list[tuple[int, Entry]]:
        """Return up to `limit` entries that wait behind position `after`, oldest first; they keep waiting."""

    def ack(self, positions: Iterable[int]) -> None:
        """Forget entries whose effect is committed; unknown positions are ignored."""

    def holds(self, mention_ids: Iterable[str]) -> set[str]:
        """Return those mentions that still wait here."""

    def depth(self, after: int = 0) -> int:
        """Return how many entries wait behind position `after`."""

    def close(self) -> None:
        """Release files and connections."""
