"""The tables. The migrations build them; a test holds both equal.

What is counted and charted has columns. What is only ever read whole (an incident, a
notification, a source's state) is one `payload` in JSON beside the columns that it is found by.
"""

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from core.records import Entry, Job, Signal, SourceState
from storage.sql.schema_incidents import (
    answer,
    delivery,
    incident,
    incident_event,
    notification,
    quote,
    report,
    silence,
)
from storage.sql.schema_mentions import (
    HAS_AUTHOR,
    HAS_NARRATIVE,
    HAS_TEXT,
    SAMPLED,
    STANDS_ALONE,
    UNREAD,
    correction,
    counter,
    embedding,
    match,
    mention,
    merge,
    metadata,
    model_version,
    narrative,
    narrative_bin,
    relevance_label,
    rollup,
    tombstone,
)
from storage.sql.types import Moment, Number, Record, SafeText

__all__ = [
    "HAS_AUTHOR",
    "HAS_NARRATIVE",
    "HAS_TEXT",
    "SAMPLED",
    "STANDS_ALONE",
    "UNREAD",
    "answer",
    "correction",
    "counter",
    "cursor",
    "delivery",
    "embedding",
    "inbox",
    "incident",
    "incident_event",
    "job",
    "log",
    "match",
    "mention",
    "merge",
    "meta",
    "metadata",
    "model_version",
    "narrative",
    "narrative_bin",
    "notification",
    "quote",
    "relevance_label",
    "report",
    "rollup",
    "signal",
    "silence",
    "snapshot",
    "source",
    "state",
    "tombstone",
]

signal = Table(
    "signal",
    metadata,
    Column("brand", SafeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("stage", SafeText, nullable=False),
    Column("seen", Float, nullable=False),
    Column("expected", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("bin_seen", Float, nullable=False),
    Column("bin_expected", Float, nullable=False),
    Column("bin_low", Float, nullable=False),
    Column("bin_high", Float, nullable=False),
    Column("coverage", Float, nullable=False),
    Column("observable", Integer),
    Column("planned", Float, nullable=False, server_default="1"),
    Column("event", SafeText, nullable=False, server_default=""),
    PrimaryKeyConstraint("brand", "at"),
    sqlite_with_rowid=False,
)

state = Table(
    "state",
    metadata,
    Column("brand", SafeText, primary_key=True),
    Column("payload", Record(Signal), nullable=False),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("key", SafeText, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("position", Number, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("name", SafeText, primary_key=True),
    Column("payload", Record(SourceState), nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("source", SafeText, primary_key=True),
    Column("cursor", SafeText, nullable=False),
)

log = Table(
    "log",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("payload", Record(Entry), nullable=False),
    Column("mention_id", Text, nullable=False),
    Index("log_by_mention", "mention_id"),
    # A late acknowledgement of a forgotten entry must never meet a new one.
    sqlite_autoincrement=True,
)

job = Table(
    "job",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("state", SafeText, nullable=False),
    Column("payload", Record(Job), nullable=False),
    Column("kind", SafeText, nullable=False),
    Index("job_by_state", "state", "created_at"),
    Index("job_by_kind", "kind", "created_at"),
    Index("job_by_time", "created_at"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
    Column("path", SafeText, nullable=False),
    Column("headers", Record(dict[str, str]), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Index("inbox_by_path", "path", "received_at"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", SafeText, primary_key=True),
    Column("value", SafeText, nullable=False),
)
