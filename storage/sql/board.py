"""What the board reads: states, lines, minutes and lists, none of which costs more with more history."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from core.records import (
    EPOCH,
    EVERYTHING,
    BrandTotal,
    MentionRow,
    Rollup,
    Selection,
    Signal,
    SignalPoint,
)
from storage.chunks import chunks
from storage.counting import total
from storage.search import fts5_query
from storage.sql import schema
from storage.sql.counts import MENTIONS
from storage.sql.families import family
from storage.sql.part import Part
from storage.sql.rows import POINT, ROLLUP, SUMS, VECTOR, as_embedded_row, as_mention_row, as_point
from storage.sql.selecting import conditions, counted_mentions, listed, searched, with_embedding


class Board(Part):
    """Reading for people."""

    def states(self) -> list[Signal]:
        """Return the newest signal of each brand."""
        with self._database.read() as connection:
            query = select(schema.state.c.payload).order_by(schema.state.c.brand)
            return list(connection.scalars(query))

    def signals(self, brand: str, since: datetime, until: datetime) -> list[SignalPoint]:
        """Return a brand's stored points, both ends included, oldest first."""
        point = schema.signal.c
        query = select(*POINT).where(point.brand == brand, point.at.between(since, until))
        with self._database.read() as connection:
            return [as_point(row) for row in connection.execute(query.order_by(point.at))]

    def rollups(self, since: datetime, until: datetime, brand: str = "", seconds: int = 60) -> list[Rollup]:
        """Return sums over spans of `seconds` of the minutes that begin in `since <= minute < until`."""
        row = schema.rollup.c
        query = _minutes() if seconds == 60 else _spans(seconds)
        query = query.where(row.minute >= _seconds(since), row.minute < _seconds(until))
        if brand:
            query = query.where(row.brand == brand)
        with self._database.read() as connection:
            return [Rollup(*found) for found in connection.execute(query)]

    def mentions(
        self, limit: int, which: Selection = EVERYTHING, oldest_first: bool = False
    ) -> list[MentionRow]:
        """Return mentions of `since <= event time < until`; see `core.ports.Store.mentions`."""
        with self._database.read() as connection:
            members = family(connection, which.narrative) if which.narrative else frozenset()
            if which.search.strip():
                words = fts5_query(which.search)
                query = searched(words, conditions(which, members), limit, oldest_first)
                return _rows(connection, query) if words else []
            if not members:
                return _rows(connection, listed(conditions(which), limit, oldest_first))
            # One list for each merged narrative stops at the limit; one for all would sort everything.
            queries = (listed(conditions(which, [member]), limit, oldest_first) for member in members)
            found = [row for query in queries for row in connection.execute(query)]
        found.sort(key=lambda row: (row.event_at, row.seq), reverse=not oldest_first)
        return [as_mention_row(row) for row in found[:limit]]

    def mention(self, mention_id: str) -> list[MentionRow]:
        """Return one mention with its embedding, a row for each brand it counts for."""
        query = with_embedding(counted_mentions().add_columns(VECTOR))
        query = query.where(schema.match.c.mention_id == mention_id).order_by(schema.match.c.brand)
        with self._database.read() as connection:
            return [as_embedded_row(row) for row in connection.execute(query)]

    def embeddings(self, mention_ids: Iterable[str]) -> dict[str, bytes]:
        """Return the embeddings of those mentions that have one."""
        mention = schema.mention.c
        query = select(mention.id, VECTOR).join_from(
            schema.mention, schema.embedding, schema.embedding.c.seq == mention.seq
        )
        found: dict[str, bytes] = {}
        with self._database.read() as connection:
            for ids in chunks(mention_ids):
                found |= {row.id: row.vector for row in connection.execute(query.where(mention.id.in_(ids)))}
        return found

    def count_mentions(self) -> int:
        """Return how many mentions are stored."""
        query = select(schema.counter.c.value).where(schema.counter.c.name == MENTIONS)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none() or 0

    def totals(self) -> list[BrandTotal]:
        """Return mentions and negative share of each brand, over all time, from rollups."""
        row = schema.rollup.c
        query = select(row.brand, func.sum(row.mentions), func.sum(row.negative)).group_by(row.brand)
        with self._database.read() as connection:
            return [total(*sums) for sums in connection.execute(query.order_by(row.brand))]


def _seconds(at: datetime) -> float:
    return (at - EPOCH).total_seconds()


def _minutes() -> Select[Any]:
    row = schema.rollup.c
    return select(*ROLLUP).order_by(row.minute, row.brand, row.source)


def _spans(seconds: int) -> Select[Any]:
    row = schema.rollup.c
    # Twice the remainder, because that of a time before 1970 is negative.
    start = row.minute - (row.minute % seconds + seconds) % seconds
    sums = (func.sum(row[name]).label(name) for name in SUMS)
    query = select(row.brand, row.source, start.label("start"), *sums)
    return query.group_by(row.brand, row.source, "start").order_by("start", row.brand, row.source)


def _rows(connection: Connection, query: Select[Any]) -> list[MentionRow]:
    return [as_mention_row(row) for row in connection.execute(query)]
