"""What the platform says: the mentions of all brands in bins, each counted once."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    cast,
    exists,
    func,
    select,
    type_coerce,
)

from core.records import BIN_SECONDS, Tallied, in_parts
from core.tally import LATEST, UNHEARD, Voice, tallied
from storage.sql import schema
from storage.sql.part import Part, within
from storage.sql.selecting import does_count

_SECOND = 1_000_000
"""In the microseconds that times are stored in."""
_NEGATIVE = func.coalesce(schema.match.c.negative, schema.mention.c.p_negative)


class Platform(Part):
    """What a comparison with all other brands starts from."""

    def tallied(self, since: datetime, until: datetime | None, last: int | None) -> list[Tallied]:
        """Return what counts for the platform with `since <= event_at < until`: each mention once.

        Almost all mentions name one brand: those are added up by the database.
        """
        which = [*within(schema.match.c.event_at, since, until), *_heard()]
        which += [] if last is None else [schema.match.c.seq <= last]
        with self._database.read() as connection:
            return [*_of_one(connection, which, last), *_of_several(connection, which, last)]

    def earliest_match(self, after: int) -> datetime | None:
        """Return the earliest event among the matches with `seq > after`; None when there are none."""
        match = schema.match.c
        with self._database.read() as connection:
            query = select(func.min(match.event_at, type_=match.event_at.type)).where(match.seq > after)
            found: datetime | None = connection.execute(query).scalar_one()
            return found


def _heard() -> list[ColumnElement[bool]]:
    """Return the conditions of `core.tally.is_heard`."""
    mention = schema.mention.c
    late = type_coerce(mention.seen_at, BigInteger) - type_coerce(schema.match.c.event_at, BigInteger)
    return [
        mention.flags.bitwise_and(int(UNHEARD)) == 0,
        late <= int(LATEST.total_seconds()) * _SECOND,
    ]


def _of_one(connection: Connection, which: list[ColumnElement[bool]], last: int | None) -> Iterator[Tallied]:
    match = schema.match.c
    start = type_coerce(match.event_at, BigInteger) // (BIN_SECONDS * _SECOND) * BIN_SECONDS
    query = (
        _joined(start, match.brand, _parts(match.weight), _parts(match.weight * _NEGATIVE))
        .where(*which, does_count(), ~_another(last))
        .group_by(start, match.brand)
    )
    for start_at, brand, mentions, negatives in connection.execute(query):
        yield Tallied(start_at, (brand,), mentions, negatives)


def _of_several(
    connection: Connection, which: list[ColumnElement[bool]], last: int | None
) -> Iterator[Tallied]:
    match = schema.match.c
    columns = (match.mention_id, match.event_at, match.brand, match.weight, _NEGATIVE.label("negative"))
    query = _joined(*columns, does_count().label("counts")).where(*which, _another(last))
    mention_id = attrgetter("mention_id")
    for _, rows in groupby(sorted(connection.execute(query), key=mention_id), key=mention_id):
        every = list(rows)
        voices = (Voice(row.brand, row.weight, row.negative, bool(row.counts)) for row in every)
        found = tallied(every[0].event_at, voices)
        if found is not None:
            yield found


def _joined(*columns: Any) -> Select[Any]:
    mention_id = schema.match.c.mention_id
    return select(*columns).join_from(schema.match, schema.mention, mention_id == schema.mention.c.id)


def _another(last: int | None) -> ColumnElement[bool]:
    """Return the condition that the mention was matched with another brand as well."""
    match, other = schema.match.c, schema.match.alias("other").c
    same = exists().where(other.mention_id == match.mention_id, other.brand != match.brand)
    return same if last is None else same.where(other.seq <= last)


def _parts(value: ColumnElement[float]) -> ColumnElement[int]:
    """Return the sum of what `core.records.in_parts` makes of each value."""
    return func.sum(cast(value * float(in_parts(1.0)) + 0.5, Integer))
