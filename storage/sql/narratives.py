"""Narratives, their merges, and their 5-minute sums."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, text

from core.records import EPOCH, Merge, Narrative, NarrativeBin
from storage.chunks import chunks
from storage.counting import bins_together
from storage.sql import schema
from storage.sql.families import families
from storage.sql.part import Part


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
        stored = self._bins({part for parts in members.values() for part in parts}, since, until)
        together = bins_together(
            replace(one, narrative_id=root)
            for root, parts in members.items()
            for one in stored
            if one.narrative_id in parts
        )
        return sorted(together, key=lambda one: (one.start, one.narrative_id))

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
