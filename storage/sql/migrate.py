"""Brings a file to the schema of this program: makes a new one, upgrades an older one after a back-up."""

import os
import sqlite3
import time
from contextlib import closing
from functools import cache
from pathlib import Path
from threading import Lock

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from core.errors import Permanent
from storage.sql.engine import BUSY_MILLISECONDS, Database
from storage.sql.trouble import told

FOLDER = Path(__file__).parents[1] / "migrations"

_alembic = Lock()
"""Alembic keeps its current context in module globals: one migration at a time in a process."""


def prepare(path: Path) -> None:
    """Make the file at `path` ready for this program; several processes may do so at once.

    Raises `Permanent` when the file is no database, none of ours, or newer than this program.
    """
    database = Database(path)
    try:
        _use_wal(path)
        with database.read() as connection:
            ready = _revision(connection, path) == _head()
        if not ready:
            with database.write(durable=True) as connection:
                _upgrade(connection, path)
    finally:
        database.close()


def schema_of(path: Path) -> str | None:
    """Return the schema of the database at `path`, None when it is empty; errors as in `prepare`."""
    database = Database(path)
    try:
        with database.read() as connection:
            return _revision(connection, path)
    finally:
        database.close()


def _head() -> str:
    head = _scripts().get_current_head()
    assert head is not None, "storage/migrations holds at least one revision"
    return head


def _scripts() -> ScriptDirectory:
    return _read(FOLDER)


@cache
def _read(folder: Path) -> ScriptDirectory:
    """Return the migrations in `folder`: the program's own files, which are read once."""
    scripts = ScriptDirectory(str(folder))
    scripts.get_current_head()  # reads them now: threads share what was read
    return scripts


def _revision(connection: Connection, path: Path) -> str | None:
    """Return the file's revision, None for an empty file."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None and inspect(connection).get_table_names():
        raise Permanent(f"{path} is a database of another program; choose another file for Firetower")
    if revision is not None and revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise Permanent(
            f"{path} was written by a newer Firetower (schema {revision}, this one knows {_head()}). "
            "Upgrade the program; the file was left as it is."
        )
    return revision


def _upgrade(connection: Connection, path: Path) -> None:
    # Asked again inside the transaction: another process may have been faster.
    revision = _revision(connection, path)
    if revision == _head():
        return
    if revision is not None:
        back_up(path, path.with_name(f"{path.name}.before-{_head()}"))
    run_to(connection, "head")


def run_to(connection: Connection, target: str) -> None:
    """Run the migrations up to the revision `target` inside the connection's transaction."""
    scripts = _scripts()
    with _alembic, EnvironmentContext(Config(), scripts) as environment:
        environment.configure(
            connection=connection,
            transactional_ddl=True,
            fn=lambda current, _context: scripts._upgrade_revs(target, current),
        )
        environment.run_migrations()


def back_up(path: Path, target: Path) -> None:
    """Copy the database at `path`, as it was last committed, to `target`; other processes go on meanwhile.

    The copy appears under its name only when it is whole, for its owner's eyes alone.
    """
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        with (
            told(target),
            closing(sqlite3.connect(path)) as source,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            with told(path):
                source.execute("PRAGMA schema_version")  # or what is wrong with it would be said of the copy
            source.backup(copy)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _use_wal(path: Path) -> None:
    """Switch the file to write-ahead logging, which it then keeps.

    The switch asks nobody's patience (https://sqlite.org/pragma.html#pragma_journal_mode): when another
    process has just made the file, it is tried again.
    """
    deadline = time.monotonic() + BUSY_MILLISECONDS / 1000
    with told(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
