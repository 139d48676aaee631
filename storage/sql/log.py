"""The log on SQL: a table of waiting entries beside the sources' cursors."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select

from core.records import Entry
from storage.chunks import chunks
from storage.entries import prepared
from storage.sql import schema
from storage.sql.dialect import among, insert_new, upsert
from storage.sql.part import Part, many
from storage.sql.rows import Values

_DONE = delete(schema.log).where(among(schema.log.c.seq))


class SqlLog(Part):
    """Implements `core.ports.Log` on one database."""

    def append(self, source: str, entries: Sequence[Entry], cursor: str) -> int:
        """Store entries and the source's new cursor in one transaction; return how many were new here."""
        rows = [_values(key, entry) for key, entry in map(prepared, entries)]
        with self._database.write() as connection:
            new = many(connection, insert_new(schema.log), rows)
            connection.execute(upsert(schema.cursor, ("source",)), {"source": source, "cursor": cursor})
        return new

    def cursor(self, source: str) -> str:
        """Return the source's cursor, "" when it has none."""
        query = select(schema.cursor.c.cursor).where(schema.cursor.c.source == source)
        with self._database.read() as connection:
            return connection.scalars(query).one_or_none() or ""

    def read(self, limit: int, after: int = 0) -> list[tuple[int, Entry]]:
        """Return up to `limit` entries that wait behind position `after`, oldest first; they keep waiting."""
        query = select(schema.log.c.seq, schema.log.c.payload).where(schema.log.c.seq > after)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(schema.log.c.seq).limit(limit))
            return [(position, entry) for position, entry in rows]

    def ack(self, positions: Iterable[int]) -> None:
        """Forget entries whose effect is committed; unknown positions are ignored."""
        some = list(chunks(positions))
        if some:
            with self._database.write() as connection:
                for done in some:
                    connection.execute(_DONE, {"those": tuple(done)})

    def holds(self, mention_ids: Iterable[str]) -> set[str]:
        """Return those mentions that still wait here."""
        waiting = schema.log.c.mention_id
        found: set[str] = set()
        with self._database.read() as connection:
            for ids in chunks(mention_ids):
                found |= set(connection.scalars(select(waiting).where(waiting.in_(ids))))
        return found

    def depth(self, after: int = 0) -> int:
        """Return how many entries wait behind position `after`."""
        query = select(func.count()).select_from(schema.log).where(schema.log.c.seq > after)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def close(self) -> None:
        """Release files and connections."""
        self._database.close()


def _values(key: str, entry: Entry) -> Values:
    return {"key": key, "payload": entry, "mention_id": entry.mention.id}
