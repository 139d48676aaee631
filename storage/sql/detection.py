"""What detection starts from and leaves behind: one step, one transaction."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, select, update

from core.errors import Conflict
from core.records import MentionRow, Rollup, Score, Signal, Snapshot, Step
from storage.chunks import chunks
from storage.counting import DETECTOR
from storage.sql import counts, schema
from storage.sql.dialect import insert_new, upsert
from storage.sql.documents import event_values, incident_values, notification_values
from storage.sql.part import Part, many
from storage.sql.rows import COUNTED, SCORE, as_mention_row, as_score, rollup_values, signal_values


class Detection(Part):
    """The commit, and what a detector needs to go on after a restart."""

    def known(self, mention_ids: Iterable[str]) -> dict[str, Score]:
        """Return the scores of those mentions that are stored already."""
        known: dict[str, Score] = {}
        with self._database.read() as connection:
            for ids in chunks(mention_ids):
                query = select(schema.mention.c.id, *SCORE).where(schema.mention.c.id.in_(ids))
                known |= {row.id: as_score(row) for row in connection.execute(query)}
        return known

    def unmatched(self, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those `(mention_id, brand)` pairs that are not counted yet."""
        left = set(pairs)
        match = schema.match.c
        with self._database.read() as connection:
            for ids in chunks({mention_id for mention_id, _ in left}):
                query = select(match.mention_id, match.brand).where(match.mention_id.in_(ids))
                left -= {(row.mention_id, row.brand) for row in connection.execute(query)}
        return left

    def commit(self, step: Step) -> None:
        """Write a step as a whole or not at all; see `core.ports.Store.commit`."""
        with self._database.write() as connection:
            counts.add_mentions(connection, step.scored)
            counts.add_matches(connection, step.matches)
            many(connection, upsert(schema.signal, ("brand", "at")), map(signal_values, step.signals))
            states = ({"brand": signal.brand, "payload": signal} for signal in step.states)
            many(connection, upsert(schema.state, ("brand",)), states)
            many(connection, upsert(schema.incident, ("id",)), map(incident_values, step.incidents))
            many(connection, insert_new(schema.incident_event), map(event_values, step.events))
            rows = map(notification_values, step.notifications)
            many(connection, insert_new(schema.notification), rows)
            for snapshot in step.snapshots:
                _save(connection, snapshot)

    def snapshot(self, key: str) -> Snapshot | None:
        """Return the newest snapshot under `key`."""
        with self._database.read() as connection:
            query = select(schema.snapshot).where(schema.snapshot.c.key == key)
            row = connection.execute(query).one_or_none()
        return None if row is None else Snapshot(*row)

    def matches_since(self, brand: str, position: int, limit: int) -> list[MentionRow]:
        """Return a brand's counted mentions with `seq > position`, in the order they were counted."""
        match = schema.match.c
        query = (
            select(*COUNTED)
            .join_from(schema.match, schema.mention, match.mention_id == schema.mention.c.id)
            .where(match.brand == brand, match.seq > position)
            .order_by(match.seq)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [as_mention_row(row) for row in connection.execute(query)]

    def drop_snapshot(self, key: str) -> None:
        """Forget a snapshot, so that the state is rebuilt."""
        with self._database.write() as connection:
            connection.execute(delete(schema.snapshot).where(schema.snapshot.c.key == key))

    def import_rollups(self, rollups: Iterable[Rollup], signals: Iterable[Signal]) -> None:
        """Add history that has no mentions; existing minutes are left as they are.

        Months of minutes go in as many short transactions: each is a no-op when repeated.
        """
        for minutes in chunks(rollups):
            with self._database.write() as connection:
                many(connection, insert_new(schema.rollup), map(rollup_values, minutes))
        for points in chunks(signals):
            with self._database.write() as connection:
                many(connection, insert_new(schema.signal), map(signal_values, points))


def _save(connection: Connection, snapshot: Snapshot) -> None:
    values = {
        "revision": snapshot.revision + 1,
        "schema": snapshot.schema,
        "position": _position(connection, snapshot),
        "state": snapshot.state,
    }
    table = schema.snapshot
    if snapshot.revision:
        same = (table.c.key == snapshot.key, table.c.revision == snapshot.revision)
        written = connection.execute(update(table).where(*same).values(values))
    else:
        written = connection.execute(insert_new(table).values(key=snapshot.key, **values))
    if written.rowcount != 1:
        raise Conflict(
            f"The state {snapshot.key!r} is no longer at revision {snapshot.revision}: "
            "another worker owns it now, so this step was not written"
        )


def _position(connection: Connection, snapshot: Snapshot) -> int:
    # The caller cannot know the numbers that this transaction has just given to its matches.
    if not snapshot.key.startswith(DETECTOR):
        return snapshot.position
    brand = snapshot.key.removeprefix(DETECTOR)
    newest = select(func.max(schema.match.c.seq)).where(schema.match.c.brand == brand)
    return connection.execute(newest).scalar_one() or 0
