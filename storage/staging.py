"""Rows of an archive on their way into event-time order, on disk so that its size does not matter."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from core.codec import dumps, loads
from core.records import Entry

_CHUNK = 2_000


class Staging:
    """Collects entries in any order and gives them back by event time, ties in the order they came.

    The file is anonymous and goes with the process, however it ends.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - lives as long as this object
            dir=folder, prefix=".staging-", suffix=".db"
        )
        self._db = sqlite3.connect(self._file.name, check_same_thread=False)
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE staged (at REAL, line INTEGER, entry TEXT);"
        )

    def add(self, rows: Iterable[tuple[int, Entry]]) -> None:
        """Add entries with their line numbers."""
        rows = iter(rows)
        while chunk := list(islice(rows, _CHUNK)):
            self._db.executemany(
                "INSERT INTO staged VALUES (?, ?, ?)",
                [(entry.mention.event_at.timestamp(), line, dumps(entry)) for line, entry in chunk],
            )
        self._db.commit()

    def sorted(self) -> Iterator[Entry]:
        """Yield all entries, oldest first."""
        for (text,) in self._db.execute("SELECT entry FROM staged ORDER BY at, line"):
            yield loads(Entry, text)

    def close(self) -> None:
        """Remove the file."""
        self._db.close()
        self._file.close()
