"""Mentions and steps that the contract suites fill stores with."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.ports import Store
from core.records import (
    Explanation,
    Incident,
    Match,
    Mention,
    Notification,
    Quote,
    Reason,
    Score,
    Scored,
    Signal,
    Stage,
    Step,
)

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEGATIVE = Score(0.75, 0.125, 0.125, b"sign", "v1", b"\x01\xff")
NEUTRAL = Score(0.25, 0.5, 0.25, b"sign", "v1", b"\x02\xfe")
POSITIVE = Score(0.125, 0.125, 0.75, b"sign", "v1", b"\x03\xfd")


def mention(number: int, author: str = "ann", source: str = "rss/news") -> Mention:
    """Return mention `number`, written a minute after the one before."""
    at = T0 + timedelta(minutes=number)
    url = f"https://example.org/{number}"
    return Mention(source, f"n{number}", f"late again {number}", at, at, "Delays", url, author)


def match(of: Mention, brand: str = "Acme", narrative: str = "", weight: float = 0.5) -> Match:
    """Return the match of a mention."""
    return Match(of.id, brand, of.event_at, weight, narrative=narrative)


def step(
    mentions: Iterable[Mention], score: Score = NEGATIVE, *, brand: str = "Acme", narrative: str = ""
) -> Step:
    """Return a step that stores mentions and counts them for one brand and one narrative."""
    mentions = tuple(mentions)
    return Step(
        scored=tuple(Scored(one, score) for one in mentions),
        matches=tuple(match(one, brand, narrative) for one in mentions),
    )


def put(store: Store, mentions: Iterable[Mention], score: Score = NEGATIVE, **about: str) -> None:
    """Store mentions and count them."""
    store.commit(step(mentions, score, **about))


def quoting(*mentions: Mention) -> Explanation:
    """Return an explanation that quotes mentions, the first of them as the earliest too."""
    quotes = tuple(
        Quote(one.id, one.event_at, one.source, one.author, one.text, one.url, 0.75) for one in mentions
    )
    signal = Signal("Acme", T0, Stage.SPREADING)
    return Explanation(signal, "Acme: spreading", ("It grows.",), "late bags", quotes, quotes[:1])


def incident(name: str, *quoted: Mention) -> Incident:
    """Return an incident that quotes mentions."""
    return Incident(name, "Acme", Stage.SPREADING, Stage.SPREADING, T0, T0, T0, quoting(*quoted))


def page(name: str, incident_id: str, *quoted: Mention) -> Notification:
    """Return a notification of an incident that quotes mentions."""
    explanation = quoting(*quoted)
    return Notification(name, incident_id, "Acme", Reason.SPREADING, Stage.SPREADING, T0, explanation, T0)


def without_embedding(score: Score) -> Score:
    """Return a score as lists give it."""
    return replace(score, embedding=b"")
