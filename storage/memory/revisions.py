"""Edits, new scores and forgetting, in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from core.records import FORECASTS, PAGE_STATE, Flag, Mention, Score
from storage.clean import clean, clean_text
from storage.counting import DETECTOR, bin_changes, minute_changes
from storage.erasure import bare_entry, bare_scored, without
from storage.jobs import ENDED, shows
from storage.memory.detection import Detection


class Revisions(Detection):
    """What changes of stored mentions."""

    def revise(self, mentions: Iterable[Mention]) -> int:
        """Replace title and text of stored mentions whose source changed them; return how many were."""
        with self._data.lock:
            return sum(self._revise(mention.id, clean(mention)) for mention in mentions)

    def _revise(self, mention_id: str, new: Mention) -> bool:
        stored = self._data.mentions.get(mention_id)
        if stored is None or stored.mention.flags & Flag.DELETED:
            return False
        old = stored.mention
        if (old.title, old.text) == (new.title, new.text):
            return False
        edited = replace(old, title=new.title, text=new.text, flags=old.flags | Flag.EDITED)
        self._data.mentions[mention_id] = replace(stored, mention=edited)
        return True

    def rescore(self, scores: Mapping[str, Score]) -> None:
        """Replace scores by mention id, and adjust rollups and narrative bins by the difference."""
        with self._data.lock:
            stored = {found: self._data.mentions[found] for found in scores if found in self._data.mentions}
            every = (match for _, match in self._data.matches.values() if match.mention_id in stored)
            matches = [match for match in every if match.towards is None and not match.not_us]
            rescored = [
                (match, one.mention.source, one.score, scores[match.mention_id])
                for match, one in ((match, stored[match.mention_id]) for match in matches)
            ]
            self._add(minute_changes(rescored), bin_changes(rescored))
            for mention_id, one in stored.items():
                self._data.mentions[mention_id] = replace(one, score=_rescored(one.score, scores[mention_id]))

    def forget(self, mention_ids: Iterable[str]) -> int:
        """Remove the words of mentions, also where they arrive later; see `core.ports.Store.forget`."""
        gone = set(mention_ids)
        data = self._data
        with data.lock:
            had = [one for one in gone & data.mentions.keys() if not self._forgotten([one])]
            for mention_id in had:
                data.mentions[mention_id] = bare_scored(data.mentions[mention_id])
            data.tombstones |= gone - data.mentions.keys()
            for position, (key, entry) in data.waiting.items():
                if entry.mention.id in gone:
                    data.waiting[position] = (key, bare_entry(entry))
            data.jobs = {
                key: job for key, job in data.jobs.items() if job.state not in ENDED or not shows(job, gone)
            }
            data.incidents = {key: without(incident, gone) for key, incident in data.incidents.items()}
            data.notifications = {key: without(page, gone) for key, page in data.notifications.items()}
        return len(had)

    def erase_author(self, author: str, source: str = "") -> int:
        """Forget everything that an author wrote, in one source or in all; return how many mentions."""
        with self._data.lock:
            mentions = [one.mention for one in self._data.mentions.values()]
            mentions += [entry.mention for _, entry in self._data.waiting.values()]
            wrote = {
                mention.id
                for mention in mentions
                if author and mention.author == author and source in {"", mention.source}
            }
            self.forget(wrote)
        return len(wrote)

    def prune(self, before: datetime, limit: int = 1_000) -> int:
        """Forget up to `limit` mentions older than `before`; return how many; call until it returns 0."""
        with self._data.lock:
            for page in self._data.notifications.values():
                if page.created_at < before:
                    self._data.snapshots.pop(f"{PAGE_STATE}{page.id}", None)
            kept = (one.mention for one in self._data.mentions.values())
            old = [one for one in kept if one.event_at < before and not one.flags & Flag.DELETED]
            old.sort(key=lambda mention: mention.event_at)
            return self.forget(mention.id for mention in old[:limit])

    def drop_brand(self, brand: str) -> None:
        """Remove what is kept under a brand's name, but for its incidents and pages."""
        brand = clean_text(brand)
        data = self._data
        with data.lock:
            self._drop_findings(brand)
            mine = {mention_id for mention_id, of in data.matches if of == brand}
            data.matches = {key: found for key, found in data.matches.items() if key[1] != brand}
            alone = mine - {mention_id for mention_id, _ in data.matches}
            data.relevance = {key: pair for key, pair in data.relevance.items() if pair[1].brand != brand}
            data.mentions = {key: one for key, one in data.mentions.items() if key not in alone}
            data.corrections = {
                key: pair for key, pair in data.corrections.items() if pair[1].mention_id not in alone
            }

    def _drop_findings(self, brand: str) -> None:
        data = self._data
        narratives = {match.narrative for _, match in data.matches.values() if match.brand == brand}
        data.narrative_bins = {
            key: one for key, one in data.narrative_bins.items() if key[0] not in narratives
        }
        data.narratives = {key: one for key, one in data.narratives.items() if one.brand != brand}
        data.merges = {key: one for key, one in data.merges.items() if one.brand != brand}
        data.rollups = {key: one for key, one in data.rollups.items() if one.brand != brand}
        data.signals = {key: one for key, one in data.signals.items() if one.brand != brand}
        data.states.pop(brand, None)
        for kind in (DETECTOR, FORECASTS):
            data.snapshots.pop(f"{kind}{brand}", None)


def _rescored(old: Score, new: Score) -> Score:
    """Return the new probabilities and version; signature and embedding stay."""
    return replace(
        old,
        negative=new.negative,
        neutral=new.neutral,
        positive=new.positive,
        version=clean_text(new.version),
    )
