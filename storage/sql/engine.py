"""Connections to one SQLite file, each with the promise its transactions keep."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from storage.sql.trouble import told

BUSY_MILLISECONDS = 10_000
"""How long a writer waits for another process: many times the 50 ms of a transaction (design, section 3)."""

WRITER_KIBIBYTES = 65_536
"""Pages that a writer keeps: ids are digests, so that each new row touches another page of each index."""

CHECKPOINT_MILLISECONDS = 200
"""How long shrinking the write-ahead log waits for readers; it is tried again on a timer."""


class Database:
    """One file and three ways into it: reading, writing, and writing that survives a power cut.

    Safe to use from many threads, and from many processes at once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = _engine(path, "NORMAL")
        self._writer = _engine(path, "NORMAL", writing=True)
        self._durable = _engine(path, "FULL", writing=True)
        # Threads of one process queue here in turn; SQLite's own waiting is a poll that can starve one.
        self._turn = Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection on which each statement stands alone: nothing stays open afterwards."""
        with told(self.path), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def moment(self) -> Iterator[Connection]:
        """Give a connection that sees one moment for as long as the block runs.

        It keeps the write-ahead log from being cut meanwhile: for checks, never for a refresh.
        """
        with self.read() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def write(self, durable: bool = False) -> Iterator[Connection]:
        """Give a connection inside one transaction, which is kept as a whole or not at all.

        `durable` waits until the disk has it (synchronous=FULL). Raises `StorageFull`, `Temporary`
        when another process holds the file for longer than `BUSY_MILLISECONDS`, or `Permanent`.
        """
        engine = self._durable if durable else self._writer
        with told(self.path), self._turn, engine.begin() as connection:
            yield connection

    def truncate_wal(self) -> bool:
        """Move the write-ahead log into the file and cut it; False when readers were in the way."""
        with self.read() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={CHECKPOINT_MILLISECONDS}")
            try:
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        return not busy

    def close(self) -> None:
        """Release the file."""
        for engine in (self._reader, self._writer, self._durable):
            engine.dispose()


def _engine(path: Path, synchronous: str, writing: bool = False) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def connect(raw: Any, _record: object) -> None:
        # Python's own habit of opening transactions is switched off: the statements below decide.
        raw.isolation_level = None
        raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        raw.execute(f"PRAGMA synchronous={synchronous}")
        raw.execute("PRAGMA temp_store=MEMORY")
        if writing:
            raw.execute(f"PRAGMA cache_size=-{WRITER_KIBIBYTES}")
        raw.execute("PRAGMA secure_delete=ON")

    if writing:
        # Measured: a deferred transaction that reads first fails at once when another one writes.
        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
