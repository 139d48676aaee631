"""What changes of stored mentions: their words at the source, and their scores."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, bindparam, or_, select, text, update

from core.certainty import named
from core.records import Flag, Match, Mention, Score
from storage.chunks import chunks
from storage.counting import Rescored, bin_changes, minute_changes
from storage.sql import schema
from storage.sql.counts import Stored, add_sums, stored_mentions
from storage.sql.part import Part
from storage.sql.selecting import does_count

RESCORED = 200
"""Mentions of one transaction of `rescore`: measured, it takes some 20 ms."""

REVISED = 100
"""Mentions of one transaction of `revise`, which writes the index of words too: measured, some 5 ms."""

_mention = schema.mention.c

_REVISE = (
    update(schema.mention)
    .where(
        _mention.id == bindparam("mention_id"),
        text(schema.HAS_TEXT),
        or_(_mention.title != bindparam("new_title"), _mention.text != bindparam("new_text")),
    )
    .values(
        title=bindparam("new_title"),
        text=bindparam("new_text"),
        flags=_mention.flags.bitwise_or(Flag.EDITED.value),
    )
)

_RESCORE = (
    update(schema.mention)
    .where(_mention.id == bindparam("mention_id"))
    .values(
        p_negative=bindparam("negative"),
        p_neutral=bindparam("neutral"),
        p_positive=bindparam("positive"),
        version=bindparam("new_version"),
    )
)

_SENTIMENT = (
    update(schema.match)
    .where(schema.match.c.mention_id == bindparam("of_mention"), schema.match.c.negative.is_(None))
    .values(sentiment=bindparam("said"))
)


class Revisions(Part):
    """Edits and new scores."""

    def revise(self, mentions: Iterable[Mention]) -> int:
        """Replace title and text of stored mentions whose source changed them; return how many were."""
        rows = (
            {"mention_id": mention.id, "new_title": mention.title, "new_text": mention.text}
            for mention in mentions
        )
        changed = 0
        for some in chunks(rows, REVISED):
            with self._database.write() as connection:
                changed += connection.execute(_REVISE, some).rowcount
        return changed

    def rescore(self, scores: Mapping[str, Score]) -> None:
        """Replace scores by mention id, and adjust rollups and narrative bins by the difference.

        A match with a reading towards its brand keeps it.
        """
        for ids in chunks(scores, RESCORED):
            with self._database.write() as connection:
                stored = stored_mentions(connection, ids)
                rescored = list(_rescored(connection, stored, scores))
                add_sums(connection, minute_changes(rescored), bin_changes(rescored))
                _replace(connection, stored, scores)


def _rescored(
    connection: Connection, stored: Mapping[str, Stored], scores: Mapping[str, Score]
) -> Iterable[Rescored]:
    match = schema.match.c
    query = select(match.mention_id, match.brand, match.event_at, match.weight, match.narrative)
    query = query.where(match.mention_id.in_(stored), match.negative.is_(None), does_count())
    for row in connection.execute(query):
        counted = Match(row.mention_id, row.brand, row.event_at, row.weight, narrative=row.narrative)
        before = stored[row.mention_id]
        yield counted, before.source, before.score, scores[row.mention_id]


def _replace(connection: Connection, stored: Mapping[str, Stored], scores: Mapping[str, Score]) -> None:
    new = {
        mention_id: replace(scores[mention_id], language=one.score.language)
        for mention_id, one in stored.items()
    }
    rows = [
        {
            "mention_id": mention_id,
            "negative": score.negative,
            "neutral": score.neutral,
            "positive": score.positive,
            "new_version": score.version,
        }
        for mention_id, score in new.items()
    ]
    said = [
        {"of_mention": mention_id, "said": named(score, stored[mention_id].label)}
        for mention_id, score in new.items()
    ]
    if rows:
        connection.execute(_RESCORE, rows)
        connection.execute(_SENTIMENT, said)
