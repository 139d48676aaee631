"""What every part of the store stands on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Insert

from storage.sql.engine import Database


class Part:
    """One topic of the store's methods, on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def many(connection: Connection, statement: Insert, rows: Iterable[dict[str, Any]]) -> int:
    """Run `statement` for all `rows` at once; return how many rows of the table it changed."""
    values = list(rows)
    return connection.execute(statement, values).rowcount if values else 0


def within(
    column: Column[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of `since <= column < until`, where an end is given."""
    first = [] if since is None else [column >= since]
    return first if until is None else [*first, column < until]
