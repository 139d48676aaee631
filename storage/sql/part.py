"""What every part of the store stands on."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Dialect, Insert, LargeBinary
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.sql.engine import Database
from storage.sql.types import Moment, SafeText, moments, texts

COMPILED = 128
"""Statements whose text is kept: those of `many` are some twenty."""
TOGETHER = 64
"""Rows of one statement: with 24 columns it has 1,536 of the 32,766 parameters that SQLite takes."""

Maker = Callable[[list[Any]], Iterable[Any]]
"""What makes the parameters of a column of its values, in their order."""

_ROW = re.compile(r"VALUES (\([?, ]+\))")


class Part:
    """One topic of the store's methods, on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def many(connection: Connection, statement: Insert, rows: Iterable[dict[str, Any]]) -> int:
    """Run `statement` for all `rows`, which have the same names; return how many of the table it changed.

    It is what `Connection.execute` does with many rows, but for three things which took as long as the
    database does: it makes dictionaries of each row first, it calls a function for each value, and the driver
    gives the interpreter away at each row. Here the parameters are made a column at a time.
    """
    values = list(rows)
    if not values:
        return 0
    sql, makers = _compiled(statement, connection.dialect, tuple(values[0]))
    columns = [make([row[name] for row in values]) for name, make in makers]
    parameters = list(zip(*columns, strict=True))
    if not _ROW.search(sql):
        return connection.exec_driver_sql(sql, parameters).rowcount
    some = (parameters[start : start + TOGETHER] for start in range(0, len(parameters), TOGETHER))
    return sum(_at_once(connection, sql, each) for each in some)


def _at_once(connection: Connection, sql: str, parameters: list[tuple[Any, ...]]) -> int:
    """Run an insert of one row for several: `VALUES (?, ?), (?, ?)`."""
    flat = tuple(chain.from_iterable(parameters))
    return connection.exec_driver_sql(_longer(sql, len(parameters)), flat).rowcount


@lru_cache(COMPILED)
def _longer(sql: str, rows: int) -> str:
    return _ROW.sub(lambda row: "VALUES " + ", ".join([row[1]] * rows), sql, count=1)


@lru_cache(COMPILED)
def _compiled(
    statement: Insert, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, list[tuple[str, Maker]]]:
    """Return the text of `statement` for rows of these names, and how each of its parameters is made."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    types = {name: compiled.binds[name].type for name in compiled.positiontup or ()}
    return str(compiled), [(name, _maker(kind, dialect)) for name, kind in types.items()]


def _maker(kind: TypeEngine[Any], dialect: Dialect) -> Maker:
    """Return what makes the parameters of a column of this type."""
    if isinstance(kind, Moment):
        return moments
    if isinstance(kind, SafeText):
        return texts
    if isinstance(kind, LargeBinary):
        return _blobs
    if isinstance(kind, TypeDecorator) and kind.impl_instance.bind_processor(dialect) is None:
        return partial(map, partial(kind.process_bind_param, dialect=dialect))
    single = kind.dialect_impl(dialect).bind_processor(dialect)
    return partial(map, single) if single else iter


def _blobs(values: list[bytes | None]) -> list[bytearray | None]:
    """Return what the driver takes as it is; for `bytes` it looks for a converter each time."""
    return [None if value is None else bytearray(value) for value in values]


def within(
    column: Column[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of `since <= column < until`, where an end is given."""
    first = [] if since is None else [column >= since]
    return first if until is None else [*first, column < until]
