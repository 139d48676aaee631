"""Score: what the models say of each mention that is not counted yet. Stateless."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.ports import Scorer, Store
from core.records import Entry, Score, Scored

BATCH = 64
"""Entries per round: batches over 64 do not make the encoder faster, `docs/design/language.md`."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A scored mention and the brands that it does not count for yet."""

    scored: Scored
    brands: tuple[str, ...]


def score_fresh(entries: Sequence[Entry], store: Store, scorer: Scorer) -> list[Fresh]:
    """Return what is new in `entries`, scored, in their order; a stored mention keeps its score."""
    missing = store.unmatched((entry.mention.id, brand) for entry in entries for brand in entry.brands)
    wanted: list[tuple[str, Entry, tuple[str, ...]]] = []
    for entry in entries:
        mention_id = entry.mention.id
        brands = tuple(brand for brand in entry.brands if (mention_id, brand) in missing)
        missing.difference_update((mention_id, brand) for brand in brands)
        if brands:
            wanted.append((mention_id, entry, brands))
    scores = _scores(wanted, store, scorer)
    return [Fresh(Scored(entry.mention, scores[mention_id]), brands) for mention_id, entry, brands in wanted]


def _scores(
    wanted: Sequence[tuple[str, Entry, tuple[str, ...]]], store: Store, scorer: Scorer
) -> dict[str, Score]:
    scores = store.known(mention_id for mention_id, _, _ in wanted)
    unscored = {mention_id: entry.mention for mention_id, entry, _ in wanted if mention_id not in scores}
    scores.update(zip(unscored, scorer.score(list(unscored.values())), strict=True))
    return scores
