"""Tables of what people wrote: mentions, what they count for, and the sums of that."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.records import Flag, Narrative
from storage.sql.types import Moment, Number, Record, SafeText

metadata = MetaData()

HAS_AUTHOR = "author <> ''"
HAS_NARRATIVE = "narrative <> ''"
HAS_TEXT = f"flags & {Flag.DELETED.value} = 0"
STANDS_ALONE = "merged_into = ''"
UNREAD = f"inclusion IS NOT NULL AND skimmed IS NULL AND {HAS_TEXT}"
SAMPLED = "skimmed IS NOT NULL"
ANGRY, OFFENSIVE, NOT_US = "angry = 1", "offensive = 1", "not_us = 1"
"""Conditions of partial indexes. A query has to repeat them word by word for SQLite to use the index
(https://sqlite.org/partialindex.html)."""

mention = Table(
    "mention",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("source", SafeText, nullable=False),
    Column("native_id", SafeText, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("text", SafeText, nullable=False),
    Column("url", SafeText, nullable=False),
    Column("author", SafeText, nullable=False),
    Column("language", SafeText, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("event_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("p_negative", Float, nullable=False),
    Column("p_neutral", Float, nullable=False),
    Column("p_positive", Float, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("version", Text, nullable=False),
    Column("read_language", Text),
    Column("p_offensive", Float),
    Column("p_irony", Float),
    Column("p_anger", Float),
    Column("inclusion", Float),
    Column("skimmed", Float),
    Index("mention_by_author", "author", "source", sqlite_where=text(HAS_AUTHOR)),
    Index("mention_with_text_by_time", "event_at", sqlite_where=text(HAS_TEXT)),
    Index("mention_unread", "seq", sqlite_where=text(UNREAD)),
    Index("mention_sampled", "seen_at", sqlite_where=text(SAMPLED)),
)

embedding = Table(
    "embedding",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

tombstone = Table(
    "tombstone",
    metadata,
    Column("mention_id", SafeText, primary_key=True),
    sqlite_with_rowid=False,
)

match = Table(
    "match",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("mention_id", Text, nullable=False),
    Column("brand", SafeText, nullable=False),
    Column("event_at", Moment, nullable=False),
    Column("weight", Float, nullable=False),
    Column("cluster", Text, nullable=False),
    Column("copy_number", Integer, nullable=False),
    Column("source", SafeText, nullable=False),
    Column("narrative", Text, nullable=False),
    Column("sentiment", Text, nullable=False),
    Column("negative", Float),
    Column("neutral", Float),
    Column("positive", Float),
    Column("angry", Boolean),
    Column("offensive", Boolean),
    Column("ours", Float),
    Column("not_us", Boolean),
    UniqueConstraint("mention_id", "brand"),
    Index("match_by_time", "event_at"),
    Index("match_by_brand_and_time", "brand", "event_at"),
    Index("match_by_brand", "brand", "seq"),
    Index("match_by_source", "source", "event_at"),
    Index("match_by_brand_and_source", "brand", "source", "event_at"),
    Index("match_by_brand_and_sentiment", "brand", "sentiment", "event_at"),
    Index("match_by_narrative", "narrative", "event_at", sqlite_where=text(HAS_NARRATIVE)),
    Index("match_angry", "event_at", sqlite_where=text(ANGRY)),
    Index("match_angry_by_brand", "brand", "event_at", sqlite_where=text(ANGRY)),
    Index("match_offensive", "event_at", sqlite_where=text(OFFENSIVE)),
    Index("match_offensive_by_brand", "brand", "event_at", sqlite_where=text(OFFENSIVE)),
    Index("match_not_us", "event_at", sqlite_where=text(NOT_US)),
    Index("match_not_us_by_brand", "brand", "event_at", sqlite_where=text(NOT_US)),
    # A number is never given twice, even after the newest row is removed: snapshots remember positions.
    sqlite_autoincrement=True,
)

rollup = Table(
    "rollup",
    metadata,
    Column("brand", SafeText, nullable=False),
    Column("minute", Number, nullable=False),
    Column("source", SafeText, nullable=False),
    Column("mentions", Integer, nullable=False),
    Column("negative", Float, nullable=False),
    Column("neutral", Float, nullable=False),
    Column("positive", Float, nullable=False),
    Column("independent", Float, nullable=False),
    Column("independent_negative", Float, nullable=False),
    PrimaryKeyConstraint("brand", "minute", "source"),
    Index("rollup_by_minute", "minute"),
    sqlite_with_rowid=False,
)

narrative = Table(
    "narrative",
    metadata,
    Column("id", SafeText, primary_key=True),
    Column("brand", SafeText, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("merged_into", SafeText, nullable=False),
    Column("payload", Record(Narrative), nullable=False),
    Index("narrative_by_time", "last_at", sqlite_where=text(STANDS_ALONE)),
    Index("narrative_by_brand", "brand", "last_at", sqlite_where=text(STANDS_ALONE)),
)

merge = Table(
    "merge",
    metadata,
    Column("id", SafeText, primary_key=True),
    Column("narrative_id", SafeText, nullable=False),
    Column("into_id", SafeText, nullable=False),
    Column("brand", SafeText, nullable=False),
    Column("at", Moment, nullable=False),
    Index("merge_by_target", "into_id", "at"),
    Index("merge_by_brand", "brand"),
)

narrative_bin = Table(
    "narrative_bin",
    metadata,
    Column("narrative_id", SafeText, nullable=False),
    Column("start", Number, nullable=False),
    Column("mentions", Integer, nullable=False),
    Column("independent", Float, nullable=False),
    Column("negative", Float, nullable=False),
    PrimaryKeyConstraint("narrative_id", "start"),
    sqlite_with_rowid=False,
)

correction = Table(
    "correction",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
    Column("mention_id", SafeText, nullable=False),
    Column("label", SafeText, nullable=False),
    Column("who", SafeText, nullable=False),
    Column("at", Moment, nullable=False),
    Index("correction_by_mention", "mention_id", "at"),
    # The learner remembers a position: it must never mean a newer row.
    sqlite_autoincrement=True,
)

relevance_label = Table(
    "relevance_label",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
    Column("mention_id", SafeText, nullable=False),
    Column("brand", SafeText, nullable=False),
    Column("ours", Boolean),
    Column("who", SafeText, nullable=False),
    Column("at", Moment, nullable=False),
    Index("relevance_label_by_match", "mention_id", "brand", "at"),
    # The learner remembers a position: it must never mean a newer row.
    sqlite_autoincrement=True,
)

model_version = Table(
    "model_version",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("created_at", Moment, nullable=False),
    Column("state", SafeText, nullable=False),
    Column("base", SafeText, nullable=False),
    Column("corrections", Integer, nullable=False),
    Column("measured", Integer, nullable=False),
    Column("right", Integer, nullable=False),
    Column("base_right", Integer, nullable=False),
    Column("changed_at", Moment),
    Column("changed_by", SafeText, nullable=False),
    Column("weights", LargeBinary, nullable=False),
    Column("stands_on", Integer, nullable=False, server_default="0"),
    Column("learned", Record(tuple[int, ...])),
)

counter = Table(
    "counter",
    metadata,
    Column("name", SafeText, primary_key=True),
    Column("value", Number, nullable=False),
)
