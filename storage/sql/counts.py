"""Mentions, matches and the sums that follow from them, inside a step's transaction."""

from collections.abc import Iterable, Mapping, Sequence
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


def add_mentions(connection: Connection, scored: Sequence[Scored]) -> dict[str, Stored]:
    """Store mentions that are not there yet; those that were taken back before they came, without words.

    Return them as they are stored where none was there before: nobody has corrected them yet.
    """
    gone = _tombstoned(connection, {one.mention.id for one in scored})
    kept = [bare_scored(one) if one.mention.id in gone else one for one in scored]
    new = many(connection, insert_new(schema.mention), map(mention_values, kept))
    count(connection, new)
    add_embeddings(connection, kept)
    if new < len(kept):
        return {}
    return {one.mention.id: Stored(clean_text(one.mention.source), one.score, None) for one in kept}


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


def add_matches(connection: Connection, matches: Iterable[Match], new_mentions: Mapping[str, Stored]) -> None:
    """Count matches that are not counted yet, and add them to their minutes and narratives.

    Of `new_mentions` nothing was counted before this transaction. Raises `ValueError` when a match names a
    mention that is not stored.
    """
    pairs: dict[tuple[str, str], Match] = {}
    for match in matches:
        pairs.setdefault((match.mention_id, clean_text(match.brand)), match)
    older = {match.mention_id for match in pairs.values()} - new_mentions.keys()
    stored = {**stored_mentions(connection, older), **new_mentions}
    for match in pairs.values():
        if match.mention_id not in stored:
            raise ValueError(f"The match of {match.mention_id} for {match.brand!r} has no stored mention")
    new = _insert(connection, pairs, stored, _counted(connection, older))
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
    connection: Connection,
    pairs: dict[tuple[str, str], Match],
    stored: dict[str, Stored],
    before: set[tuple[str, str]],
) -> list[Match]:
    """Store matches; return those that were not there `before`."""
    about = ((match, stored[match.mention_id]) for match in pairs.values())
    values = [
        match_values(match, one.source, one.sentiment(match.towards), one.score.tone) for match, one in about
    ]
    many(connection, insert_new(schema.match), values)
    return [match for pair, match in pairs.items() if pair not in before]


def _counted(connection: Connection, mention_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Return the pairs of mention and brand that are stored of these mentions."""
    match = schema.match.c
    return {
        (row.mention_id, row.brand)
        for ids in chunks(mention_ids)
        for row in connection.execute(select(match.mention_id, match.brand).where(match.mention_id.in_(ids)))
    }


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
