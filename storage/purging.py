"""Overwriting what was forgotten, so that it is gone from the file too."""

from storage.opening import database_path
from storage.sql.dialect import rewrite_words
from storage.sql.engine import Database


def purge(url: str) -> None:
    """Rewrite the index of words in short transactions and cut the write-ahead log, beside other processes.

    Until then words of forgotten mentions can be found by nobody, but stand in older parts of the file.
    """
    database = Database(database_path(url))
    try:
        portion = _rewrite(database, first=True)
        while portion:
            portion = _rewrite(database, first=False)
        database.truncate_wal()
    finally:
        database.close()


def _rewrite(database: Database, first: bool) -> bool:
    with database.write() as connection:
        return rewrite_words(connection, first)
