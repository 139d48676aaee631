"""What detection starts from and leaves behind, in memory."""

from collections.abc import Iterable
from dataclasses import replace

from core.errors import Conflict
from core.records import (
    Elsewhere,
    Flag,
    Match,
    MentionRow,
    NarrativeBin,
    Rollup,
    Score,
    Scored,
    Sentiment,
    Signal,
    Snapshot,
    Step,
)
from storage.clean import clean
from storage.counting import DETECTOR, Counted, added, bin_sums, bins_together, minute_of, minute_sums
from storage.erasure import bare_scored, quoted, without
from storage.memory.data import Part


class Detection(Part):
    """The commit, and what a detector needs to go on after a restart."""

    def known(self, mention_ids: Iterable[str]) -> dict[str, Score]:
        """Return the scores of those mentions that are stored already, with their embeddings."""
        with self._data.lock:
            stored = self._data.mentions
            return {found: stored[found].score for found in mention_ids if found in stored}

    def unmatched(self, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those `(mention_id, brand)` pairs that are not counted yet."""
        with self._data.lock:
            return set(pairs) - self._data.matches.keys()

    def commit(self, step: Step) -> None:
        """Write a step as a whole or not at all; see `core.ports.Store.commit`."""
        # A mention is stored under the id it came with, even when its text had to be cleaned.
        ids = [scored.mention.id for scored in step.scored]
        step = clean(step)
        with self._data.lock:
            self._check(step, set(ids))
            for mention_id, scored in zip(ids, step.scored, strict=True):
                self._store(mention_id, scored)
            self._count(step.matches)
            self._keep_findings(step)
            for snapshot in step.snapshots:
                self._save(snapshot)

    def _check(self, step: Step, coming: set[str]) -> None:
        for snapshot in step.snapshots:
            stored = self._data.snapshots.get(snapshot.key)
            if snapshot.revision != (stored.revision if stored else 0):
                raise Conflict(
                    f"The state {snapshot.key!r} is no longer at revision {snapshot.revision}: "
                    "another worker owns it now, so this step was not written"
                )
        for match in step.matches:
            minute_of(match)  # a time without zone is refused here, before anything is written
            if match.mention_id not in coming and match.mention_id not in self._data.mentions:
                raise ValueError(f"The match of {match.mention_id} for {match.brand!r} has no stored mention")

    def _store(self, mention_id: str, scored: Scored) -> None:
        stored = self._data.mentions.get(mention_id)
        if stored is None:
            gone = mention_id in self._data.tombstones
            self._data.mentions[mention_id] = bare_scored(scored) if gone else scored
        elif not stored.score.embedding and not stored.mention.flags & Flag.DELETED:
            score = replace(stored.score, embedding=scored.score.embedding)
            self._data.mentions[mention_id] = replace(stored, score=score)

    def _count(self, matches: Iterable[Match]) -> None:
        new: list[Counted] = []
        for match in matches:
            key = (match.mention_id, match.brand)
            if key not in self._data.matches:
                self._data.last_seq += 1
                self._data.matches[key] = (self._data.last_seq, match)
                scored = self._data.mentions[match.mention_id]
                if not match.not_us:
                    new.append((match, scored.mention.source, scored.score.towards(match.towards)))
        self._add(minute_sums(new), bin_sums(new))

    def _add(self, minutes: Iterable[Rollup], bins: Iterable[NarrativeBin]) -> None:
        """Add to the stored sums of minutes and of narratives."""
        data = self._data
        for sums in minutes:
            minute = (sums.brand, sums.minute, sums.source)
            stored = data.rollups.get(minute)
            data.rollups[minute] = added(stored, sums) if stored else sums
        for one in bins:
            key = (one.narrative_id, one.start)
            before = data.narrative_bins.get(key)
            data.narrative_bins[key] = bins_together([before, one])[0] if before else one

    def _keep_findings(self, step: Step) -> None:
        data = self._data
        data.signals |= {(signal.brand, signal.at): signal for signal in step.signals}
        data.states |= {signal.brand: signal for signal in step.states}
        data.narratives |= {narrative.id: narrative for narrative in step.narratives}
        for merge in step.merges:
            data.merges.setdefault(merge.id, merge)
        gone = self._forgotten(quoted((*step.incidents, *step.notifications)))
        data.incidents |= {incident.id: without(incident, gone) for incident in step.incidents}
        for event in step.events:
            data.events.setdefault(event.id, event)
        for notification in step.notifications:
            data.notifications.setdefault(notification.id, without(notification, gone))

    def _forgotten(self, mention_ids: Iterable[str]) -> set[str]:
        stored = self._data.mentions
        return {
            found
            for found in mention_ids
            if found in self._data.tombstones
            or (found in stored and stored[found].mention.flags & Flag.DELETED)
        }

    def _save(self, snapshot: Snapshot) -> None:
        position = snapshot.position
        if snapshot.key.startswith(DETECTOR):
            position = self.last_match()
        saved = replace(snapshot, revision=snapshot.revision + 1, position=position)
        self._data.snapshots[snapshot.key] = saved

    def snapshot(self, key: str) -> Snapshot | None:
        """Return the newest snapshot under `key`."""
        with self._data.lock:
            return self._data.snapshots.get(key)

    def matches_since(self, brand: str, position: int, limit: int) -> list[MentionRow]:
        """Return a brand's counted mentions with `seq > position`, in the order they were counted."""
        with self._data.lock:
            found = [
                self._embedded(seq, match)
                for seq, match in self._data.matches.values()
                if match.brand == brand and seq > position and not match.not_us
            ]
        return found[:limit]

    def elsewhere_since(self, brand: str, neighbour: str, position: int, limit: int) -> list[Elsewhere]:
        """Return what counts for `neighbour` and was never matched with `brand`, with `seq > position`."""
        with self._data.lock:
            found = [
                self._elsewhere(seq, match)
                for seq, match in self._data.matches.values()
                if match.brand == neighbour and seq > position and not match.not_us
                if (match.mention_id, brand) not in self._data.matches
            ]
        return found[:limit]

    def _elsewhere(self, seq: int, match: Match) -> Elsewhere:
        scored = self._data.mentions[match.mention_id]
        return Elsewhere(
            seq,
            match.brand,
            match.event_at,
            scored.mention.seen_at,
            match.weight,
            scored.score.towards(match.towards).negative,
            bool(scored.mention.flags & Flag.BACKFILL),
        )

    def last_match(self) -> int:
        """Return the sequence number of the last match, 0 when there is none."""
        with self._data.lock:
            return max((seq for seq, _ in self._data.matches.values()), default=0)

    def import_rollups(self, rollups: Iterable[Rollup], signals: Iterable[Signal]) -> None:
        """Add history that has no mentions; existing minutes are left as they are."""
        with self._data.lock:
            for rollup in map(clean, rollups):
                self._data.rollups.setdefault((rollup.brand, rollup.minute, rollup.source), rollup)
            for signal in map(clean, signals):
                self._data.signals.setdefault((signal.brand, signal.at), signal)

    def _row(self, seq: int, match: Match) -> MentionRow:
        """Return a match as lists show it, without the embedding."""
        row = self._embedded(seq, match)
        return replace(row, score=replace(row.score, embedding=b""))

    def _embedded(self, seq: int, match: Match) -> MentionRow:
        scored = self._data.mentions[match.mention_id]
        return MentionRow(
            scored.mention,
            match.brand,
            scored.score,
            match.weight,
            match.copy_number,
            seq,
            match.narrative,
            self._label(match.mention_id),
            match.towards,
            match.ours,
            match.not_us,
            self._said_ours(match.mention_id, match.brand),
            match.cluster,
        )

    def _label(self, mention_id: str) -> Sentiment | None:
        """Return what a person said last of a mention."""
        given = self._data.corrections.values()
        found = [(one.at, seq, one.label) for seq, one in given if one.mention_id == mention_id]
        return max(found)[2] if found else None

    def _said_ours(self, mention_id: str, brand: str) -> bool | None:
        """Return whether a person said last that a mention is about a brand."""
        given, asked = self._data.relevance.values(), (mention_id, brand)
        found = [(one.at, seq, one.ours) for seq, one in given if (one.mention_id, one.brand) == asked]
        return max(found)[2] if found else None
