"""Whether a match is about its brand: what people say, what the model says, and what counts for it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from core.records import Match, RelevanceLabel
from core.relevance import stands_apart
from storage.chunks import chunks
from storage.counting import bin_moves, minute_moves
from storage.sql import schema
from storage.sql.counts import Stored, add_sums, as_counted, stored_mentions
from storage.sql.dialect import insert_new
from storage.sql.part import Part
from storage.sql.rows import TOWARDS, as_towards, said_ours

JUDGED = 200
"""Mentions of one transaction of `judge`, as many as of `rescore`."""

Key = tuple[str, str]
"""Mention id and brand of a match."""

_match = schema.match.c
_given = schema.relevance_label.c
_SETTLE = (
    update(schema.match)
    .where(_match.seq == bindparam("of_match"))
    .values(ours=bindparam("new_ours"), not_us=bindparam("new_not_us"))
)


class Relevance(Part):
    """Labels of people, probabilities of the model."""

    def add_relevance(self, label: RelevanceLabel) -> None:
        """Keep whether a mention is about a brand; see `core.ports.Store.add_relevance`."""
        row = {
            "id": label.id,
            "mention_id": label.mention_id,
            "brand": label.brand,
            "ours": label.ours,
            "who": label.who,
            "at": label.at,
        }
        with self._database.write(durable=True) as connection:
            connection.execute(insert_new(schema.relevance_label), row)
            _settle(connection, [label.mention_id], {})

    def relevance_labels(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, RelevanceLabel]]:
        """Return such labels after `position` with their positions, in the order they were given."""
        columns = (_given.seq, _given.mention_id, _given.brand, _given.ours, _given.who, _given.at)
        query = select(*columns).where(_given.seq > position).order_by(_given.seq).limit(limit)
        with self._database.read() as connection:
            return [(row[0], RelevanceLabel(*row[1:])) for row in connection.execute(query)]

    def judge(self, ours: Mapping[Key, float | None]) -> int:
        """Replace P(ours) of matches; see `core.ports.Store.judge`."""
        moved = 0
        for ids in chunks(dict.fromkeys(mention_id for mention_id, _ in ours), JUDGED):
            with self._database.write() as connection:
                moved += _settle(connection, ids, ours)
        return moved


def _settle(connection: Connection, ids: Collection[str], ours: Mapping[Key, float | None]) -> int:
    """Let matches count as people and `ours`, or what is stored, say; return how many moved."""
    before = _matches(connection, ids)
    after = {seq: _judged(match, said, ours) for seq, (match, said) in before.items()}
    rows = [
        {"of_match": seq, "new_ours": match.ours, "new_not_us": match.not_us}
        for seq, match in after.items()
        if match != before[seq][0]
    ]
    if rows:
        connection.execute(_SETTLE, rows)
    return _move(connection, [match for seq, match in after.items() if match.not_us != before[seq][0].not_us])


def _judged(match: Match, said: bool | None, ours: Mapping[Key, float | None]) -> Match:
    now = ours.get((match.mention_id, match.brand), match.ours)
    return replace(match, ours=now, not_us=stands_apart(now, said))


def _move(connection: Connection, moved: Collection[Match]) -> int:
    """Add what counts now to the sums, and take away what does not."""
    stored: dict[str, Stored] = stored_mentions(connection, {match.mention_id for match in moved})
    joined = [as_counted(match, stored[match.mention_id]) for match in moved if not match.not_us]
    left = [as_counted(match, stored[match.mention_id]) for match in moved if match.not_us]
    add_sums(connection, minute_moves(joined, left), bin_moves(joined, left))
    return len(moved)


def _matches(connection: Connection, ids: Collection[str]) -> dict[int, tuple[Match, bool | None]]:
    """Return the matches of mentions by number, with what a person said last of each."""
    names = ("seq", "mention_id", "brand", "event_at", "weight", "narrative", "ours", "not_us")
    said = said_ours(_match.mention_id, _match.brand)
    query = select(*(_match[name] for name in names), *TOWARDS, said).where(_match.mention_id.in_(ids))
    return {row.seq: (_as_match(row), row.said_ours) for row in connection.execute(query)}


def _as_match(row: Row[*tuple[Any, ...]]) -> Match:
    return Match(
        row.mention_id,
        row.brand,
        row.event_at,
        row.weight,
        narrative=row.narrative,
        towards=as_towards(row),
        ours=row.ours,
        not_us=bool(row.not_us),
    )
