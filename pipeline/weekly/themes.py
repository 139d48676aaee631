"""What was said in a week: narratives with their size and mood."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from core.ports import Store
from core.records import MentionRow, Narrative, Selection, Theme
from pipeline.weekly.span import Span

SHOWN = 5
"""Themes of a brand: what fits beside the share of voice and is read."""
LEAST = 10
"""Mentions under which a narrative's mood is chance: ±30 points at ten."""
SAMPLE = 200
"""Newest mentions of a narrative whose mood is read: ±7 points, and the cost does not grow with a storm."""
CANDIDATES = 100
"""Narratives of a brand that are looked at, newest first."""


def narratives_of(store: Store, brand: str, span: Span) -> dict[str, Narrative]:
    """Return a brand's narratives that had a mention in or after the week, by id."""
    return {each.id: each for each in store.narratives(brand, span.since, CANDIDATES)}


def themes(
    store: Store, brand: str, narratives: Mapping[str, Narrative], span: Span, until: datetime
) -> tuple[Theme, ...]:
    """Return a brand's largest narratives of the week with their net sentiment, most negative first."""
    counts = _counts(store, narratives, span.since, until)
    largest = sorted((-count, key) for key, count in counts.items() if count >= LEAST and key in narratives)
    found = []
    for count, key in largest[:SHOWN]:
        rows = store.mentions(SAMPLE, Selection(brand=brand, narrative=key, since=span.since, until=until))
        net = _net(rows)
        if net is not None:
            found.append(Theme(key, narratives[key].label, net, -count))
    return tuple(sorted(found, key=lambda theme: (theme.net, -theme.mentions)))


def _counts(store: Store, ids: Iterable[str], since: datetime, until: datetime) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for each in store.narrative_bins(ids, since, until):
        counts[each.narrative_id] += each.mentions
    return counts


def _net(rows: Iterable[MentionRow]) -> int | None:
    """Return net sentiment of independent mentions, −100..100."""
    pairs = [(row.weight, row.felt.positive - row.felt.negative) for row in rows]
    total = sum(weight for weight, _ in pairs)
    return round(100.0 * sum(weight * tone for weight, tone in pairs) / total) if total > 0 else None
