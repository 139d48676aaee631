"""The tables. The migrations build them; a test holds both equal.

What is counted and charted has columns. What is only ever read whole (an incident, a
notification, a source's state) is one `payload` in JSON beside the columns that it is found by.
"""

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from core.records import (
    Answer,
    Delivery,
    Entry,
    Incident,
    IncidentEvent,
    Job,
    Notification,
    Signal,
    Silence,
    SourceState,
)
from storage.sql.types import Moment, Number, Record, SafeText

metadata = MetaData()

mention = Table(
    "mention",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
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
    Column("version", SafeText, nullable=False),
)

match = Table(
    "match",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("mention_id", SafeText, nullable=False),
    Column("brand", SafeText, nullable=False),
    Column("event_at", Moment, nullable=False),
    Column("weight", Float, nullable=False),
    Column("cluster", SafeText, nullable=False),
    Column("copy_number", Integer, nullable=False),
    UniqueConstraint("mention_id", "brand"),
    Index("match_by_time", "event_at"),
    Index("match_by_brand_and_time", "brand", "event_at"),
    Index("match_by_brand", "brand", "seq"),
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

incident = Table(
    "incident",
    metadata,
    Column("id", SafeText, primary_key=True),
    Column("brand", SafeText, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("payload", Record(Incident), nullable=False),
    Index("incident_by_opening", "opened_at"),
    Index("incident_by_closing", "closed_at", "opened_at"),
)

incident_event = Table(
    "incident_event",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
    Column("incident_id", SafeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("payload", Record(IncidentEvent), nullable=False),
    Index("incident_event_by_incident", "incident_id", "at"),
)

answer = Table(
    "answer",
    metadata,
    Column("incident_id", SafeText, nullable=False),
    Column("action", SafeText, nullable=False),
    Column("payload", Record(Answer), nullable=False),
    PrimaryKeyConstraint("incident_id", "action"),
)

notification = Table(
    "notification",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
    Column("incident_id", SafeText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("outcome", SafeText, nullable=False),
    Column("payload", Record(Notification), nullable=False),
    Index("notification_by_outcome", "outcome", "created_at"),
    Index("notification_by_time", "created_at"),
    Index("notification_by_incident", "incident_id", "created_at"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
    Column("notification_id", SafeText, nullable=False),
    Column("payload", Record(Delivery), nullable=False),
    Index("delivery_by_notification", "notification_id", "seq"),
)

silence = Table(
    "silence",
    metadata,
    Column("id", SafeText, primary_key=True),
    Column("created_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("payload", Record(Silence), nullable=False),
    Index("silence_by_end", "until"),
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
    Column("key", SafeText, nullable=False, unique=True),
    Column("payload", Record(Entry), nullable=False),
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
    Index("job_by_state", "state", "created_at"),
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

counter = Table(
    "counter",
    metadata,
    Column("name", SafeText, primary_key=True),
    Column("value", Number, nullable=False),
)
