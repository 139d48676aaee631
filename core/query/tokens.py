"""How a text and a query's terms are cut into tokens: both by the same rules.

- Case, width and compatibility forms don't count (NFKC and case folding); accents do.
- A token is a run of letters, digits and `_`: `acme` is found in "Acme's" and "acme-cola",
  never in "acmeology" or "acme_news".
- `&` is a token, and so is a `+` directly after a word: `AT&T` and `Disney+` mean what they say.
- `@` and `#` before a word are tokens of their own. `@acme` is only the handle and `#acme` only
  the hashtag; the plain word `acme` is found in both.
- Scripts that are written without spaces (Chinese, Japanese, Korean with its particles, Thai,
  Lao, Khmer, Burmese) give one token per character, so that a term is found inside a sentence.
"""

import re
import unicodedata
from functools import cache

SIGILS = frozenset("@#")

_UNSPACED = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6"  # Thai, Lao
    "\u1000-\u102a\u1780-\u17b3"  # Burmese, Khmer
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30ff\u31f0-\u31ff"  # Japanese
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\uac00-\ud7a3"  # Hangul syllables
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""Soft hyphen, zero-width space and joiners: they only hide a word from a search."""

_ASCII = re.compile(r"(?<!\w)[@#](?=\w)|\w+|&|(?<=\w)\+", re.ASCII)

_SHORT = 1000
"""Characters; in a shorter text even one long run of combining marks is ordered in no time."""

_LAST_MARK = 0x1F000
"""Combining marks lie below, but for variation selectors, which stand beside emoji only."""


def tokens(text: str) -> list[str]:
    """Return the tokens of `text`, in order. Takes time linear in its length.

    >>> tokens("Acme’s #fail, @ACME!")
    ['acme', 's', '#', 'fail', '@', 'acme']
    """
    if text.isascii():
        return _ASCII.findall(text.lower())
    return _pattern().findall(_normalise(text))


def _normalise(text: str) -> str:
    if len(text) > _SHORT:
        text = _long_runs().sub(r"\1", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


@cache
def _pattern() -> re.Pattern[str]:
    """One alternation: a sigil, one unspaced character with its marks, a word with its marks, `&`, `+`."""
    letter, marks = rf"[^\W{_UNSPACED}]", rf"[{_marks()}]"
    word = rf"{letter}+(?:{marks}+{letter}*)*"
    return re.compile(rf"(?<!\w)[@#](?=\w)|{word}|[{_UNSPACED}]{marks}*|&|(?<=\w)\+")


@cache
def _long_runs() -> re.Pattern[str]:
    """Runs of combining marks beyond 30, the limit of Unicode's stream-safe text format (UAX 15).

    Ordering a run costs its length squared; a hostile text could be one run.
    """
    marks = _marks()
    return re.compile(rf"([{marks}]{{30}})[{marks}]+")


@cache
def _marks() -> str:
    """Return all combining marks as the inside of a character class, in ranges."""
    points = [point for point in range(0x300, _LAST_MARK) if unicodedata.category(chr(point))[0] == "M"]
    starts = [point for point in points if unicodedata.category(chr(point - 1))[0] != "M"]
    ends = [point for point in points if unicodedata.category(chr(point + 1))[0] != "M"]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
