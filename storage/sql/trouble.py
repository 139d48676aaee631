"""What SQLite reports, as the errors that cross a package border."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from core.errors import FiretowerError, Permanent, StorageFull, Temporary

_PRIMARY = 0xFF
"""Extended result codes carry the primary one in the low byte, https://sqlite.org/rescode.html."""

_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CLOSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file at `path` into ours, with what a person should do."""
    try:
        yield
    except DBAPIError as error:
        raise _explained(error.orig, path) or error from error
    except sqlite3.Error as error:
        raise _explained(error, path) or error from error


def _explained(error: BaseException | None, path: Path) -> FiretowerError | None:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code in _FULL:
        return StorageFull(
            f"The disk that holds {path} is full or failing ({error}). This write was undone, nothing "
            "acknowledged is lost; free some space, Firetower goes on by itself."
        )
    if code in _BUSY:
        return Temporary(f"{path} is in use by another process ({error}); try again.")
    if code in _BROKEN:
        return Permanent(
            f"{path} is no readable database ({error}). Move it away or restore a back-up; "
            "nothing was changed in it."
        )
    if code in _CLOSED:
        return Permanent(f"{path} cannot be opened for writing ({error}); check its owner and rights.")
    return None
