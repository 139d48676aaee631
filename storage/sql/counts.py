"""Mentions, matches and the sums that follow from them, inside a step's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, text

from core.certainty import named
from core.records import Flag, Match, NarrativeBin, Probabilities, Rollup, Score, Scored, Sentiment, Word
from storage.chunks import chunks
from storage.clean import clean_text
from storage.counting import Counted, bin_sums, minute_sums
from storage.erasure import bare_scored
from storage.sql import schema
from storage.sql.dialect import add_up, insert_new
from storage.sql.part import many
from storage.sql.rows import (
    SCORE,
    as_score,
    bin_values,
    label,
    match_values,
    mention_values,
    rollup_values,
)

MENTIONS = "mentions"
"""Name of the counter of stored mentions: counting the rows would read the whole table."""

_ADD_EMBEDDING = insert_new(schema.embedding).from_select(
    ["seq", "vector"],
    select(schema.mention.c.seq, bindparam("packed")).where(
        schema.mention.c.id == bindparam("mention_id"), text(schema.HAS_TEXT)
    ),
)


@dataclass(frozen=True, slots=True)
class Stored:
    """What matches need of a stored mention."""

    source: str
    score: Score
    """The first score of a mention counts, until it is replaced by `rescore`."""
    label: Sentiment | None
    """What a person said last."""

    def sentiment(self, towards: Probabilities | None = None) -> Word:
        """Return what it is called for a brand with such a reading."""
        return named(self.score.towards(towards), self.label)


def add_mentions(connection: Connection, scored: Sequence[Scored]) -> None:
    """Store mentions that are not there yet; those that were taken back before they came, without words."""
    gone = _tombstoned(connection, {one.mention.id for one in scored})
    kept = [bare_scored(one) if one.mention.id in gone else one for one in scored]
    new = many(connection, insert_new(schema.mention), map(mention_values, kept))
    count(connection, new)
    add_embeddings(connection, kept)


def count(connection: Connection, mentions: int) -> None:
    """Add to the counter of stored mentions."""
    if mentions:
        connection.execute(add_up(schema.counter, ("name",)), {"name": MENTIONS, "value": mentions})


def _tombstoned(connection: Connection, mention_ids: Iterable[str]) -> set[str]:
    tombstone = schema.tombstone.c.mention_id
    return {
        found
        for ids in chunks(mention_ids)
        for found in connection.scalars(select(tombstone).where(tombstone.in_(ids)))
    }


def forgotten(connection: Connection, mention_ids: Iterable[str]) -> set[str]:
    """Return those mentions whose words were removed, whether they have come or not."""
    ids = set(mention_ids)
    mention = schema.mention.c
    gone = _tombstoned(connection, ids)
    for some in chunks(ids - gone):
        bare = select(mention.id).where(mention.id.in_(some), mention.flags.bitwise_and(Flag.DELETED) != 0)
        gone |= set(connection.scalars(bare))
    return gone


def add_matches(connection: Connection, matches: Iterable[Match]) -> None:
    """Count matches that are not counted yet, and add them to their minutes and narratives.

    Raises `ValueError` when a match names a mention that is not stored.
    """
    pairs: dict[tuple[str, str], Match] = {}
    for match in matches:
        pairs.setdefault((match.mention_id, clean_text(match.brand)), match)
    stored = stored_mentions(connection, {match.mention_id for match in pairs.values()})
    for match in pairs.values():
        if match.mention_id not in stored:
            raise ValueError(f"The match of {match.mention_id} for {match.brand!r} has no stored mention")
    new = _insert(connection, pairs, stored)
    counted = [as_counted(match, stored[match.mention_id]) for match in new if not match.not_us]
    add_sums(connection, minute_sums(counted), bin_sums(counted))


def as_counted(match: Match, mention: Stored) -> Counted:
    """Return a match as sums take it."""
    return match, mention.source, mention.score.towards(match.towards)


def add_sums(connection: Connection, minutes: Iterable[Rollup], bins: Iterable[NarrativeBin]) -> None:
    """Add to the stored sums of minutes and of narratives."""
    many(connection, add_up(schema.rollup, ("brand", "minute", "source")), map(rollup_values, minutes))
    many(connection, add_up(schema.narrative_bin, ("narrative_id", "start")), map(bin_values, bins))


def add_embeddings(connection: Connection, scored: Iterable[Scored]) -> None:
    """Store the embeddings of stored mentions that have none and kept their words."""
    rows = [
        {"mention_id": one.mention.id, "packed": one.score.embedding} for one in scored if one.score.embedding
    ]
    many(connection, _ADD_EMBEDDING, rows)


def _insert(
    connection: Connection, pairs: dict[tuple[str, str], Match], stored: dict[str, Stored]
) -> list[Match]:
    if not pairs:
        return []
    statement = insert_new(schema.match).returning(schema.match.c.mention_id, schema.match.c.brand)
    about = ((match, stored[match.mention_id]) for match in pairs.values())
    values = [
        match_values(match, one.source, one.sentiment(match.towards), one.score.tone) for match, one in about
    ]
    return [pairs[row.mention_id, row.brand] for row in connection.execute(statement, values)]


def stored_mentions(connection: Connection, mention_ids: Iterable[str]) -> dict[str, Stored]:
    """Return source, score and sentiment of mentions as they are stored."""
    stored: dict[str, Stored] = {}
    mention = schema.mention.c
    for ids in chunks(mention_ids):
        query = select(mention.id, mention.source, *SCORE, label(mention.id)).where(mention.id.in_(ids))
        for row in connection.execute(query):
            said = Sentiment(row.label) if row.label else None
            stored[row.id] = Stored(row.source, as_score(row), said)
    return stored
