"""The few statements that differ from one database to the next."""

from functools import cache

from sqlalchemy import Boolean, ColumnElement, Insert, Table, bindparam, column, literal_column, table
from sqlalchemy.dialects.sqlite import insert

full_text = table("mention_fts", column("rowid"))
"""Words of title, text and author; its `rowid` is the mention's `seq`."""


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


def contains(query: str) -> ColumnElement[bool]:
    """Return the condition that a row of `full_text` meets `query` (`storage.search.fts5_query`)."""
    return literal_column("mention_fts", Boolean).bool_op("MATCH")(bindparam("words", query))
