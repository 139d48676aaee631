"""What is left of a mention that was taken back, the same for every store."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from core.records import Entry, Explanation, Flag, Incident, Mention, Notification, Quote, Scored

Quoting = TypeVar("Quoting", Incident, Notification)


def bare(mention: Mention) -> Mention:
    """Return `mention` without what its author wrote, flagged DELETED; its identity and times stay."""
    return replace(mention, title="", text="", url="", author="", flags=mention.flags | Flag.DELETED)


def bare_scored(scored: Scored) -> Scored:
    """Return a mention without what its author wrote, and its score without the embedding."""
    return Scored(bare(scored.mention), replace(scored.score, embedding=b""))


def bare_entry(entry: Entry) -> Entry:
    """Return a waiting entry without what its author wrote."""
    return replace(entry, mention=bare(entry.mention))


def quoted(records: Iterable[Incident | Notification]) -> set[str]:
    """Return the ids of the mentions that incidents or notifications quote."""
    return {quote.mention_id for record in records for quote in _quotes(record.explanation)}


def without(record: Quoting, gone: Collection[str]) -> Quoting:
    """Return an incident or a notification without the words of mentions that are `gone`."""
    explanation = record.explanation
    if not any(quote.mention_id in gone for quote in _quotes(explanation)):
        return record
    return replace(
        record,
        explanation=replace(
            explanation,
            quotes=tuple(_emptied(quote, gone) for quote in explanation.quotes),
            first=tuple(_emptied(quote, gone) for quote in explanation.first),
        ),
    )


def _quotes(explanation: Explanation) -> tuple[Quote, ...]:
    return explanation.quotes + explanation.first


def _emptied(quote: Quote, gone: Collection[str]) -> Quote:
    return replace(quote, text="", author="", url="") if quote.mention_id in gone else quote
