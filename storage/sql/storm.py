"""Storm mode: what only the fast path has looked at, and what the sample says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Float, bindparam, func, select, text, update

from core import certainty
from core.records import Entry, Match, Probabilities, Score, Scored, Skimmed
from storage.chunks import chunks
from storage.counting import Counted, Rescored, bin_changes, bin_sums, minute_changes
from storage.sql import schema
from storage.sql.counts import Stored, add_embeddings, add_sums, stored_mentions
from storage.sql.part import Part
from storage.sql.rows import MENTION, Values, as_entry, tone_values

READ = 100
"""Mentions of one transaction of `read_late`: measured, it takes some 20 ms."""

Towards = Mapping[tuple[str, str], Probabilities]
"""What a text says of a brand that it names beside others, by mention id and brand."""
Told = Mapping[tuple[str, str], str]
"""Narratives by mention id and brand."""

_mention, _match = schema.mention.c, schema.match.c
_READ = update(schema.mention).where(_mention.id == bindparam("mention_id"))
_FELT = update(schema.match).where(_match.seq == bindparam("counted"))
_MATCHES = select(
    _match.seq,
    _match.mention_id,
    _match.brand,
    _match.event_at,
    _match.weight,
    _match.narrative,
    _match.not_us,
)


class Storm(Part):
    """Puts late readings in place, and says what is missing till then."""

    def unread(self, limit: int) -> list[Entry]:
        """Return mentions that nobody read in full, with their brands, newest first."""
        query = select(*MENTION).where(text(schema.UNREAD))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_mention.seq.desc()).limit(limit)).all()
            brands: dict[str, list[str]] = {row.id: [] for row in rows}
            counted = select(_match.mention_id, _match.brand).where(_match.mention_id.in_(brands))
            for row in connection.execute(counted.order_by(_match.seq)):
                brands[row.mention_id].append(row.brand)
        return [as_entry(row, brands[row.id]) for row in rows]

    def read_late(self, scored: Sequence[Scored], towards: Towards, narratives: Told | None = None) -> int:
        """Put full readings in the place of the fast path's; see `core.ports.Store.read_late`."""
        return sum(self._read_some(some, towards, narratives or {}) for some in chunks(scored, READ))

    def _read_some(self, scored: Sequence[Scored], towards: Towards, narratives: Told) -> int:
        with self._database.write() as connection:
            stored = stored_mentions(connection, [one.mention.id for one in scored])
            new = [one for one in scored if one.mention.id in stored and stored[one.mention.id].score.unread]
            scores = {one.mention.id: one.score for one in new}
            _recount(connection, stored, scores, towards, narratives)
            if new:
                connection.execute(_READ.values(_placeholders(_READING)), [_reading(one) for one in new])
            add_embeddings(connection, new)
        return len(new)

    def settle(self, limit: int) -> int:
        """Make mentions of the sample ordinary ones when none is unread; see `core.ports.Store.settle`."""
        some = select(_mention.seq).where(text(schema.SAMPLED)).limit(limit)
        unread = select(_mention.seq).where(text(schema.UNREAD)).limit(1)
        ordinary = update(schema.mention).where(_mention.seq.in_(some)).values(inclusion=None, skimmed=None)
        with self._database.read() as connection:  # mostly there is nothing to do, and no turn to wait for
            if connection.execute(unread).first() or not connection.execute(some.limit(1)).first():
                return 0
        with self._database.write() as connection:
            return connection.execute(ordinary).rowcount

    def skimmed(self, since: datetime, brand: str = "") -> Skimmed:
        """Return what storm mode adds to the sums of what was seen since then."""
        chance = _mention.inclusion
        gap = func.sum(func.coalesce(_match.negative, _mention.p_negative) - _mention.skimmed)
        joined = select(chance, gap.label("gap")).join_from(
            schema.mention, schema.match, _match.mention_id == _mention.id
        )
        counts = (text(schema.SAMPLED), _mention.seen_at >= since, _match.not_us.is_not(True))
        sampled = joined.where(*counts).group_by(_mention.seq)
        one = (sampled.where(_match.brand == brand) if brand else sampled).subquery().c
        weighed = one.gap / one.inclusion
        sums = select(
            func.count(),
            func.total(weighed - one.gap, type_=Float),
            func.total((1 - one.inclusion) * weighed * weighed, type_=Float),
        )
        left = select(func.count()).select_from(schema.mention).where(text(schema.UNREAD))
        with self._database.read() as connection:
            unread = connection.execute(left).scalar_one()
            read, correction, variance = connection.execute(sums).one()
        return Skimmed(unread, read, correction, variance)


_READING = (
    *("p_negative", "p_neutral", "p_positive", "version", "read_language", "inclusion", "skimmed"),
    *("p_offensive", "p_irony", "p_anger"),
)
_FEELING = ("negative", "neutral", "positive", "sentiment", "angry", "offensive", "narrative")


def _placeholders(names: Sequence[str]) -> Values:
    return {name: bindparam(f"new_{name}") for name in names}


def _reading(scored: Scored) -> Values:
    """Return what becomes of a mention's row: nothing says any more that it was skimmed."""
    score = scored.score
    values = {
        "p_negative": score.negative,
        "p_neutral": score.neutral,
        "p_positive": score.positive,
        "version": score.version,
        "read_language": score.language,
        "inclusion": None,
        "skimmed": None,
        **tone_values(score.tone),
    }
    return {"mention_id": scored.mention.id} | {f"new_{name}": value for name, value in values.items()}


def _recount(
    connection: Connection,
    stored: Mapping[str, Stored],
    scores: Mapping[str, Score],
    towards: Towards,
    narratives: Told,
) -> None:
    """Adjust sums and matches to new scores; a match with a reading of its own brand keeps it."""
    query = _MATCHES.where(_match.mention_id.in_(scores), _match.negative.is_(None))
    rescored: list[Rescored] = []
    joined: list[Counted] = []
    felt: list[Values] = []
    for seq, mention_id, brand, event_at, weight, narrative, not_us in connection.execute(query):
        before, row = stored[mention_id], towards.get((mention_id, brand))
        counted = Match(mention_id, brand, event_at, weight, narrative=narrative)
        told, after = narrative or narratives.get((mention_id, brand), ""), scores[mention_id].towards(row)
        if not not_us:
            rescored.append((counted, before.source, before.score, after))
        if told and not narrative:
            joined.append((replace(counted, narrative=told), before.source, after))
        felt.append(_feeling(seq, before, scores[mention_id], row) | {"new_narrative": told})
    add_sums(connection, minute_changes(rescored), [*bin_changes(rescored), *bin_sums(joined)])
    if felt:
        connection.execute(_FELT.values(_placeholders(_FEELING)), felt)


def _feeling(seq: int, stored: Stored, score: Score, row: Probabilities | None) -> Values:
    negative, neutral, positive = row or (None, None, None)
    values = {
        "negative": negative,
        "neutral": neutral,
        "positive": positive,
        "sentiment": certainty.named(score.towards(row), stored.label),
        "angry": certainty.angry(score.tone),
        "offensive": certainty.offensive(score.tone),
    }
    return {"counted": seq} | {f"new_{name}": value for name, value in values.items()}
