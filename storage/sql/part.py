"""What every part of the store stands on."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Dialect, Insert
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.sql.engine import Database

COMPILED = 128
"""Statements whose text is kept: those of `many` are some twenty."""
TOGETHER = 64
"""Rows of one statement: with 24 columns it has 1,536 of the 32,766 parameters that SQLite takes."""
_ROW = re.compile(r"VALUES (\([?, ]+\))")


class Part:
    """One topic of the store's methods, on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def many(connection: Connection, statement: Insert, rows: Iterable[dict[str, Any]]) -> int:
    """Run `statement` for all `rows`; return how many rows of the table it changed.

    It is what `Connection.execute` does with many rows, but for two things which took as long as the database
    does: it makes dictionaries of each row first, and the driver gives the interpreter away at each row.
    """
    values = list(rows)
    if not values:
        return 0
    sql, made = _compiled(statement, connection.dialect, tuple(values[0]))
    parameters = [tuple([make(row[name]) if make else row[name] for name, make in made]) for row in values]
    if not _ROW.search(sql):
        return connection.exec_driver_sql(sql, parameters).rowcount
    some = (parameters[start : start + TOGETHER] for start in range(0, len(parameters), TOGETHER))
    return sum(_at_once(connection, sql, each) for each in some)


def _at_once(connection: Connection, sql: str, parameters: list[tuple[Any, ...]]) -> int:
    """Run an insert of one row for several: `VALUES (?, ?), (?, ?)`."""
    longer = _ROW.sub(lambda row: "VALUES " + ", ".join([row[1]] * len(parameters)), sql, count=1)
    return connection.exec_driver_sql(longer, tuple(chain.from_iterable(parameters))).rowcount


@lru_cache(COMPILED)
def _compiled(
    statement: Insert, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, list[tuple[str, Callable[[Any], Any] | None]]]:
    """Return the text of `statement` for rows of these names, and how each of its parameters is made."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    types = {name: compiled.binds[name].type for name in compiled.positiontup or ()}
    return str(compiled), [(name, _maker(kind, dialect)) for name, kind in types.items()]


def _maker(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what makes a parameter of a value of this type."""
    if isinstance(kind, TypeDecorator) and kind.impl_instance.bind_processor(dialect) is None:
        return partial(kind.process_bind_param, dialect=dialect)
    return kind.dialect_impl(dialect).bind_processor(dialect)


def within(
    column: Column[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of `since <= column < until`, where an end is given."""
    first = [] if since is None else [column >= since]
    return first if until is None else [*first, column < until]
