"""Storm mode, in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core.records import Entry, Flag, Match, Probabilities, Score, Scored, Skimmed
from storage.clean import clean, clean_text
from storage.counting import bin_changes, bin_sums, minute_changes
from storage.memory.revisions import Revisions


class Storm(Revisions):
    """Puts late readings in place, and says what is missing till then."""

    def unread(self, limit: int) -> list[Entry]:
        """Return mentions that nobody read in full, with their brands, newest first."""
        with self._data.lock:
            newest = list(reversed(list(self._unread())))[:limit]
            return [Entry(one.mention, tuple(m.brand for m in self._matches(one))) for one in newest]

    def _unread(self) -> Iterator[Scored]:
        for one in self._data.mentions.values():
            if one.score.unread and not one.mention.flags & Flag.DELETED:
                yield one

    def _matches(self, one: Scored) -> list[Match]:
        return [match for _, match in self._data.matches.values() if match.mention_id == one.mention.id]

    def read_late(
        self,
        scored: Sequence[Scored],
        towards: Mapping[tuple[str, str], Probabilities],
        narratives: Mapping[tuple[str, str], str] | None = None,
    ) -> int:
        """Put full readings in the place of the fast path's; see `core.ports.Store.read_late`."""
        told = narratives or {}
        with self._data.lock:
            return sum(self._read(one.mention.id, clean(one).score, towards, told) for one in scored)

    def _read(
        self,
        mention_id: str,
        new: Score,
        towards: Mapping[tuple[str, str], Probabilities],
        narratives: Mapping[tuple[str, str], str],
    ) -> bool:
        stored = self._data.mentions.get(mention_id)
        if stored is None or not stored.score.unread:
            return False
        for match in [match for match in self._matches(stored) if match.towards is None]:
            felt = towards.get((mention_id, match.brand))
            change = [(match, stored.mention.source, stored.score, new.towards(felt))]
            if not match.not_us:
                self._add(minute_changes(change), bin_changes(change))
            told = match.narrative or narratives.get((mention_id, match.brand), "")
            after = replace(match, towards=felt, narrative=told)
            if told != match.narrative:
                self._add([], bin_sums([(after, stored.mention.source, new.towards(felt))]))
            seq, _ = self._data.matches[mention_id, match.brand]
            self._data.matches[mention_id, match.brand] = (seq, after)
        gone = stored.mention.flags & Flag.DELETED
        score = replace(
            new,
            signature=stored.score.signature,
            embedding=b"" if gone else new.embedding,
            inclusion=None,
            skimmed=None,
        )
        self._data.mentions[mention_id] = replace(stored, score=score)
        return True

    def settle(self, limit: int) -> int:
        """Make mentions of the sample ordinary ones when none is unread; see `core.ports.Store.settle`."""
        with self._data.lock:
            if any(self._unread()):
                return 0
            every = self._data.mentions.items()
            some = [key for key, one in every if one.score.skimmed is not None][:limit]
            for key in some:
                one = self._data.mentions[key]
                ordinary = replace(one.score, inclusion=None, skimmed=None)
                self._data.mentions[key] = replace(one, score=ordinary)
            return len(some)

    def skimmed(self, since: datetime, brand: str = "") -> Skimmed:
        """Return what storm mode adds to the sums of what was seen since then."""
        with self._data.lock:
            found = [
                gap
                for one in self._data.mentions.values()
                if one.mention.seen_at >= since and (gap := self._gap(one, clean_text(brand))) is not None
            ]
            unread = sum(1 for _ in self._unread())
        return Skimmed(
            unread,
            len(found),
            sum((1 / chance - 1) * gap for chance, gap in found),
            sum((1 - chance) / chance**2 * gap**2 for chance, gap in found),
        )

    def _gap(self, one: Scored, brand: str) -> tuple[float, float] | None:
        """Return the chance of a mention of the sample, and by how much the fast path was wrong."""
        chance, skimmed = one.score.inclusion, one.score.skimmed
        counted = (match for match in self._matches(one) if not match.not_us)
        matches = [match for match in counted if not brand or match.brand == brand]
        if chance is None or skimmed is None or not matches:
            return None
        return chance, sum(one.score.towards(match.towards).negative - skimmed for match in matches)
