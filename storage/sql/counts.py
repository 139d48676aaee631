"""Mentions, matches and the sums that follow from them, inside a step's transaction."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from core.records import Match, Score, Scored
from storage.chunks import chunks
from storage.clean import clean_text
from storage.counting import Counted, minute_sums
from storage.sql import schema
from storage.sql.dialect import add_up, insert_new
from storage.sql.part import many
from storage.sql.rows import SCORE, as_score, match_values, mention_values, rollup_values

MENTIONS = "mentions"
"""Name of the counter of stored mentions: counting the rows would read the whole table."""


def add_mentions(connection: Connection, scored: Iterable[Scored]) -> None:
    """Store mentions that are not there yet."""
    new = many(connection, insert_new(schema.mention), map(mention_values, scored))
    if new:
        connection.execute(add_up(schema.counter, ("name",)), {"name": MENTIONS, "value": new})


def add_matches(connection: Connection, matches: Iterable[Match]) -> None:
    """Count matches that are not counted yet, and add them to their minutes.

    Raises `ValueError` when a match names a mention that is not stored.
    """
    new = _insert(connection, matches)
    stored = _stored(connection, {match.mention_id for match in new})
    sums = minute_sums(_counted(match, stored) for match in new)
    many(connection, add_up(schema.rollup, ("brand", "minute", "source")), map(rollup_values, sums))


def _insert(connection: Connection, matches: Iterable[Match]) -> list[Match]:
    pairs: dict[tuple[str, str], Match] = {}
    for match in matches:
        pairs.setdefault((match.mention_id, clean_text(match.brand)), match)
    if not pairs:
        return []
    statement = insert_new(schema.match).returning(schema.match.c.mention_id, schema.match.c.brand)
    rows = connection.execute(statement, [match_values(match) for match in pairs.values()])
    return [pairs[row.mention_id, row.brand] for row in rows]


def _stored(connection: Connection, mention_ids: Iterable[str]) -> dict[str, tuple[str, Score]]:
    """Return source and score as they are stored: the first score of a mention is the one that counts."""
    stored: dict[str, tuple[str, Score]] = {}
    mention = schema.mention.c
    for ids in chunks(mention_ids):
        query = select(mention.id, mention.source, *SCORE).where(mention.id.in_(ids))
        stored |= {row.id: (row.source, as_score(row)) for row in connection.execute(query)}
    return stored


def _counted(match: Match, stored: dict[str, tuple[str, Score]]) -> Counted:
    if match.mention_id not in stored:
        raise ValueError(f"The match of {match.mention_id} for {match.brand!r} has no stored mention")
    return match, *stored[match.mention_id]
