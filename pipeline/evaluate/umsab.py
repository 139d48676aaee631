"""Eight languages: UMSAB (Barbieri et al. 2022, https://aclanthology.org/2022.lrec-1.27).

Its measure is macro F1 on 870 tweets of each language. Published: XLM-T 0.694 over all eight, FastText 0.510.
"""

from pathlib import Path

from models.score import TextScorer
from pipeline.evaluate.sentiment import Labelled, predict, quality, read

LANGUAGES = ("arabic", "english", "french", "german", "hindi", "italian", "portuguese", "spanish")
_FOLDER = Path("sentiment/umsab")


def tests(data: Path) -> dict[str, Labelled]:
    """Return the test part of every language; raises `ConfigError` when one is absent."""
    return {language: read(data, "test", _FOLDER / language) for language in LANGUAGES}


def measure(sets: dict[str, Labelled], scorer: TextScorer) -> dict[str, float]:
    """Return the macro F1 of each language and, as "mean", their mean."""
    found = {language: _macro_f1(labelled, scorer) for language, labelled in sets.items()}
    return found | {"mean": sum(found.values()) / len(found)}


def _macro_f1(labelled: Labelled, scorer: TextScorer) -> float:
    return quality(labelled.labels, predict(labelled.texts, scorer).argmax(axis=1)).macro_f1
