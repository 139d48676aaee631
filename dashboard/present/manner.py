"""How a text is said, and why the model is unsure of it, in words: pure."""

from collections.abc import Sequence

from core import certainty, words
from core.records import MentionRow, Score, Tone, Word
from dashboard.languages import language_name

ANGRY, OFFENSIVE, IRONIC = "angry", "offensive", "may be ironic"
"""The marks of a mention; by the first two people can filter."""


def mark(tone: Tone | None, called: Word) -> str:
    """Return the one mark of a mention that is `called` so, the weightiest likely one, "" if none is."""
    if certainty.angry(tone):
        return ANGRY
    if certainty.offensive(tone):
        return OFFENSIVE
    return IRONIC if certainty.ironic(tone, called) else ""


def doubt(score: Score) -> str:
    """Say why a score is unsure, "" where it is sure."""
    if certainty.sure(score):
        return ""
    language = language_name(score.language)
    if not certainty.measured(score.language):
        return f"The model does not know this language ({language})."
    read = f" {language} is read less surely than English." if score.language not in {"", "en"} else ""
    return f"None of the three is more likely than not.{read}"


def anger(rows: Sequence[MentionRow], bound: int) -> str:
    """Say how many of some negative mentions, the newest `bound` at most, are angry; copies are left out."""
    tones = [row.score.tone for row in rows if row.copy_number == 1 and row.score.tone is not None]
    if not tones:
        return ""
    angry = sum(certainty.angry(tone) for tone in tones)
    which = "the newest negative texts" if len(rows) >= bound else "its negative texts"
    share = words.percent(angry / len(tones))
    return (
        f"{share} of {which} are angry: {words.number(angry)} of {words.number(len(tones))}, copies left out."
    )
