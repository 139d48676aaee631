"""Which mentions a list shows, as SQL that stops at its limit."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, text

from core.records import Selection
from storage.sql import schema
from storage.sql.dialect import contains, full_text
from storage.sql.rows import COUNTED, label, said_ours

CANDIDATES = 2000
"""Hits of a search that are sorted by event time.

Full text gives hits in the order of arrival for free; sorting all hits of a common word took 13 s
at 5 million mentions. So the newest arrivals are taken, and those are sorted.
"""


def counted_mentions() -> Select[Any]:
    """Return the query of all counted mentions, with what people said of them."""
    of, brand = schema.mention.c.id, schema.match.c.brand
    return _joined().add_columns(label(of), said_ours(of, brand))


def _joined() -> Select[Any]:
    mention_id = schema.match.c.mention_id
    return select(*COUNTED).join_from(schema.match, schema.mention, mention_id == schema.mention.c.id)


def with_embedding(query: Select[Any]) -> Select[Any]:
    """Return `query` with the table of embeddings beside the mentions."""
    return query.outerjoin(schema.embedding, schema.embedding.c.seq == schema.mention.c.seq)


def does_count() -> ColumnElement[bool]:
    """Return the condition that a match counts for its brand; rows of former schemas all do."""
    return schema.match.c.not_us.is_not(True)


def conditions(which: Selection, narratives: Collection[str] = ()) -> list[ColumnElement[bool]]:
    """Return what a counted mention has to meet, but for the words of a search."""
    match = schema.match.c
    found: list[ColumnElement[bool]] = []
    for column, wanted in ((match.brand, which.brand), (match.source, which.source)):
        if wanted:
            found.append(column == wanted)
    if which.sentiment is not None:
        found.append(match.sentiment == which.sentiment)
    for likely, asked in ((match.angry, which.angry), (match.offensive, which.offensive)):
        if asked:
            found.append(likely)
    if which.not_us is not None:
        found.append(match.not_us if which.not_us else does_count())
    if which.since is not None:
        found.append(match.event_at >= which.since)
    if which.until is not None:
        found.append(match.event_at < which.until)
    if which.min_negative > 0.0:
        negative = func.coalesce(match.negative, schema.mention.c.p_negative)
        found.append(negative >= which.min_negative)
    return found + _of_narratives(narratives)


def _of_narratives(narratives: Collection[str]) -> list[ColumnElement[bool]]:
    if not narratives:
        return []
    column = schema.match.c.narrative
    # One value lets the index give the order; several would be sorted.
    alone = column == next(iter(narratives)) if len(narratives) == 1 else column.in_(narratives)
    return [and_(alone, text(schema.HAS_NARRATIVE))]


def listed(found: Sequence[ColumnElement[bool]], limit: int, oldest_first: bool) -> Select[Any]:
    """Return the query of a list by event time."""
    match = schema.match.c
    order = (match.event_at, match.seq) if oldest_first else (match.event_at.desc(), match.seq.desc())
    return counted_mentions().where(*found).order_by(*order).limit(limit)


def searched(words: str, found: Sequence[ColumnElement[bool]], limit: int, oldest_first: bool) -> Select[Any]:
    """Return the query of a list by event time of the newest arrivals that meet `words`."""
    arrival = full_text.c.rowid
    hits = (
        _joined()
        .join(full_text, arrival == schema.mention.c.seq)
        .where(contains(words), *found)
        .order_by(arrival if oldest_first else arrival.desc())
        .limit(max(limit, CANDIDATES))
        .subquery()
    )
    order = (hits.c.event_at, hits.c.seq) if oldest_first else (hits.c.event_at.desc(), hits.c.seq.desc())
    said = label(hits.c.id), said_ours(hits.c.id, hits.c.brand)
    return select(hits, *said).order_by(*order).limit(limit)
