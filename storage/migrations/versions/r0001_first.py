"""First schema. Once released a migration is never edited: a later one changes what it made."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_INDEX = """
    INSERT INTO mention_fts(rowid, title, text, author) VALUES (new.seq, new.title, new.text, new.author);
"""
_UNINDEX = """
    INSERT INTO mention_fts(mention_fts, rowid, title, text, author)
    VALUES ('delete', old.seq, old.title, old.text, old.author);
"""


def upgrade() -> None:
    """Make the tables of an empty file."""
    _mentions()
    _full_text()
    _sums()
    _detection()
    _incidents()
    _outbox()
    _log()
    _work()


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **options)


def _number(name: str, **options: Any) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=False, **options)


def _moment(name: str) -> sa.Column[int]:
    """Return a column of microseconds since the epoch."""
    return sa.Column(name, sa.BigInteger, nullable=False)


def _floats(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float, nullable=False) for name in names]


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _mentions() -> None:
    op.create_table(
        "mention",
        _number("seq", primary_key=True),
        _text("id", unique=True),
        *map(_text, ("source", "native_id", "title", "text", "url", "author", "language", "kind")),
        _integer("flags"),
        _moment("event_at"),
        _moment("seen_at"),
        *_floats("p_negative", "p_neutral", "p_positive"),
        _bytes("signature"),
        _text("version"),
    )
    op.create_table(
        "match",
        _number("seq", primary_key=True),
        _text("mention_id"),
        _text("brand"),
        _moment("event_at"),
        *_floats("weight"),
        _text("cluster"),
        _integer("copy_number"),
        sa.UniqueConstraint("mention_id", "brand"),
        sqlite_autoincrement=True,
    )
    op.create_index("match_by_time", "match", ["event_at"])
    op.create_index("match_by_brand_and_time", "match", ["brand", "event_at"])
    op.create_index("match_by_brand", "match", ["brand", "seq"])
    op.create_table("counter", _text("name", primary_key=True), _number("value"))


def _full_text() -> None:
    """Index title, text and author; the index holds no copy of them (https://sqlite.org/fts5.html, 4.4.3)."""
    op.execute(
        "CREATE VIRTUAL TABLE mention_fts USING fts5(title, text, author, "
        "content='mention', content_rowid='seq', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(f"CREATE TRIGGER mention_added AFTER INSERT ON mention BEGIN {_INDEX} END")
    op.execute(f"CREATE TRIGGER mention_removed AFTER DELETE ON mention BEGIN {_UNINDEX} END")
    op.execute(
        "CREATE TRIGGER mention_edited AFTER UPDATE OF title, text, author ON mention "
        f"BEGIN {_UNINDEX} {_INDEX} END"
    )


def _sums() -> None:
    op.create_table(
        "rollup",
        _text("brand"),
        _number("minute"),
        _text("source"),
        _integer("mentions"),
        *_floats("negative", "neutral", "positive", "independent", "independent_negative"),
        sa.PrimaryKeyConstraint("brand", "minute", "source"),
        sqlite_with_rowid=False,
    )
    op.create_index("rollup_by_minute", "rollup", ["minute"])
    op.create_table(
        "signal",
        _text("brand"),
        _moment("at"),
        _text("stage"),
        *_floats("seen", "expected", "low", "high"),
        *_floats("bin_seen", "bin_expected", "bin_low", "bin_high", "coverage"),
        sa.PrimaryKeyConstraint("brand", "at"),
        sqlite_with_rowid=False,
    )


def _detection() -> None:
    op.create_table("state", _text("brand", primary_key=True), _text("payload"))
    op.create_table(
        "snapshot",
        _text("key", primary_key=True),
        _integer("revision"),
        _integer("schema"),
        _number("position"),
        _bytes("state"),
    )


def _incidents() -> None:
    op.create_table(
        "incident",
        _text("id", primary_key=True),
        _text("brand"),
        _moment("opened_at"),
        sa.Column("closed_at", sa.BigInteger),
        _text("payload"),
    )
    op.create_index("incident_by_opening", "incident", ["opened_at"])
    op.create_index("incident_by_closing", "incident", ["closed_at", "opened_at"])
    op.create_table(
        "incident_event",
        _number("seq", primary_key=True),
        _text("id", unique=True),
        _text("incident_id"),
        _moment("at"),
        _text("payload"),
    )
    op.create_index("incident_event_by_incident", "incident_event", ["incident_id", "at"])
    op.create_table(
        "answer",
        _text("incident_id"),
        _text("action"),
        _text("payload"),
        sa.PrimaryKeyConstraint("incident_id", "action"),
    )


def _outbox() -> None:
    op.create_table(
        "notification",
        _number("seq", primary_key=True),
        _text("id", unique=True),
        _text("incident_id"),
        _moment("created_at"),
        _text("outcome"),
        _text("payload"),
    )
    op.create_index("notification_by_outcome", "notification", ["outcome", "created_at"])
    op.create_index("notification_by_time", "notification", ["created_at"])
    op.create_index("notification_by_incident", "notification", ["incident_id", "created_at"])
    op.create_table(
        "delivery",
        _number("seq", primary_key=True),
        _text("id", unique=True),
        _text("notification_id"),
        _text("payload"),
    )
    op.create_index("delivery_by_notification", "delivery", ["notification_id", "seq"])
    op.create_table(
        "silence",
        _text("id", primary_key=True),
        _moment("created_at"),
        _moment("until"),
        _text("payload"),
    )
    op.create_index("silence_by_end", "silence", ["until"])


def _log() -> None:
    op.create_table("source", _text("name", primary_key=True), _text("payload"))
    op.create_table("cursor", _text("source", primary_key=True), _text("cursor"))
    op.create_table(
        "log",
        _number("seq", primary_key=True),
        _text("key", unique=True),
        _text("payload"),
        sqlite_autoincrement=True,
    )


def _work() -> None:
    op.create_table(
        "job",
        _number("seq", primary_key=True),
        _text("id", unique=True),
        _moment("created_at"),
        _text("state"),
        _text("payload"),
    )
    op.create_index("job_by_state", "job", ["state", "created_at"])
    op.create_table(
        "inbox",
        _number("seq", primary_key=True),
        _text("id", unique=True),
        _text("path"),
        _text("headers"),
        _bytes("body"),
        _moment("received_at"),
    )
    op.create_index("inbox_by_path", "inbox", ["path", "received_at"])
    op.create_table("meta", _text("key", primary_key=True), _text("value"))
