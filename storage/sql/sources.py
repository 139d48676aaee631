"""How the sources are."""

from collections.abc import Iterable

from sqlalchemy import delete, select

from core.records import SourceState
from storage.clean import clean_text
from storage.sql import schema
from storage.sql.dialect import upsert
from storage.sql.part import Part


class Sources(Part):
    """One row for each configured source."""

    def save_source(self, state: SourceState) -> None:
        """Insert or update a source's state."""
        row = {"name": state.name, "payload": state}
        with self._database.write() as connection:
            connection.execute(upsert(schema.source, ("name",)), row)

    def sources(self) -> list[SourceState]:
        """Return the states of all sources, by name."""
        query = select(schema.source.c.payload).order_by(schema.source.c.name)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def forget_sources(self, keep: Iterable[str]) -> None:
        """Remove the states of sources that are no longer configured."""
        name = schema.source.c.name
        with self._database.write() as connection:
            connection.execute(delete(schema.source).where(name.not_in(map(clean_text, keep))))
