"""What a rise consists of: its narratives, with their part in it."""

from collections.abc import Iterable
from datetime import datetime

from core.ports import Store
from core.records import MentionRow, NarrativeShare

SHOWN = 5
"""Narratives that an incident names: more than a reader takes in during half a minute."""


def shares(
    store: Store, rows: Iterable[MentionRow], since: datetime, until: datetime
) -> tuple[NarrativeShare, ...]:
    """Return the narratives of the rows since then, the most negative first.

    The rows name them; how large each is, the stored sums say, which know all mentions.
    """
    named = {row.narrative for row in rows if row.narrative and row.mention.event_at >= since}
    roots = store.narrative_roots(sorted(named)).values()
    found = {root.id: NarrativeShare(root.id, root.label, 0, 0.0) for root in roots}
    for one in store.narrative_bins(found, since, until):
        held = found[one.narrative_id]
        mentions, negative = held.mentions + one.mentions, held.negative + one.negative
        found[one.narrative_id] = NarrativeShare(held.narrative_id, held.label, mentions, negative)
    order = sorted(found.values(), key=lambda share: (-share.negative, share.narrative_id))
    return tuple(share for share in order if share.mentions)[:SHOWN]
