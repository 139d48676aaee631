"""What people teach, and the versions of the model that come of it."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, literal, select, update

from core.records import Correction, ModelState, ModelVersion, Sentiment
from storage.sql import schema
from storage.sql.dialect import insert_new, upsert
from storage.sql.part import Part
from storage.sql.rows import label

_VERSION = tuple(part.name for part in fields(ModelVersion))


class Learning(Part):
    """Corrections and model versions."""

    def add_correction(self, correction: Correction) -> None:
        """Keep what a person says; a repeated one is a no-op. Durable before it returns."""
        row = {
            "id": correction.id,
            "mention_id": correction.mention_id,
            "label": correction.label,
            "who": correction.who,
            "at": correction.at,
        }
        with self._database.write(durable=True) as connection:
            connection.execute(insert_new(schema.correction), row)
            _relabel(connection, correction.mention_id)

    def corrections(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, Correction]]:
        """Return corrections after `position` with their positions, in the order they were given."""
        row = schema.correction.c
        query = select(row.seq, row.mention_id, row.label, row.who, row.at).where(row.seq > position)
        with self._database.read() as connection:
            return [
                (seq, Correction(mention_id, Sentiment(said), who, at))
                for seq, mention_id, said, who, at in connection.execute(query.order_by(row.seq).limit(limit))
            ]

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


def _version(values: dict[str, Any]) -> ModelVersion:
    return ModelVersion(**values | {"state": ModelState(values["state"])})


def _relabel(connection: Connection, mention_id: str) -> None:
    """Let lists find a mention under what was said last of it."""
    match = schema.match
    said = connection.execute(select(label(literal(mention_id)))).scalar_one()
    connection.execute(update(match).where(match.c.mention_id == mention_id).values(sentiment=said))
