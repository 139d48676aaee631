"""What one mention's reading may be called: where the model is weak, "unsure" instead of a guess.

Words are for people. Counting and detection take the probabilities for what they are worth.
"""

from core.records import UNSURE, Score, Sentiment, Tone, Word

EVEN = 0.5
"""Probability below which the contrary is more likely; the probabilities are calibrated."""

IRONIC = 0.8
"""Probability from which irony is named. It is calibrated on texts half of which are ironic; others are not,
so one half would be far too low there. `docs/design/language.md` has precision against threshold."""

MEASURED = frozenset({"en", "ar", "fr", "de", "it", "pt", "es"})
"""Languages in which sentiment was measured to work: macro F1 .53 to .70 on validation. Hindi has .37."""


def measured(language: str) -> bool:
    """Return whether sentiment works in a language; one that is not known is not held against the reading."""
    return not language or language in MEASURED


def sure(score: Score) -> bool:
    """Return whether a score's most probable class may be named.

    >>> sure(Score(0.6, 0.3, 0.1)), sure(Score(0.45, 0.4, 0.15)), sure(Score(0.9, 0.1, 0.0, language="ja"))
    (True, False, False)
    """
    return max(score.negative, score.neutral, score.positive) >= EVEN and measured(score.language)


def named(score: Score, label: Sentiment | None = None) -> Word:
    """Return what a mention is called: what a person said, else the most probable class if that is sure.

    >>> str(named(Score(0.2, 0.5, 0.3))), named(Score(0.4, 0.4, 0.2))
    ('neutral', 'unsure')
    """
    if label is not None:
        return label
    return most_probable(score) if sure(score) else UNSURE


def most_probable(score: Score) -> Sentiment:
    """Return the class with the highest probability; of equal ones the worse.

    >>> most_probable(Score(0.5, 0.0, 0.5)).value
    'negative'
    """
    if score.negative >= max(score.neutral, score.positive):
        return Sentiment.NEGATIVE
    return Sentiment.NEUTRAL if score.neutral >= score.positive else Sentiment.POSITIVE


def angry(tone: Tone | None) -> bool:
    """Return whether a text is more likely angry than not."""
    return tone is not None and tone.anger >= EVEN


def offensive(tone: Tone | None) -> bool:
    """Return whether a text is more likely offensive than not."""
    return tone is not None and tone.offensive >= EVEN


def ironic(tone: Tone | None, called: Word) -> bool:
    """Return whether a text may be called ironic; praise never is: measured, the reading says nothing there.

    >>> ironic(Tone(0.1, 0.9, 0.1), Sentiment.NEGATIVE), ironic(Tone(0.1, 0.9, 0.1), Sentiment.POSITIVE)
    (True, False)
    """
    return tone is not None and called is not Sentiment.POSITIVE and tone.irony >= IRONIC
