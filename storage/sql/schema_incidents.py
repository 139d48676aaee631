"""Tables of what people are told, and what they answer."""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table

from core.records import Answer, Delivery, Incident, IncidentEvent, Notification, Silence
from storage.sql.schema_mentions import metadata
from storage.sql.types import Moment, Number, Record, SafeText

incident = Table(
    "incident",
    metadata,
    Column("id", SafeText, primary_key=True),
    Column("brand", SafeText, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("payload", Record(Incident), nullable=False),
    Index("incident_by_opening", "opened_at"),
    Index("incident_by_brand", "brand", "opened_at"),
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

quote = Table(
    "quote",
    metadata,
    Column("mention_id", SafeText, nullable=False),
    Column("incident_id", SafeText, nullable=False),
    PrimaryKeyConstraint("mention_id", "incident_id"),
    sqlite_with_rowid=False,
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
    Column("status", SafeText, nullable=False),
    Column("at", Moment),
    Index("delivery_by_notification", "notification_id", "seq"),
    Index("delivery_by_status", "status", "seq"),
    Index("delivery_by_status_and_time", "status", "at"),
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

report = Table(
    "report",
    metadata,
    Column("week", SafeText, primary_key=True),
    Column("created_at", Moment, nullable=False),
    Column("data", SafeText, nullable=False),
    Column("html", SafeText, nullable=False),
    Column("pdf", LargeBinary, nullable=False),
    Column("sent", SafeText, nullable=False),
)
