"""What every part of the store stands on."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Insert

from storage.sql.engine import Database


class Part:
    """One topic of the store's methods, on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def many(connection: Connection, statement: Insert, rows: Iterable[dict[str, Any]]) -> int:
    """Run `statement` for all `rows` at once; return how many rows of the table it changed."""
    values = list(rows)
    return connection.execute(statement, values).rowcount if values else 0
