"""Puts into words what the encoder's vocabulary has no words for: emoji and hashtags.

all-MiniLM-L6-v2 reads every emoji as "unknown" and a hashtag as fragments of letters. An emoji gets its
Unicode name (https://unicode.org/emoji/charts, through the library `emoji`), a hashtag in camel case the
words that it is made of.
"""

import re
from typing import Any

import emoji

_HASHTAG = re.compile(r"#(\w+)")
_BETWEEN_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d])(?=\d)|_+")
_SKIN_TONE = re.compile(r"_(?:medium-)?(?:light|medium|dark)_skin_tone")
_SPACE = re.compile(r"\s+")


def worded(text: str) -> str:
    """Return a canonical text as the encoder reads it.

    >>> worded("Day 3 😡👍🏽 #WorstAirlineEver")
    'Day 3 enraged face thumbs up # Worst Airline Ever'
    """
    if "#" in text:
        text = _HASHTAG.sub(lambda match: "# " + _BETWEEN_WORDS.sub(" ", match[1]), text)
    if not text.isascii():
        text = emoji.replace_emoji(text, _name)
    return _SPACE.sub(" ", text).strip()


def _name(_: str, about: dict[str, Any]) -> str:
    name: str = about["en"]
    return f" {_SKIN_TONE.sub('', name).strip(':').replace('_', ' ')} "
