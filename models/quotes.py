"""Mentions as evidence: which ones speak for a rise, and their texts cleaned and cut."""

import unicodedata
from collections.abc import Sequence

from core.records import MentionRow, Quote
from models.signature import NEAR, similar

NAME, _TEXT = 100, 500
"""Characters that are kept of a name or label, and of a text or link."""
QUOTES = 5
_CANDIDATES = 200
"""Most negative mentions compared with each other for the quotes; comparing all would be quadratic."""


def representative(negatives: Sequence[MentionRow]) -> tuple[Quote, ...]:
    """Return up to five very negative mentions of different texts and authors."""
    order = sorted(negatives, key=lambda row: (-row.felt.negative, row.mention.event_at, row.mention.id))
    kept: list[MentionRow] = []
    for row in order[:_CANDIDATES]:
        if not any(_alike(row, other) for other in kept):
            kept.append(row)
        if len(kept) == QUOTES:
            break
    return tuple(quote(row, negatives) for row in kept)


def _alike(row: MentionRow, other: MentionRow) -> bool:
    same_author = row.mention.author and _author(row) == _author(other)
    return bool(same_author) or _copies(row, other)


def _author(row: MentionRow) -> tuple[str, str]:
    return row.mention.source, row.mention.author


def _copies(row: MentionRow, other: MentionRow) -> bool:
    a, b = row.score.signature, other.score.signature
    if not a or len(a) != len(b):
        return row.mention.body == other.mention.body
    return similar(a, b) >= NEAR


def quote(row: MentionRow, among: Sequence[MentionRow] = ()) -> Quote:
    """Return a mention as evidence, cleaned and cut; copies are counted among `among`."""
    mention = row.mention
    return Quote(
        mention.id,
        mention.event_at,
        mention.source,
        clean(mention.author, NAME),
        clean(mention.body, _TEXT),
        clean(mention.url, _TEXT),
        row.felt.negative,
        copies=max(1, sum(_copies(row, other) for other in among)),
    )


def clean(text: str, limit: int) -> str:
    """Drop control and invisible formatting characters, fold white space, cut."""
    kept = "".join(" " if each.isspace() else each for each in text[: 4 * limit] if _visible(each))
    return " ".join(kept.split())[:limit]


def _visible(letter: str) -> bool:
    """False for control, bidirectional-override, surrogate and private letters; the emoji joiner stays."""
    return letter.isspace() or letter == "\u200d" or not unicodedata.category(letter).startswith("C")
