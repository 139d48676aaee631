"""Score: what the models say of each mention that is not counted yet. Stateless."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.config import BrandConfig
from core.ports import Scorer, Store
from core.records import Entry, Mention, Probabilities, Score, Scored
from models.score import TextScorer
from models.towards import Towards

BATCH = 256
"""Entries per round. The more texts the encoder sees at once, the more of them are of equal length: 128 are
some 8 % faster than 64, 256 by 5 % again. Only a backlog fills a round; storm mode writes as many at once."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A scored mention and the brands that it does not count for yet."""

    scored: Scored
    brands: tuple[str, ...]
    towards: Mapping[str, Probabilities] = field(default_factory=dict)
    """What it says of each brand, where it names several."""

    def felt_by(self, brand: str) -> Scored:
        """Return the mention with the score that counts for a brand."""
        row = self.towards.get(brand)
        return replace(self.scored, score=self.scored.score.towards(row)) if row else self.scored


@dataclass(frozen=True, slots=True)
class Late:
    """Full readings of what only the fast path had looked at."""

    scored: tuple[Scored, ...]
    towards: Mapping[tuple[str, str], Probabilities]
    """What a text says of each brand, where it names several, by mention id and brand."""


class BrandScorer:
    """The scorer of a workspace, which also reads what a text says of each brand that it names."""

    def __init__(self, scorer: TextScorer, brands: Iterable[BrandConfig]) -> None:
        """Take the brands that texts are searched for; a brand's rivals are among them."""
        self._scorer = scorer
        self._towards = Towards({brand.name: brand.query for brand in brands}, scorer.probabilities)

    @property
    def version(self) -> str:
        """See `core.ports.Scorer`."""
        return self._scorer.version

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return one score per mention, in order; see `core.ports.Scorer`."""
        return self._scorer.score(mentions)

    def skim(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return a quick score per mention; see `core.ports.Skimmer`."""
        return self._scorer.skim(mentions)

    def remembers(self, mentions: Sequence[Mention]) -> list[bool]:
        """Tell which mentions cost nothing to score; see `core.ports.Skimmer`."""
        return self._scorer.remembers(mentions)

    def towards(self, mentions: Sequence[Mention]) -> list[dict[str, Probabilities]]:
        """See `core.ports.Scorer`."""
        return self._towards.read([mention.body for mention in mentions])


def score_fresh(entries: Sequence[Entry], store: Store, scorer: Scorer) -> list[Fresh]:
    """Return what is new in `entries`, scored, in their order; a stored mention keeps its score."""
    wanted = uncounted(entries, store)
    scores = store.known(mention_id for mention_id, _, _ in wanted)
    unscored = {mention_id: entry.mention for mention_id, entry, _ in wanted if mention_id not in scores}
    scores.update(zip(unscored, scorer.score(list(unscored.values())), strict=True))
    said = scorer.towards([entry.mention for _, entry, _ in wanted])
    return [
        Fresh(Scored(entry.mention, scores[mention_id]), brands, each)
        for (mention_id, entry, brands), each in zip(wanted, said, strict=True)
    ]


Wanted = tuple[str, Entry, tuple[str, ...]]
"""A mention's id, its entry, and the brands that it does not count for yet."""


def uncounted(entries: Sequence[Entry], store: Store) -> list[Wanted]:
    """Return what is new in `entries`, in their order."""
    missing = store.unmatched((entry.mention.id, brand) for entry in entries for brand in entry.brands)
    wanted: list[Wanted] = []
    for entry in entries:
        mention_id = entry.mention.id
        brands = tuple(brand for brand in entry.brands if (mention_id, brand) in missing)
        missing.difference_update((mention_id, brand) for brand in brands)
        if brands:
            wanted.append((mention_id, entry, brands))
    return wanted
