"""Whether a database is sound: its pages, and the sums that have to follow from its rows."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select, text

from core.clock import from_seconds
from storage.opening import database_path
from storage.sql import schema
from storage.sql.counts import MENTIONS
from storage.sql.detection import IMPORTED_UNTIL
from storage.sql.dialect import damages, indexed_words
from storage.sql.engine import Database
from storage.sql.selecting import does_count

_TOLERANCE = 1e-6
"""Of each mention: sums of floating point numbers depend on the order in which they were added."""

_SUMS = ("mentions", "independent", "negative", "neutral", "positive", "independent_negative")

Sums = dict[tuple[str, str], tuple[float, ...]]
"""By brand and source: what the names of `_SUMS` come to."""


def integrity(url: str) -> list[str]:
    """Return what is wrong with the database at `url`, in sentences; an empty list when it is sound.

    Reads everything once, at one moment, beside other processes.
    """
    database = Database(database_path(url))
    try:
        with database.moment() as connection:
            # A damaged file gives no sums worth comparing.
            return damages(connection) or list(_contradictions(connection))
    finally:
        database.close()


def _contradictions(connection: Connection) -> Iterator[str]:
    yield from _lonely(connection)
    yield from _miscounted(connection)
    start = _imported_until(connection)
    counted, kept = _from_matches(connection, start), _from_rollups(connection, start)
    for key in sorted(counted.keys() | kept.keys()):
        nothing = (0.0,) * len(_SUMS)
        yield from _differences(key, counted.get(key, nothing), kept.get(key, nothing))


def _lonely(connection: Connection) -> Iterator[str]:
    """Tell of rows that belong to no mention."""
    mention = schema.mention.c
    unknown = ~exists().where(mention.id == schema.match.c.mention_id)
    if lost := _count(connection, schema.match.c.seq, unknown):
        yield f"{lost} matches count for mentions that are not stored"
    unowned = ~exists().where(mention.seq == schema.embedding.c.seq)
    if lost := _count(connection, schema.embedding.c.seq, unowned):
        yield f"{lost} embeddings belong to mentions that are not stored"


def _miscounted(connection: Connection) -> Iterator[str]:
    """Tell of counters that do not agree with the rows."""
    stored = _count(connection, schema.mention.c.seq)
    counter = select(schema.counter.c.value).where(schema.counter.c.name == MENTIONS)
    told = connection.execute(counter).scalar_one_or_none() or 0
    if stored != told:
        yield f"{stored} mentions are stored, {told} are counted"
    mention = schema.mention.c
    read = _count(connection, mention.seq, or_(mention.inclusion.is_(None), mention.skimmed.is_not(None)))
    found = indexed_words(connection)
    if read != found:
        yield f"{read} mentions have been read, {found} of them can be searched"
    grouped = _count(connection, schema.match.c.seq, text(schema.HAS_NARRATIVE), does_count())
    summed = connection.execute(select(func.sum(schema.narrative_bin.c.mentions))).scalar_one() or 0
    if grouped != summed:
        yield f"{grouped} matches belong to narratives, the narratives' sums say {summed}"


def _count(connection: Connection, column: ColumnElement[Any], *where: Any) -> int:
    return connection.execute(select(func.count(column)).where(*where)).scalar_one()


def _imported_until(connection: Connection) -> int:
    """Return the first second after the imported history, whose minutes have no matches."""
    query = select(schema.meta.c.value).where(schema.meta.c.key == IMPORTED_UNTIL)
    return int(connection.execute(query).scalar_one_or_none() or -(10**11))


def _from_matches(connection: Connection, start: int) -> Sums:
    match, mention = schema.match.c, schema.mention.c
    negative = func.coalesce(match.negative, mention.p_negative)
    query = (
        select(
            match.brand,
            match.source,
            func.count(),
            func.sum(match.weight),
            func.sum(negative),
            func.sum(func.coalesce(match.neutral, mention.p_neutral)),
            func.sum(func.coalesce(match.positive, mention.p_positive)),
            func.sum(match.weight * negative),
        )
        .join_from(schema.match, schema.mention, mention.id == match.mention_id)
        .where(does_count())
    )
    query = query.where(match.event_at >= from_seconds(start)) if start >= 0 else query
    return _sums(connection.execute(query.group_by(match.brand, match.source)).all())


def _from_rollups(connection: Connection, start: int) -> Sums:
    row = schema.rollup.c
    sums = (func.sum(row[name]) for name in _SUMS)
    query = select(row.brand, row.source, *sums).where(row.minute >= start)
    return _sums(connection.execute(query.group_by(row.brand, row.source)).all())


def _sums(rows: Any) -> Sums:
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def _differences(key: tuple[str, str], counted: tuple[float, ...], kept: tuple[float, ...]) -> Iterator[str]:
    allowed = _TOLERANCE * max(1.0, counted[0])
    for name, rows, minutes in zip(_SUMS, counted, kept, strict=True):
        if abs(rows - minutes) > allowed:
            yield f"{key[0]} on {key[1]}: {name} is {rows:g} by the matches, {minutes:g} by the minutes"
