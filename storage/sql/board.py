"""What the board reads: states, lines, minutes and lists, none of which costs more with more history."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from core.records import EPOCH, BrandTotal, MentionRow, Rollup, Signal, SignalPoint
from storage.counting import total
from storage.search import fts5_query
from storage.sql import schema
from storage.sql.counts import MENTIONS
from storage.sql.dialect import contains, full_text
from storage.sql.part import Part
from storage.sql.rows import COUNTED, POINT, ROLLUP, as_mention_row, as_point

CANDIDATES = 2000
"""Hits of a search that are sorted by event time.

Full text gives hits in the order of arrival for free; sorting all hits of a common word took 13 s
at 5 million mentions. So the newest arrivals are taken, and those are sorted.
"""


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

    def rollups(self, since: datetime, until: datetime, brand: str = "") -> list[Rollup]:
        """Return the sums of minutes that begin in `since <= minute < until`, oldest first."""
        minute = schema.rollup.c.minute
        query = select(*ROLLUP).where(minute >= _seconds(since), minute < _seconds(until))
        if brand:
            query = query.where(schema.rollup.c.brand == brand)
        query = query.order_by(minute, schema.rollup.c.brand, schema.rollup.c.source)
        with self._database.read() as connection:
            return [Rollup(*row) for row in connection.execute(query)]

    def mentions(
        self,
        limit: int,
        brand: str = "",
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        min_negative: float = 0.0,
        oldest_first: bool = False,
    ) -> list[MentionRow]:
        """Return mentions of `since <= event time < until`; see `core.ports.Store.mentions`."""
        conditions = _conditions(brand, since, until, min_negative)
        if search.strip():
            words = fts5_query(search)
            if not words:
                return []
            query = _searched(words, conditions, limit, oldest_first)
        else:
            query = _listed(conditions, limit, oldest_first)
        with self._database.read() as connection:
            return [as_mention_row(row) for row in connection.execute(query)]

    def mention(self, mention_id: str) -> list[MentionRow]:
        """Return one mention, a row for each brand it counts for."""
        query = _joined().where(schema.match.c.mention_id == mention_id).order_by(schema.match.c.brand)
        with self._database.read() as connection:
            return [as_mention_row(row) for row in connection.execute(query)]

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


def _conditions(
    brand: str, since: datetime | None, until: datetime | None, min_negative: float
) -> list[ColumnElement[bool]]:
    match = schema.match.c
    found: list[ColumnElement[bool]] = []
    if brand:
        found.append(match.brand == brand)
    if since is not None:
        found.append(match.event_at >= since)
    if until is not None:
        found.append(match.event_at < until)
    if min_negative > 0.0:
        found.append(schema.mention.c.p_negative >= min_negative)
    return found


def _joined() -> Select[Any]:
    return select(*COUNTED).join_from(
        schema.match, schema.mention, schema.match.c.mention_id == schema.mention.c.id
    )


def _listed(conditions: list[ColumnElement[bool]], limit: int, oldest_first: bool) -> Select[Any]:
    match = schema.match.c
    order = (match.event_at, match.seq) if oldest_first else (match.event_at.desc(), match.seq.desc())
    return _joined().where(*conditions).order_by(*order).limit(limit)


def _searched(
    words: str, conditions: list[ColumnElement[bool]], limit: int, oldest_first: bool
) -> Select[Any]:
    arrival = full_text.c.rowid
    hits = (
        _joined()
        .join(full_text, arrival == schema.mention.c.seq)
        .where(contains(words), *conditions)
        .order_by(arrival if oldest_first else arrival.desc())
        .limit(max(limit, CANDIDATES))
        .subquery()
    )
    order = (hits.c.event_at, hits.c.seq) if oldest_first else (hits.c.event_at.desc(), hits.c.seq.desc())
    return select(hits).order_by(*order).limit(limit)
