"""Whether a match is about its brand, in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.records import Match, RelevanceLabel
from core.relevance import stands_apart
from storage.clean import clean
from storage.counting import Counted, bin_moves, minute_moves
from storage.memory.detection import Detection

Key = tuple[str, str]
"""Mention id and brand of a match."""


class Relevance(Detection):
    """Labels of people, probabilities of the model."""

    def add_relevance(self, label: RelevanceLabel) -> None:
        """Keep whether a mention is about a brand; see `core.ports.Store.add_relevance`."""
        data = self._data
        with data.lock:
            if label.id not in data.relevance:
                data.last_relevance += 1
                data.relevance[label.id] = (data.last_relevance, clean(label))
            self._settle([key for key in data.matches if key[0] == label.mention_id], {})

    def relevance_labels(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, RelevanceLabel]]:
        """Return such labels after `position` with their positions, in the order they were given."""
        with self._data.lock:
            return [pair for pair in self._data.relevance.values() if pair[0] > position][:limit]

    def judge(self, ours: Mapping[Key, float | None]) -> int:
        """Replace P(ours) of matches; see `core.ports.Store.judge`."""
        with self._data.lock:
            return self._settle([key for key in ours if key in self._data.matches], ours)

    def _settle(self, keys: Iterable[Key], ours: Mapping[Key, float | None]) -> int:
        joined, left = list[Counted](), list[Counted]()
        for key in keys:
            seq, before = self._data.matches[key]
            now = ours.get(key, before.ours)
            after = replace(before, ours=now, not_us=stands_apart(now, self._said_ours(*key)))
            self._data.matches[key] = (seq, after)
            if after.not_us != before.not_us:
                (left if after.not_us else joined).append(self._counted(after))
        self._add(minute_moves(joined, left), bin_moves(joined, left))
        return len(joined) + len(left)

    def _counted(self, match: Match) -> Counted:
        scored = self._data.mentions[match.mention_id]
        return match, scored.mention.source, scored.score.towards(match.towards)
