"""Facts about the workspace and signs of life."""

from sqlalchemy import select

from core.codec import dumps, loads
from core.records import Pulse
from storage.clean import clean
from storage.sql import schema
from storage.sql.dialect import upsert
from storage.sql.part import Part

_PULSE = "pulse"


class Life(Part):
    """The `meta` table, and the end of a store's own life."""

    def meta(self, key: str) -> str:
        """Return a fact about the workspace, "" when unknown."""
        query = select(schema.meta.c.value).where(schema.meta.c.key == key)
        with self._database.read() as connection:
            return connection.scalars(query).one_or_none() or ""

    def set_meta(self, key: str, value: str) -> None:
        """Write a fact about the workspace."""
        with self._database.write() as connection:
            connection.execute(upsert(schema.meta, ("key",)), {"key": key, "value": value})

    def pulse(self) -> Pulse | None:
        """Return the main process's last sign of life."""
        text = self.meta(_PULSE)
        return loads(Pulse, text) if text else None

    def save_pulse(self, pulse: Pulse) -> None:
        """Write the main process's sign of life."""
        self.set_meta(_PULSE, dumps(clean(pulse)))

    def truncate_wal(self) -> None:
        """Shrink the write-ahead log; when readers are in the way, the next call does it."""
        self._database.truncate_wal()

    def close(self) -> None:
        """Release files and connections."""
        self._database.close()
