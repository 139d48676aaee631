"""The log in memory."""

from collections.abc import Iterable, Sequence
from itertools import islice

from core.records import Entry
from storage.clean import clean_text
from storage.entries import prepared
from storage.memory.data import Part


class MemoryLog(Part):
    """Implements `core.ports.Log` in one process."""

    def append(self, source: str, entries: Sequence[Entry], cursor: str) -> int:
        """Store entries and the source's new cursor together; return how many were new here."""
        keyed = [prepared(entry) for entry in entries]
        with self._data.lock:
            before = self._data.last_position
            have = {key for key, _ in self._data.waiting.values()}
            for key, entry in keyed:
                if key not in have:
                    have.add(key)
                    self._data.last_position += 1
                    self._data.waiting[self._data.last_position] = (key, entry)
            self._data.cursors[clean_text(source)] = clean_text(cursor)
            return self._data.last_position - before

    def cursor(self, source: str) -> str:
        """Return the source's cursor, "" when it has none."""
        with self._data.lock:
            return self._data.cursors.get(source, "")

    def read(self, limit: int, after: int = 0) -> list[tuple[int, Entry]]:
        """Return up to `limit` entries that wait behind position `after`, oldest first; they keep waiting."""
        with self._data.lock:
            behind = (
                (position, entry) for position, (_, entry) in self._data.waiting.items() if position > after
            )
            return list(islice(behind, limit))

    def ack(self, positions: Iterable[int]) -> None:
        """Forget entries whose effect is committed; unknown positions are ignored."""
        with self._data.lock:
            for position in positions:
                self._data.waiting.pop(position, None)

    def holds(self, mention_ids: Iterable[str]) -> set[str]:
        """Return those mentions that still wait here."""
        with self._data.lock:
            return set(mention_ids) & {entry.mention.id for _, entry in self._data.waiting.values()}

    def depth(self, after: int = 0) -> int:
        """Return how many entries wait behind position `after`."""
        with self._data.lock:
            return sum(position > after for position in self._data.waiting)

    def close(self) -> None:
        """Memory stays as long as the process, so that it can be opened again."""
