"""What detection starts from and leaves behind, in memory."""

from collections.abc import Iterable
from dataclasses import replace

from core.errors import Conflict
from core.records import Match, MentionRow, Rollup, Score, Signal, Snapshot, Step
from storage.clean import clean
from storage.counting import DETECTOR, Counted, added, minute_of, minute_sums
from storage.memory.data import Part


class Detection(Part):
    """The commit, and what a detector needs to go on after a restart."""

    def known(self, mention_ids: Iterable[str]) -> dict[str, Score]:
        """Return the scores of those mentions that are stored already."""
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
                self._data.mentions.setdefault(mention_id, scored)
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

    def _count(self, matches: Iterable[Match]) -> None:
        new: list[Counted] = []
        for match in matches:
            key = (match.mention_id, match.brand)
            if key not in self._data.matches:
                self._data.matches[key] = (len(self._data.matches) + 1, match)
                scored = self._data.mentions[match.mention_id]
                new.append((match, scored.mention.source, scored.score))
        for sums in minute_sums(new):
            minute = (sums.brand, sums.minute, sums.source)
            stored = self._data.rollups.get(minute)
            self._data.rollups[minute] = added(stored, sums) if stored else sums

    def _keep_findings(self, step: Step) -> None:
        data = self._data
        data.signals |= {(signal.brand, signal.at): signal for signal in step.signals}
        data.states |= {signal.brand: signal for signal in step.states}
        data.incidents |= {incident.id: incident for incident in step.incidents}
        for event in step.events:
            data.events.setdefault(event.id, event)
        for notification in step.notifications:
            data.notifications.setdefault(notification.id, notification)

    def _save(self, snapshot: Snapshot) -> None:
        position = snapshot.position
        if snapshot.key.startswith(DETECTOR):
            brand = snapshot.key.removeprefix(DETECTOR)
            found = (seq for seq, match in self._data.matches.values() if match.brand == brand)
            position = max(found, default=0)
        saved = replace(snapshot, revision=snapshot.revision + 1, position=position)
        self._data.snapshots[snapshot.key] = saved

    def snapshot(self, key: str) -> Snapshot | None:
        """Return the newest snapshot under `key`."""
        with self._data.lock:
            return self._data.snapshots.get(key)

    def drop_snapshot(self, key: str) -> None:
        """Forget a snapshot, so that the state is rebuilt."""
        with self._data.lock:
            self._data.snapshots.pop(key, None)

    def matches_since(self, brand: str, position: int, limit: int) -> list[MentionRow]:
        """Return a brand's counted mentions with `seq > position`, in the order they were counted."""
        with self._data.lock:
            rows = [row for row in self._rows() if row.brand == brand and row.seq > position]
        return rows[:limit]

    def import_rollups(self, rollups: Iterable[Rollup], signals: Iterable[Signal]) -> None:
        """Add history that has no mentions; existing minutes are left as they are."""
        with self._data.lock:
            for rollup in map(clean, rollups):
                self._data.rollups.setdefault((rollup.brand, rollup.minute, rollup.source), rollup)
            for signal in map(clean, signals):
                self._data.signals.setdefault((signal.brand, signal.at), signal)

    def _rows(self) -> list[MentionRow]:
        return [self._row(seq, match) for seq, match in self._data.matches.values()]

    def _row(self, seq: int, match: Match) -> MentionRow:
        scored = self._data.mentions[match.mention_id]
        return MentionRow(scored.mention, match.brand, scored.score, match.weight, match.copy_number, seq)
