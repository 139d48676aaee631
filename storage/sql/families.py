"""Which narratives became part of which: what was merged into one belongs to it, at any depth."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, select

from storage.chunks import chunks
from storage.sql import schema


def family(connection: Connection, narrative_id: str) -> frozenset[str]:
    """Return a narrative and all that was merged into it."""
    return families(connection, [narrative_id])[narrative_id]


def families(connection: Connection, narrative_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return each narrative with all that was merged into it."""
    roots = list(dict.fromkeys(narrative_ids))
    parts = _merged(connection, roots)
    return {root: _reached(root, parts) for root in roots}


def _merged(connection: Connection, roots: Iterable[str]) -> dict[str, list[str]]:
    merge = schema.merge.c
    parts: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    new = set(roots)
    while new:
        seen |= new
        found = [
            row
            for ids in chunks(sorted(new))
            for row in connection.execute(
                select(merge.into_id, merge.narrative_id).where(merge.into_id.in_(ids))
            )
        ]
        for row in found:
            parts[row.into_id].append(row.narrative_id)
        new = {row.narrative_id for row in found} - seen
    return parts


def _reached(root: str, parts: dict[str, list[str]]) -> frozenset[str]:
    reached = {root}
    left = [root]
    while left:
        new = set(parts.get(left.pop(), ())) - reached
        reached |= new
        left.extend(new)
    return frozenset(reached)
