"""Records as rows of the wide tables, and back."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from core import certainty
from core.records import (
    Entry,
    Flag,
    Match,
    Mention,
    MentionRow,
    NarrativeBin,
    Probabilities,
    Rollup,
    Score,
    Scored,
    Sentiment,
    Signal,
    SignalPoint,
    Stage,
    Tone,
    Word,
)
from storage.points import NAMES
from storage.sql import schema

Values = dict[str, Any]
"""Column name to value: what SQLAlchemy takes. It never leaves this package."""

_ROLLUP = tuple(part.name for part in fields(Rollup))
_BIN = tuple(part.name for part in fields(NarrativeBin))

ROLLUP: list[ColumnElement[Any]] = [schema.rollup.c[name] for name in _ROLLUP]
"""Columns of `Rollup(*row)`, which is read by the ten thousand."""

SUMS = _ROLLUP[3:]
"""Names of the numbers of a rollup: what follows brand, source and minute."""

POINT: list[ColumnElement[Any]] = [schema.signal.c[name] for name in NAMES]
"""Columns that `as_point` reads."""

_TONE = ("p_offensive", "p_irony", "p_anger")

SCORE: list[ColumnElement[Any]] = [
    schema.mention.c[name]
    for name in (
        *("p_negative", "p_neutral", "p_positive", "signature", "version", "read_language", *_TONE),
        *("inclusion", "skimmed"),
    )
]
"""Columns that `as_score` reads."""

TOWARDS: list[ColumnElement[Any]] = [
    schema.match.c[name].label(f"towards_{name}") for name in ("negative", "neutral", "positive")
]
"""Columns that `as_towards` reads."""

MENTION: list[ColumnElement[Any]] = [
    *(column for column in schema.mention.c if column.name not in {"seq", "event_at"}),
    schema.mention.c.event_at.label("mention_event_at"),
]
"""Columns that `as_entry` reads."""

COUNTED: list[ColumnElement[Any]] = [
    *MENTION,
    schema.match.c.brand,
    schema.match.c.weight,
    schema.match.c.copy_number,
    schema.match.c.cluster,
    schema.match.c.event_at,
    schema.match.c.seq,
    schema.match.c.narrative,
    schema.match.c.ours,
    schema.match.c.not_us,
    *TOWARDS,
]
"""Columns of a mention as one brand sees it: with `label` and `said_ours` what `as_mention_row` reads."""

VECTOR = schema.embedding.c.vector
"""Column that the functions for rows with embeddings read besides; NULL where there is none."""


def label(mention_id: ColumnElement[str]) -> ColumnElement[str]:
    """Return the column `label`: what a person said last of a mention, NULL when nobody did."""
    correction = schema.correction.c
    newest = select(correction.label).where(correction.mention_id == mention_id)
    return (
        newest.order_by(correction.at.desc(), correction.seq.desc()).limit(1).scalar_subquery().label("label")
    )


def said_ours(mention_id: ColumnElement[str], brand: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the column `said_ours`: what a person said last of a match, NULL when nobody did."""
    given = schema.relevance_label.c
    newest = select(given.ours).where(given.mention_id == mention_id, given.brand == brand)
    latest = newest.order_by(given.at.desc(), given.seq.desc()).limit(1)
    return latest.scalar_subquery().label("said_ours")


def mention_values(mention_id: str, scored: Scored) -> Values:
    """Return the row of a mention with its score."""
    mention, score = scored.mention, scored.score
    offensive, irony, anger = _tone(score.tone)
    return {
        "id": mention_id,
        "source": mention.source,
        "native_id": mention.native_id,
        "title": mention.title,
        "text": mention.text,
        "url": mention.url,
        "author": mention.author,
        "language": mention.language,
        "kind": mention.kind,
        "flags": int(mention.flags),
        "event_at": mention.event_at,
        "seen_at": mention.seen_at,
        "p_negative": score.negative,
        "p_neutral": score.neutral,
        "p_positive": score.positive,
        "signature": score.signature,
        "version": score.version,
        "read_language": score.language,
        "inclusion": score.inclusion,
        "skimmed": score.skimmed,
        "p_offensive": offensive,
        "p_irony": irony,
        "p_anger": anger,
    }


