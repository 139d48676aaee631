"""The few statements that differ from one database to the next."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Table,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.sqlite import insert

from storage.sql.types import Record

full_text = table("mention_fts", column("rowid"))
"""Words of title, text and author; its `rowid` is the mention's `seq`."""


MERGED_PAGES = 200
"""Pages of one portion of `rewrite_words`: measured, it stays under 50 ms."""


@cache
def insert_new(into: Table) -> Insert:
    """Return an insert that leaves rows alone which are there already."""
    return insert(into).on_conflict_do_nothing()


@cache
def upsert(into: Table, key: tuple[str, ...]) -> Insert:
    """Return an insert that replaces the row with the same `key`; its running number stays."""
    fixed = {*key, "seq"}
    statement = insert(into)
    new = {name: value for name, value in statement.excluded.items() if name not in fixed}
    return statement.on_conflict_do_update(index_elements=key, set_=new)


@cache
def add_up(into: Table, key: tuple[str, ...]) -> Insert:
    """Return an insert that adds its numbers to those of the row with the same `key`."""
    statement = insert(into)
    sums = {name: into.c[name] + value for name, value in statement.excluded.items() if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=sums)


def among(one: Column[Any]) -> ColumnElement[bool]:
    """Return the condition that `one` is in the list `those`, which the statement is run with.

    The list is one parameter, so that the statement is put together once, not for each list again.
    """
    listed = func.json_each(bindparam("those", type_=Record(tuple))).table_valued("value")
    return one.in_(select(listed.c.value))


def contains(query: str) -> ColumnElement[bool]:
    """Return the condition that a row of `full_text` meets `query` (`storage.search.fts5_query`)."""
    return literal_column("mention_fts", Boolean).bool_op("MATCH")(bindparam("words", query))


def indexed_words(connection: Connection) -> int:
    """Return of how many mentions the words can be found."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM mention_fts_docsize").scalar_one())


def rewrite_words(connection: Connection, first: bool) -> bool:
    """Do one portion of rewriting the index of words; False when there is nothing left to do.

    A word that was removed stays in older parts of the index until they are merged with the newer ones
    (https://sqlite.org/fts5.html#the_merge_command): the first portion marks all parts for merging.
    """
    before = _changes(connection)
    pages = -MERGED_PAGES if first else MERGED_PAGES
    connection.exec_driver_sql("INSERT INTO mention_fts(mention_fts, rank) VALUES ('merge', ?)", (pages,))
    return _changes(connection) - before >= 2  # the documented sign that work was done


def _changes(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one())


def damages(connection: Connection) -> list[str]:
    """Return what SQLite finds wrong with the pages of the file, at most ten findings."""
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
    return [] if found == ["ok"] else found
