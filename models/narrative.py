"""What is being said of one brand: its narratives, for the detector. `docs/design/narratives.md`."""

from core.clock import from_seconds
from core.records import Merge, Narrative, Score, Scored
from models.bins import quantum
from models.copies import Placed
from models.evidence import Evidence
from models.languages import foreign
from models.narrative_clusters import SEEDS, STANDING, Clusters
from models.narrative_follow import Follow
from models.narrative_live import Live
from models.narrative_rise import Sums
from models.narrative_words import Everyday, own_names, read
from models.windows import bin_start

_COPIES_READ = 3
"""Copies whose words are counted: a text that is merely repeated needs a name too."""


def _counted(score: Score, placed: Placed) -> Sums:
    """Return what one mention adds to a bin."""
    negative = quantum(placed.weight * score.negative)
    original = negative if placed.copy_number == 1 else 0.0
    return Sums(negative, original, 0.0 if foreign(score.language) else quantum(placed.weight))


class Narratives:
    """The narratives of one brand; the same mentions in the same order give the same state, bit for bit."""

    def __init__(self, brand: str, evidence: Evidence, seeds: int = SEEDS, standing: int = STANDING) -> None:
        self.brand = brand
        self.clusters = Clusters(brand, seeds, standing)
        self.follow = Follow(evidence)
        self.everyday = Everyday()
        self.newest = 0
        """Event time of the newest mention."""
        self.left: list[Narrative] = []
        """Last records of those that were merged or faded."""
        self.merges: list[Merge] = []
        self._names = own_names(brand)

    def count(self, scored: Scored, placed: Placed, start: int | None) -> str:
        """Count a mention and return the id of its narrative, "" for one without a usable embedding.

        `start` is the bin that it enters, None when it enters none: then it raises nothing.
        """
        at = int(scored.mention.event_at.timestamp())
        self.newest = max(self.newest, at)
        live = self.clusters.place(scored, placed, at)
        if live is None:
            return ""
        live = self._split(live, scored, placed, at)
        live.add(scored, placed, at)
        if placed.copy_number <= _COPIES_READ:
            self._read(live, scored.mention.body)
        live.name(self.everyday)
        if start is not None:
            self.follow.track(live, start, _counted(scored.score, placed))
        for faded in self.clusters.touch(live):
            self._part(faded)
        return self._merged(live).id

    def _split(self, live: Live, scored: Scored, placed: Placed, at: int) -> Live:
        """Return the narrative itself, or the one that a mention begins because it has become two."""
        part = self.clusters.split(live, scored, placed, at)
        if part is None:
            return live
        self.follow.split(live, part)
        return part

    def _read(self, live: Live, text: str) -> None:
        words, links = read(text, self._names)
        live.words.add(words, links)
        self.everyday.add(words)

    def _part(self, live: Live, merged_into: str = "") -> None:
        """Stop following a narrative; what was not written of it yet is written now."""
        self.follow.forget(live)
        if merged_into or (live.changed and live.shown):
            self.left.append(self._record(live, merged_into))

    def _merged(self, live: Live) -> Live:
        """Return the narrative itself, or the older one that it has just become part of."""
        twins = self.clusters.twins(live)
        if twins is None:
            return live
        into, other = twins
        self._part(other, into.id)
        self.merges.append(Merge(other.id, into.id, self.brand, from_seconds(self.newest)))
        self.clusters.unite(into, other)
        self.follow.absorb(into, other)
        into.name(self.everyday)
        for faded in self.clusters.touch(into):
            self._part(faded)
        return into

    def close(self, start: int) -> None:
        """Close the brand's bin that starts at `start`; call it after the brand's own estimators."""
        learning = self.follow.learning
        self.follow.close(start)
        if learning and not self.follow.learning:  # also those that are silent are known from now on
            for live in self.clusters.standing.values():
                live.changed = True

    def catch_up(self) -> None:
        """Score again what late mentions touched."""
        self.follow.catch_up()

    def changes(self) -> tuple[list[Narrative], list[Merge]]:
        """Return the records that are due, and the merges, since the last call.

        A narrative whose counts alone changed is written at most every 30 seconds of event time.
        """
        now = max(self.newest, self.follow.edge or 0)
        records, self.left = self.left, []
        merges, self.merges = self.merges, []
        for live in self.clusters.standing.values():
            if live.due(now):
                records.append(self._record(live))
                live.tell(now)
        return records, merges

    def _record(self, live: Live, merged_into: str = "") -> Narrative:
        follow = self.follow
        edge = bin_start(live.last_at) if follow.edge is None else follow.edge
        since = None
        if follow.learning:
            since = edge if follow.since is None else follow.since
        return live.record(self.brand, edge, follow.newest, since, merged_into)
