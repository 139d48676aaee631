"""Narratives, embeddings, learning, weekly pages, erasure; lists by source and by sentiment."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.records import derive

revision = "0002"
down_revision = "0001"

_MOST_PROBABLE = """
    CASE WHEN p_negative >= p_neutral AND p_negative >= p_positive THEN 'negative'
         WHEN p_neutral >= p_positive THEN 'neutral' ELSE 'positive' END
"""
_DELETED = 128


def upgrade() -> None:
    """Add columns and tables, and fill the columns of what is there."""
    _matches()
    _mentions()
    _narratives()
    _learning()
    _deliveries()
    _work()
    _quotes()


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **options)


def _number(name: str, **options: Any) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=False, **options)


def _moment(name: str, nullable: bool = False) -> sa.Column[int]:
    """Return a column of microseconds since the epoch."""
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _integers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _floats(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float, nullable=False) for name in names]


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _matches() -> None:
    for name in ("source", "narrative", "sentiment"):
        op.add_column("match", _text(name, server_default=""))
    op.execute(
        f"UPDATE match SET (source, sentiment) = (SELECT source, {_MOST_PROBABLE} FROM mention "  # noqa: S608 - constants
        "WHERE mention.id = match.mention_id)"
    )
    op.create_index("match_by_source", "match", ["source", "event_at"])
    op.create_index("match_by_brand_and_source", "match", ["brand", "source", "event_at"])
    op.create_index("match_by_brand_and_sentiment", "match", ["brand", "sentiment", "event_at"])
    op.create_index(
        "match_by_narrative", "match", ["narrative", "event_at"], sqlite_where=sa.text("narrative <> ''")
    )


def _mentions() -> None:
    op.create_table("embedding", _number("seq", primary_key=True), _bytes("vector"))
    op.create_table("tombstone", _text("mention_id", primary_key=True), sqlite_with_rowid=False)
    op.create_index(
        "mention_by_author", "mention", ["author", "source"], sqlite_where=sa.text("author <> ''")
    )
    op.create_index(
        "mention_with_text_by_time",
        "mention",
        ["event_at"],
        sqlite_where=sa.text(f"flags & {_DELETED} = 0"),
    )


def _narratives() -> None:
    op.create_table(
        "narrative",
        _text("id", primary_key=True),
        _text("brand"),
        _moment("last_at"),
        _text("merged_into"),
        _text("payload"),
    )
    alone = sa.text("merged_into = ''")
    op.create_index("narrative_by_time", "narrative", ["last_at"], sqlite_where=alone)
    op.create_index("narrative_by_brand", "narrative", ["brand", "last_at"], sqlite_where=alone)
    op.create_table(
        "merge",
        _text("id", primary_key=True),
        *map(_text, ("narrative_id", "into_id", "brand")),
        _moment("at"),
    )
    op.create_index("merge_by_target", "merge", ["into_id", "at"])
    op.create_index("merge_by_brand", "merge", ["brand"])
    op.create_table(
        "narrative_bin",
        _text("narrative_id"),
        _number("start"),
        *_integers("mentions"),
        *_floats("independent", "negative"),
        sa.PrimaryKeyConstraint("narrative_id", "start"),
        sqlite_with_rowid=False,
    )


def _learning() -> None:
    op.create_table(
        "correction",
        _number("seq", primary_key=True),
        _text("id", unique=True),
        *map(_text, ("mention_id", "label", "who")),
        _moment("at"),
        sqlite_autoincrement=True,
    )
    op.create_index("correction_by_mention", "correction", ["mention_id", "at"])
    op.create_table(
        "model_version",
        sa.Column("number", sa.Integer, primary_key=True),
        _moment("created_at"),
        *map(_text, ("state", "base")),
        *_integers("corrections", "measured", "right", "base_right"),
        _moment("changed_at", nullable=True),
        _text("changed_by"),
        _bytes("weights"),
    )
    op.create_table(
        "report",
        _text("week", primary_key=True),
        _moment("created_at"),
        *map(_text, ("data", "html")),
        _bytes("pdf"),
        _text("sent"),
    )


def _deliveries() -> None:
    op.add_column("delivery", _text("status", server_default=""))
    op.add_column("delivery", _moment("at", nullable=True))
    for seq, delivery in _payloads("delivery", "seq"):
        _update("delivery", seq, status=delivery["status"], at=_microseconds(delivery["at"]))
    op.create_index("delivery_by_status", "delivery", ["status", "seq"])
    op.create_index("delivery_by_status_and_time", "delivery", ["status", "at"])


def _work() -> None:
    op.add_column("job", _text("kind", server_default=""))
    for seq, job in _payloads("job", "seq"):
        _update("job", seq, kind=job["kind"])
    op.create_index("job_by_kind", "job", ["kind", "created_at"])
    op.create_index("job_by_time", "job", ["created_at"])
    op.add_column("log", _text("mention_id", server_default=""))
    for seq, entry in _payloads("log", "seq"):
        mention = entry["mention"]
        _update("log", seq, mention_id=derive("mention", mention["source"], mention["native_id"]))
    op.create_index("log_by_mention", "log", ["mention_id"])


def _quotes() -> None:
    op.create_table(
        "quote",
        _text("mention_id"),
        _text("incident_id"),
        sa.PrimaryKeyConstraint("mention_id", "incident_id"),
        sqlite_with_rowid=False,
    )
    for table, key in (("incident", "id"), ("notification", "incident_id")):
        for incident_id, payload in _payloads(table, key):
            explanation = payload["explanation"]
            for quote in (*explanation["quotes"], *explanation["first"]):
                op.get_bind().execute(
                    sa.text("INSERT INTO quote VALUES (:mention, :incident) ON CONFLICT DO NOTHING"),
                    {"mention": quote["mention_id"], "incident": incident_id},
                )
    op.create_index("incident_by_brand", "incident", ["brand", "opened_at"])


def _payloads(table: str, key: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield key and payload of each row; SQLite's own JSON cannot read NaN before 3.42."""
    for found, payload in op.get_bind().execute(sa.text(f"SELECT {key}, payload FROM {table}")).all():  # noqa: S608 - names of this file
        yield found, json.loads(payload)


def _update(table: str, seq: int, **values: str | int | None) -> None:
    names = ", ".join(f"{name} = :{name}" for name in values)
    statement = sa.text(f"UPDATE {table} SET {names} WHERE seq = :seq")  # noqa: S608 - names of this file
    op.get_bind().execute(statement, {"seq": seq, **values})


def _microseconds(text: str | None) -> int | None:
    if text is None:
        return None
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
