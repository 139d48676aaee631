"""What detection starts from and leaves behind: one step, one transaction."""

from collections.abc import Iterable

from sqlalchemy import Connection, exists, func, select, update

from core.errors import Conflict
from core.records import Elsewhere, Flag, MentionRow, Rollup, Score, Signal, Snapshot, Step
from storage.chunks import chunks
from storage.counting import DETECTOR
from storage.sql import counts, quotes, schema
from storage.sql.dialect import among, insert_new, upsert
from storage.sql.documents import event_values, merge_values, narrative_values
from storage.sql.part import Part, many
from storage.sql.rows import (
    SCORE,
    VECTOR,
    as_embedded_row,
    as_embedded_score,
    rollup_values,
    signal_values,
)
from storage.sql.selecting import counted_mentions, does_count, with_embedding

IMPORTED_UNTIL = "imported_until"
"""Meta key: the first second after all imported history, since the epoch."""

_KNOWN = with_embedding(select(schema.mention.c.id, *SCORE, VECTOR).select_from(schema.mention)).where(
    among(schema.mention.c.id)
)


class Detection(Part):
    """The commit, and what a detector needs to go on after a restart."""

    def known(self, mention_ids: Iterable[str]) -> dict[str, Score]:
        """Return the scores of those mentions that are stored already, with their embeddings."""
        with self._database.read() as connection:
            found = connection.execute(_KNOWN, {"those": tuple(mention_ids)})
            return {row.id: as_embedded_score(row) for row in found}

    def unmatched(self, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those `(mention_id, brand)` pairs that are not counted yet."""
        asked = set(pairs)
        with self._database.read() as connection:
            return asked - counts.counted_pairs(connection, {mention_id for mention_id, _ in asked})

    def commit(self, step: Step) -> None:
        """Write a step as a whole or not at all; see `core.ports.Store.commit`."""
        with self._database.write() as connection:
            new = counts.add_mentions(connection, step.scored)
            counts.add_matches(connection, step.matches, new)
            _add_findings(connection, step)
            quotes.add_incidents(connection, step.incidents, step.notifications)
            many(connection, insert_new(schema.incident_event), map(event_values, step.events))
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
            with_embedding(counted_mentions().add_columns(VECTOR))
            .where(match.brand == brand, match.seq > position, does_count())
            .order_by(match.seq)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [as_embedded_row(row) for row in connection.execute(query)]

    def elsewhere_since(self, brand: str, neighbour: str, position: int, limit: int) -> list[Elsewhere]:
        """Return what counts for `neighbour` and was never matched with `brand`, with `seq > position`."""
        match, mention = schema.match.c, schema.mention.c
        own = schema.match.alias("own").c
        shared = exists().where(own.mention_id == match.mention_id, own.brand == brand)
        negative = func.coalesce(match.negative, mention.p_negative)
        query = (
            select(
                match.seq, match.brand, match.event_at, mention.seen_at, match.weight, negative, mention.flags
            )
            .join_from(schema.match, schema.mention, match.mention_id == mention.id)
            .where(match.brand == neighbour, match.seq > position, does_count(), ~shared)
            .order_by(match.seq)
            .limit(limit)
        )
        with self._database.read() as connection:
            found = connection.execute(query)
            return [Elsewhere(*row[:-1], bool(row.flags & Flag.BACKFILL)) for row in found]

    def last_match(self) -> int:
        """Return the sequence number of the last match, 0 when there is none."""
        with self._database.read() as connection:
            return _newest(connection)

    def import_rollups(self, rollups: Iterable[Rollup], signals: Iterable[Signal]) -> None:
        """Add history that has no mentions; existing minutes are left as they are.

        Months of minutes go in as many short transactions: each is a no-op when repeated.
        """
        for minutes in chunks(rollups):
            with self._database.write() as connection:
                many(connection, insert_new(schema.rollup), map(rollup_values, minutes))
                _note_import(connection, max(rollup.minute for rollup in minutes) + 60)
        for points in chunks(signals):
            with self._database.write() as connection:
                many(connection, insert_new(schema.signal), map(signal_values, points))


def _note_import(connection: Connection, until: int) -> None:
    """Remember up to when minutes need not follow from matches."""
    query = select(schema.meta.c.value).where(schema.meta.c.key == IMPORTED_UNTIL)
    before = connection.execute(query).scalar_one_or_none()
    if before is None or int(before) < until:
        row = {"key": IMPORTED_UNTIL, "value": str(until)}
        connection.execute(upsert(schema.meta, ("key",)), row)


def _add_findings(connection: Connection, step: Step) -> None:
    """Write what detection says of brands and of narratives."""
    many(connection, upsert(schema.signal, ("brand", "at")), map(signal_values, step.signals))
    states = ({"brand": signal.brand, "payload": signal} for signal in step.states)
    many(connection, upsert(schema.state, ("brand",)), states)
    many(connection, upsert(schema.narrative, ("id",)), map(narrative_values, step.narratives))
    many(connection, insert_new(schema.merge), map(merge_values, step.merges))


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
    # The caller cannot know the numbers that this transaction has just given to its matches. Those of other
    # brands count as well: a detector compares its brand with neighbours.
    if not snapshot.key.startswith(DETECTOR):
        return snapshot.position
    return _newest(connection)


def _newest(connection: Connection) -> int:
    newest = select(func.max(schema.match.c.seq))
    return connection.execute(newest).scalar_one() or 0
