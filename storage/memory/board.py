"""What the board reads, in memory."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from core import certainty
from core.records import (
    EPOCH,
    EVERYTHING,
    BrandTotal,
    Mention,
    MentionRow,
    Rollup,
    Selection,
    Signal,
    SignalPoint,
)
from storage.counting import minutes_together, total
from storage.memory.narratives import Narratives
from storage.points import as_point
from storage.search import found


class Board(Narratives):
    """Reading for people."""

    def states(self) -> list[Signal]:
        """Return the newest signal of each brand."""
        with self._data.lock:
            return [signal for _, signal in sorted(self._data.states.items())]

    def signals(self, brand: str, since: datetime, until: datetime) -> list[SignalPoint]:
        """Return a brand's stored points, both ends included, oldest first."""
        with self._data.lock:
            signals = [signal for signal in self._data.signals.values() if signal.brand == brand]
        points = [as_point(signal) for signal in signals if since <= signal.at <= until]
        return sorted(points, key=lambda point: point.at)

    def rollups(self, since: datetime, until: datetime, brand: str = "", seconds: int = 60) -> list[Rollup]:
        """Return sums over spans of `seconds` of the minutes that begin in `since <= minute < until`."""
        first, end = (since - EPOCH).total_seconds(), (until - EPOCH).total_seconds()
        with self._data.lock:
            rows = list(self._data.rollups.values())
        rows = [row for row in rows if first <= row.minute < end and brand in {"", row.brand}]
        spans = minutes_together(replace(row, minute=row.minute // seconds * seconds) for row in rows)
        return sorted(spans, key=lambda row: (row.minute, row.brand, row.source))

    def mentions(
        self, limit: int, which: Selection = EVERYTHING, oldest_first: bool = False
    ) -> list[MentionRow]:
        """Return mentions of `since <= event time < until`; see `core.ports.Store.mentions`."""
        with self._data.lock:
            rows = sorted(self._timed(), key=lambda pair: (pair[0], pair[1].seq), reverse=not oldest_first)
            members = self._family(which.narrative)
        return [row for at, row in rows if _meets(which, at, row, members)][:limit]

    def _timed(self) -> list[tuple[datetime, MentionRow]]:
        return [(match.event_at, self._row(seq, match)) for seq, match in self._data.matches.values()]

    def mention(self, mention_id: str) -> list[MentionRow]:
        """Return one mention with its embedding, a row for each brand it counts for."""
        with self._data.lock:
            matches = [pair for pair in self._data.matches.values() if pair[1].mention_id == mention_id]
            return sorted((self._embedded(*pair) for pair in matches), key=lambda row: row.brand)

    def embeddings(self, mention_ids: Iterable[str]) -> dict[str, bytes]:
        """Return the embeddings of those mentions that have one."""
        known = self.known(mention_ids)
        return {found: score.embedding for found, score in known.items() if score.embedding}

    def count_mentions(self) -> int:
        """Return how many mentions are stored."""
        with self._data.lock:
            return len(self._data.mentions)

    def totals(self) -> list[BrandTotal]:
        """Return mentions and negative share of each brand, over all time, from rollups."""
        with self._data.lock:
            rows = sorted(self._data.rollups.values(), key=lambda row: row.brand)
        groups = [(brand, list(group)) for brand, group in groupby(rows, key=lambda row: row.brand)]
        return [
            total(brand, sum(row.mentions for row in group), sum(row.negative for row in group))
            for brand, group in groups
        ]


def _meets(which: Selection, at: datetime, row: MentionRow, members: Collection[str]) -> bool:
    return (
        (which.since is None or at >= which.since)
        and (which.until is None or at < which.until)
        and which.brand in {"", row.brand}
        and which.source in {"", row.mention.source}
        and which.sentiment in {None, certainty.named(row.felt, row.label)}
        and row.felt.negative >= which.min_negative
        and (not which.angry or certainty.angry(row.score.tone))
        and (not which.offensive or certainty.offensive(row.score.tone))
        and which.not_us in {None, row.not_us}
        and (not which.narrative or row.narrative in members)
        and (not which.search.strip() or (not row.score.unread and found(which.search, _words(row.mention))))
    )


def _words(mention: Mention) -> tuple[str, str, str]:
    return mention.title, mention.text, mention.author
