"""Narratives, their merges, and their 5-minute sums, in memory."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from core.records import EPOCH, Merge, Narrative, NarrativeBin
from storage.counting import bins_of_families
from storage.memory.detection import Detection


class Narratives(Detection):
    """What is being said, as groups of mentions."""

    def narratives(self, brand: str = "", since: datetime | None = None, limit: int = 100) -> list[Narrative]:
        """Return narratives that stand for themselves and had a mention since then, newest mention first."""
        with self._data.lock:
            found = [one for one in self._data.narratives.values() if not one.merged_into]
        found = [one for one in found if brand in {"", one.brand} and (since is None or one.last_at >= since)]
        found.sort(key=lambda one: one.id)
        return sorted(found, key=lambda one: one.last_at, reverse=True)[:limit]

    def narrative(self, narrative_id: str) -> Narrative | None:
        """Return one narrative, also a merged one."""
        with self._data.lock:
            return self._data.narratives.get(narrative_id)

    def narrative_roots(self, narrative_ids: Iterable[str]) -> dict[str, Narrative]:
        """Return what each narrative is part of now: itself, or at last what it was merged into."""
        with self._data.lock:
            found = {one: self._root(one) for one in narrative_ids}
        return {one: root for one, root in found.items() if root is not None}

    def _root(self, narrative_id: str) -> Narrative | None:
        """Return a narrative's root; None for one that is unknown, and for merges in a circle."""
        passed: set[str] = set()
        while narrative_id not in passed:
            passed.add(narrative_id)
            narrative = self._data.narratives.get(narrative_id)
            if narrative is None or not narrative.merged_into:
                return narrative
            narrative_id = narrative.merged_into
        return None

    def merges(self, narrative_id: str) -> list[Merge]:
        """Return what was merged into a narrative, oldest first."""
        with self._data.lock:
            found = [one for one in self._data.merges.values() if one.into_id == narrative_id]
        return sorted(found, key=lambda one: (one.at, one.id))

    def narrative_bins(
        self, narrative_ids: Iterable[str], since: datetime, until: datetime
    ) -> list[NarrativeBin]:
        """Return 5-minute sums of `since <= start < until`; what was merged into one counts for it."""
        first, end = ((at - EPOCH).total_seconds() for at in (since, until))
        with self._data.lock:
            members = {one: self._family(one) for one in narrative_ids}
            wanted = {*chain(*members.values())}
            bins = [
                one
                for one in self._data.narrative_bins.values()
                if one.narrative_id in wanted and first <= one.start < end
            ]
        return bins_of_families(bins, members)

    def _family(self, narrative_id: str) -> frozenset[str]:
        """Return a narrative and all that was merged into it, at any depth."""
        reached = {narrative_id}
        left = [narrative_id]
        while left:
            root = left.pop()
            new = {one.narrative_id for one in self._data.merges.values() if one.into_id == root} - reached
            reached |= new
            left.extend(new)
        return frozenset(reached)
