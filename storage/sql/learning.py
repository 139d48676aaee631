"""What people teach, and the versions of the model that come of it."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, select, update

from core.records import Correction, ModelState, ModelVersion, Sentiment
from storage.chunks import chunks
from storage.sql import schema
from storage.sql.counts import stored_mentions
from storage.sql.dialect import insert_new, upsert
from storage.sql.part import Part
from storage.sql.rows import TOWARDS, as_towards

_ROW = schema.correction.c
_GIVEN = (_ROW.seq, _ROW.mention_id, _ROW.label, _ROW.who, _ROW.at)
_VERSION = tuple(part.name for part in fields(ModelVersion))


class Learning(Part):
    """Corrections and model versions."""

    def add_correction(self, correction: Correction) -> None:
        """Keep what a person says; a repeated one is a no-op. Durable before it returns."""
        row = {
            "id": correction.id,
            "mention_id": correction.mention_id,
            "label": correction.label or "",
            "who": correction.who,
            "at": correction.at,
        }
        with self._database.write(durable=True) as connection:
            connection.execute(insert_new(schema.correction), row)
            _relabel(connection, correction.mention_id)

    def corrections(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, Correction]]:
        """Return corrections after `position` with their positions, in the order they were given."""
        query = select(*_GIVEN).where(_ROW.seq > position).order_by(_ROW.seq).limit(limit)
        with self._database.read() as connection:
            return [_given(row) for row in connection.execute(query)]

    def said(self, mention_ids: Iterable[str]) -> dict[str, list[tuple[int, Correction]]]:
        """Return what was ever said of each of these mentions, with positions, the one in force last."""
        found: dict[str, list[tuple[int, Correction]]] = {}
        query = select(*_GIVEN).order_by(_ROW.at, _ROW.seq)
        with self._database.read() as connection:
            for ids in chunks(mention_ids):
                for row in connection.execute(query.where(_ROW.mention_id.in_(ids))):
                    found.setdefault(row.mention_id, []).append(_given(row))
        return found

    def save_version(self, version: ModelVersion) -> None:
        """Insert or update a model version by its number."""
        row = {name: getattr(version, name) for name in _VERSION}
        with self._database.write(durable=True) as connection:
            connection.execute(upsert(schema.model_version, ("number",)), row)

    def versions(self, limit: int = 100) -> list[ModelVersion]:
        """Return model versions, newest first, with their weights."""
        columns = schema.model_version.c
        query = select(*(columns[name] for name in _VERSION)).order_by(columns.number.desc()).limit(limit)
        with self._database.read() as connection:
            return [_version(row._asdict()) for row in connection.execute(query)]


def _given(row: Row[*tuple[Any, ...]]) -> tuple[int, Correction]:
    label = Sentiment(row.label) if row.label else None
    return row.seq, Correction(row.mention_id, label, row.who, row.at)


def _version(values: dict[str, Any]) -> ModelVersion:
    return ModelVersion(**values | {"state": ModelState(values["state"])})


def _relabel(connection: Connection, mention_id: str) -> None:
    """Let lists find a mention under what was said last of it, or under what it is without that."""
    match = schema.match
    mine = match.c.mention_id == mention_id
    for stored in stored_mentions(connection, [mention_id]).values():
        for row in connection.execute(select(match.c.seq, *TOWARDS).where(mine)).all():
            relabel = update(match).where(match.c.seq == row.seq)
            connection.execute(relabel.values(sentiment=stored.sentiment(as_towards(row))))
