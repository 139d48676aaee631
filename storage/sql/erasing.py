"""Forgetting: on a source's word, on a person's request, by age, and after a drill."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, literal, select, text, update

from core.records import FORECASTS, PAGE_STATE, Flag
from storage.chunks import chunks
from storage.counting import DETECTOR
from storage.erasure import bare_entry
from storage.jobs import ENDED, shows
from storage.sql import schema
from storage.sql.counts import count
from storage.sql.dialect import insert_new
from storage.sql.part import Part, many
from storage.sql.quotes import forget_quotes

FORGOTTEN = 100
"""Mentions of one transaction: measured, with the full text it stays under 50 ms."""

_mention = schema.mention.c
_match = schema.match.c
_STATE = select(_mention.id, _mention.seq, _mention.flags)


class Erasing(Part):
    """Removes words, and keeps counts."""

    def forget(self, mention_ids: Iterable[str]) -> int:
        """Remove the words of mentions, also where they arrive later; see `core.ports.Store.forget`."""
        forgotten = 0
        for ids in chunks(mention_ids, FORGOTTEN):
            with self._database.write(durable=True) as connection:
                forgotten += _forget(connection, ids)
        return forgotten

    def erase_author(self, author: str, source: str = "") -> int:
        """Forget everything that an author wrote, in one source or in all; return how many mentions."""
        # The log first: what is stored meanwhile is found among the mentions.
        waiting = self._waiting(author, source)
        erased = len(waiting - self._stored(waiting)) + self.forget(waiting)
        written = select(_mention.id).where(_mention.author == author, text(schema.HAS_AUTHOR))
        if source:
            written = written.where(_mention.source == source)
        while ids := self._ids(written.limit(FORGOTTEN)):
            erased += self.forget(ids)
        return erased

    def prune(self, before: datetime, limit: int = 1_000) -> int:
        """Forget up to `limit` mentions older than `before`; return how many; call until it returns 0."""
        with self._database.write() as connection:
            _drop_page_states(connection, before)
        old = select(_mention.id).where(_mention.event_at < before, text(schema.HAS_TEXT))
        return self.forget(self._ids(old.order_by(_mention.event_at).limit(limit)))

    def drop_brand(self, brand: str) -> None:
        """Remove what is kept under a brand's name, but for its incidents and pages."""
        # Sums first: while matches are left, a repeat after a kill knows their narratives.
        with self._database.write() as connection:
            _drop_findings(connection, brand)
        counted = select(_match.mention_id).where(_match.brand == brand).limit(FORGOTTEN)
        while ids := self._ids(counted):
            with self._database.write() as connection:
                _uncount(connection, ids, brand)

    def _ids(self, query: Select[tuple[str]]) -> list[str]:
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def _stored(self, mention_ids: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for ids in chunks(mention_ids):
            found |= set(self._ids(select(_mention.id).where(_mention.id.in_(ids))))
        return found

    def _waiting(self, author: str, source: str) -> set[str]:
        with self._database.read() as connection:
            mentions = [entry.mention for entry in connection.scalars(select(schema.log.c.payload))]
        return {
            mention.id for mention in mentions if mention.author == author and source in {"", mention.source}
        }


def _drop_page_states(connection: Connection, before: datetime) -> None:
    """Remove what is kept with older pages to reproduce them: the mentions behind them lose their words."""
    page, key = schema.notification.c, schema.snapshot.c.key
    old = select(literal(PAGE_STATE) + page.id).where(page.created_at < before)
    connection.execute(delete(schema.snapshot).where(key.startswith(PAGE_STATE), key.in_(old)))


def _forget(connection: Connection, ids: Sequence[str]) -> int:
    stored = {row.id: row for row in connection.execute(_STATE.where(_mention.id.in_(ids)))}
    left = [row.seq for row in stored.values() if not row.flags & Flag.DELETED]
    emptied = {"title": "", "text": "", "url": "", "author": ""}
    flags = _mention.flags.bitwise_or(Flag.DELETED.value)
    connection.execute(update(schema.mention).where(_mention.seq.in_(left)).values(flags=flags, **emptied))
    connection.execute(delete(schema.embedding).where(schema.embedding.c.seq.in_(left)))
    coming = [{"mention_id": mention_id} for mention_id in ids if mention_id not in stored]
    many(connection, insert_new(schema.tombstone), coming)
    _empty_waiting(connection, ids)
    _drop_results(connection, ids)
    forget_quotes(connection, ids)
    return len(left)


def _empty_waiting(connection: Connection, ids: Sequence[str]) -> None:
    log = schema.log
    waiting = connection.execute(select(log.c.seq, log.c.payload).where(log.c.mention_id.in_(ids))).all()
    for seq, entry in waiting:
        connection.execute(update(log).where(log.c.seq == seq).values(payload=bare_entry(entry)))


def _drop_results(connection: Connection, ids: Sequence[str]) -> None:
    """Remove ended jobs whose result shows a mention; there are few."""
    job = schema.job
    ended = select(job.c.seq, job.c.payload).where(job.c.state.in_(ENDED))
    showing = [seq for seq, record in connection.execute(ended) if shows(record, ids)]
    connection.execute(delete(job).where(job.c.seq.in_(showing)))


def _uncount(connection: Connection, ids: Sequence[str], brand: str) -> None:
    """Remove mentions from a brand, and those that count for nobody else as a whole."""
    connection.execute(delete(schema.match).where(_match.brand == brand, _match.mention_id.in_(ids)))
    said = schema.relevance_label.c
    connection.execute(delete(schema.relevance_label).where(said.brand == brand, said.mention_id.in_(ids)))
    elsewhere = set(connection.scalars(select(_match.mention_id).where(_match.mention_id.in_(ids))))
    alone = [mention_id for mention_id in ids if mention_id not in elsewhere]
    seqs = list(connection.scalars(select(_mention.seq).where(_mention.id.in_(alone))))
    connection.execute(delete(schema.embedding).where(schema.embedding.c.seq.in_(seqs)))
    connection.execute(delete(schema.mention).where(_mention.seq.in_(seqs)))
    connection.execute(delete(schema.correction).where(schema.correction.c.mention_id.in_(alone)))
    count(connection, -len(seqs))


def _drop_findings(connection: Connection, brand: str) -> None:
    bins = schema.narrative_bin
    counted = select(_match.narrative).where(_match.brand == brand, text(schema.HAS_NARRATIVE)).distinct()
    connection.execute(delete(bins).where(bins.c.narrative_id.in_(counted)))
    for table in (schema.rollup, schema.signal, schema.state, schema.narrative, schema.merge):
        connection.execute(delete(table).where(table.c.brand == brand))
    states = [f"{kind}{brand}" for kind in (DETECTOR, FORECASTS)]
    connection.execute(delete(schema.snapshot).where(schema.snapshot.c.key.in_(states)))