def tone_values(tone: Tone | None) -> Values:
    """Return the columns of a mention that say how it is said."""
    return dict(zip(_TONE, _tone(tone), strict=True))


def _tone(tone: Tone | None) -> tuple[float, float, float] | tuple[None, None, None]:
    return (tone.offensive, tone.irony, tone.anger) if tone else (None, None, None)


def match_values(match: Match, source: str, sentiment: Word, tone: Tone | None) -> Values:
    """Return the row of a match; lists find it by source, sentiment and tone."""
    negative, neutral, positive = match.towards or (None, None, None)
    return {
        "mention_id": match.mention_id,
        "brand": match.brand,
        "event_at": match.event_at,
        "weight": match.weight,
        "cluster": match.cluster,
        "copy_number": match.copy_number,
        "narrative": match.narrative,
        "ours": match.ours,
        "not_us": match.not_us,
        "source": source,
        "sentiment": str(sentiment),
        "angry": certainty.angry(tone),
        "offensive": certainty.offensive(tone),
        "negative": negative,
        "neutral": neutral,
        "positive": positive,
    }


def rollup_values(rollup: Rollup) -> Values:
    """Return the row of a minute."""
    return {name: getattr(rollup, name) for name in _ROLLUP}


def bin_values(one: NarrativeBin) -> Values:
    """Return the row of a narrative's 5 minutes."""
    return {name: getattr(one, name) for name in _BIN}


def signal_values(signal: Signal) -> Values:
    """Return the row of a point on a brand's line."""
    return {"brand": signal.brand} | {name: getattr(signal, name) for name in NAMES}


def as_point(row: Sequence[Any]) -> SignalPoint:
    """Return the point that a row with the columns of `POINT` holds."""
    return SignalPoint(row[0], Stage(row[1]), *row[2:])


def as_score(row: Row[*tuple[Any, ...]]) -> Score:
    """Return the score that a row with the columns of `SCORE` holds."""
    tone = None if row.p_anger is None else Tone(row.p_offensive, row.p_irony, row.p_anger)
    shares = (row.p_negative, row.p_neutral, row.p_positive)
    drawn = (row.inclusion, row.skimmed)
    return Score(*shares, row.signature, row.version, b"", tone, row.read_language or "", *drawn)


def as_towards(row: Row[*tuple[Any, ...]]) -> Probabilities | None:
    """Return the reading that a row with the columns of `TOWARDS` holds."""
    if row.towards_negative is None:
        return None
    return (row.towards_negative, row.towards_neutral, row.towards_positive)


def as_embedded_score(row: Row[Any]) -> Score:
    """Return the score with its embedding, from the columns of `SCORE` and `VECTOR`."""
    return replace(as_score(row), embedding=row.vector or b"")


def as_mention_row(row: Row[Any]) -> MentionRow:
    """Return the counted mention that a row with the columns of `COUNTED`, `label` and `said_ours` holds."""
    return MentionRow(
        _as_mention(row),
        row.brand,
        as_score(row),
        row.weight,
        row.copy_number,
        row.seq,
        row.narrative,
        Sentiment(row.label) if row.label else None,
        as_towards(row),
        row.ours,
        bool(row.not_us),
        row.said_ours,
        row.cluster,
    )


def as_entry(row: Row[Any], brands: Iterable[str]) -> Entry:
    """Return the mention that a row with the columns of `MENTION` holds, with the brands that count it."""
    return Entry(_as_mention(row), tuple(brands))


def as_embedded_row(row: Row[Any]) -> MentionRow:
    """Return the counted mention with its embedding, from what `as_mention_row` reads, and `VECTOR`."""
    return replace(as_mention_row(row), score=as_embedded_score(row))


def _as_mention(row: Row[Any]) -> Mention:
    return Mention(
        source=row.source,
        native_id=row.native_id,
        text=row.text,
        event_at=row.mention_event_at,
        seen_at=row.seen_at,
        title=row.title,
        url=row.url,
        author=row.author,
        language=row.language,
        kind=row.kind,
        flags=Flag(row.flags),
    )
