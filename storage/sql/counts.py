"""Mentions, matches and the sums that follow from them, inside a step's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, LargeBinary, Text, bindparam, column, select, text, values

from core.certainty import named
from core.records import Flag, Match, NarrativeBin, Probabilities, Rollup, Score, Scored, Sentiment, Word
from storage.chunks import chunks
from storage.clean import clean_text
from storage.counting import Counted, bin_sums, minute_sums
from storage.erasure import bare_scored
from storage.sql import schema
from storage.sql.dialect import add_up, among, insert_new
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

_GONE = select(schema.tombstone.c.mention_id).where(among(schema.tombstone.c.mention_id))
_PAIRS = select(schema.match.c.mention_id, schema.match.c.brand).where(among(schema.match.c.mention_id))

_GIVEN = (
    values(column("mention_id", Text), column("packed", LargeBinary))
    .data([(bindparam("mention_id", type_=Text), bindparam("packed", type_=LargeBinary))])
    .cte("given")
)
_ADD_EMBEDDING = insert_new(schema.embedding).from_select(
    ["seq", "vector"],
    select(schema.mention.c.seq, _GIVEN.c.packed)
    .join_from(_GIVEN, schema.mention, schema.mention.c.id == _GIVEN.c.mention_id)
    .where(text(schema.HAS_TEXT)),
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
    ids = [one.mention.id for one in scored]
    gone = _tombstoned(connection, ids)
    kept = [bare_scored(one) if name in gone else one for name, one in zip(ids, scored, strict=True)]
    new = many(connection, insert_new(schema.mention), map(mention_values, ids, kept))
    count(connection, new)
    add_embeddings(connection, kept)
    if new < len(kept):
        return {}
    return {
        name: Stored(clean_text(one.mention.source), one.score, None)
        for name, one in zip(ids, kept, strict=True)
    }


def count(connection: Connection, mentions: int) -> None:
    """Add to the counter of stored mentions."""
    if mentions:
        connection.execute(add_up(schema.counter, ("name",)), {"name": MENTIONS, "value": mentions})


def _tombstoned(connection: Connection, mention_ids: Iterable[str]) -> set[str]:
    return set(connection.scalars(_GONE, {"those": tuple(mention_ids)}))


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
    counted = {pair: as_counted(match, stored[match.mention_id]) for pair, match in pairs.items()}
    before = counted_pairs(connection, older)
    _insert(connection, counted.values(), stored)
    new = [one for pair, one in counted.items() if not one[0].not_us and pair not in before]
    add_sums(connection, minute_sums(new), bin_sums(new))


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


def _insert(connection: Connection, counted: Iterable[Counted], stored: Mapping[str, Stored]) -> None:
    """Store matches that are not there yet, each with the source of its mention and the score that counts."""
    rows = (
        match_values(match, source, named(score, stored[match.mention_id].label), score.tone)
        for match, source, score in counted
    )
    many(connection, insert_new(schema.match), rows)


def counted_pairs(connection: Connection, mention_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Return the pairs of mention and brand that are stored of these mentions."""
    if not (those := tuple(mention_ids)):
        return set()  # most steps bring new mentions only
    return {(row.mention_id, row.brand) for row in connection.execute(_PAIRS, {"those": those})}


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
