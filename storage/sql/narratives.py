"""Narratives, their merges, and their 5-minute sums."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Select, select, text

from core.records import EPOCH, Merge, Narrative, NarrativeBin
from storage.chunks import chunks
from storage.counting import bins_of_families
from storage.sql import schema
from storage.sql.families import families
from storage.sql.part import Part


def _roots_of(narrative_ids: list[str]) -> Select[Any]:
    """Follow merges from each id to their end; UNION drops repeated rows, so a circle ends too."""
    row, part, root = schema.narrative.c, schema.narrative.alias(), schema.narrative.alias()
    start = select(row.id.label("origin"), row.id, row.merged_into).where(row.id.in_(narrative_ids))
    steps = start.cte(recursive=True)
    steps = steps.union(
        select(steps.c.origin, part.c.id, part.c.merged_into).join(part, part.c.id == steps.c.merged_into)
    )
    query = select(steps.c.origin, root.c.payload).join(root, root.c.id == steps.c.id)
    return query.where(root.c.merged_into == "")


class Narratives(Part):
    """What is being said, as groups of mentions."""

    def narratives(self, brand: str = "", since: datetime | None = None, limit: int = 100) -> list[Narrative]:
        """Return narratives that stand for themselves and had a mention since then, newest mention first."""
        row = schema.narrative.c
        query = select(row.payload).where(text(schema.STANDS_ALONE))
        if brand:
            query = query.where(row.brand == brand)
        if since is not None:
            query = query.where(row.last_at >= since)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(row.last_at.desc(), row.id).limit(limit)))

    def narrative(self, narrative_id: str) -> Narrative | None:
        """Return one narrative, also a merged one."""
        query = select(schema.narrative.c.payload).where(schema.narrative.c.id == narrative_id)
        with self._database.read() as connection:
            return connection.scalars(query).one_or_none()

    def narrative_roots(self, narrative_ids: Iterable[str]) -> dict[str, Narrative]:
        """Return what each narrative is part of now: itself, or at last what it was merged into."""
        with self._database.read() as connection:
            return {
                origin: root
                for ids in chunks(narrative_ids)
                for origin, root in connection.execute(_roots_of(ids))
            }

    def merges(self, narrative_id: str) -> list[Merge]:
        """Return what was merged into a narrative, oldest first."""
        row = schema.merge.c
        query = select(row.narrative_id, row.into_id, row.brand, row.at).where(row.into_id == narrative_id)
        with self._database.read() as connection:
            return [Merge(*found) for found in connection.execute(query.order_by(row.at, row.id))]

    def narrative_bins(
        self, narrative_ids: Iterable[str], since: datetime, until: datetime
    ) -> list[NarrativeBin]:
        """Return 5-minute sums of `since <= start < until`; what was merged into one counts for it."""
        with self._database.read() as connection:
            members = families(connection, narrative_ids)
        return bins_of_families(self._bins({*chain(*members.values())}, since, until), members)

    def _bins(self, narrative_ids: Iterable[str], since: datetime, until: datetime) -> list[NarrativeBin]:
        row = schema.narrative_bin.c
        first, end = ((at - EPOCH).total_seconds() for at in (since, until))
        query = select(row.narrative_id, row.start, row.mentions, row.independent, row.negative)
        query = query.where(row.start >= first, row.start < end)
        with self._database.read() as connection:
            return [
                NarrativeBin(*found)
                for ids in chunks(narrative_ids)
                for found in connection.execute(query.where(row.narrative_id.in_(ids)))
            ]
