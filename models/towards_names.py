"""Where a text names which brand: as a word, as a phrase, or inside a handle, a hashtag or a cashtag."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.query import parse, search_terms

FIRST = 0xE000
"""First of the private-use characters (The Unicode Standard, 23.5) that stand for brands in a marked text."""
MARK = "[\ue000-\uf8ff]"
"""Matches one of them."""

_MARK = re.compile(MARK)
_NOT_WORD = re.compile(r"[\W_]+")
_LEAST = 4  # letters: a shorter name inside a handle is mostly a part of another word


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in which each name of a known brand is one character."""

    text: str
    brands: tuple[str, ...]
    """By the order in which they first come: `chr(FIRST)` stands for the first, and so on."""

    def brand(self, mark: str) -> str:
        """Return the brand that a character stands for."""
        return self.brands[ord(mark) - FIRST]


def unnamed(part: str) -> str:
    """Return a part of a marked text as one that doesn't depend on how a brand is called."""
    return _MARK.sub("it", part)


class Names:
    """Finds the brands of a workspace in texts.

    >>> names = Names({"Acme": "acme OR @acmecare", "Globex": "globex"})
    >>> names.mark("left ACME's shop, hi #TeamGlobex").brands
    ('Acme', 'Globex')
    """

    def __init__(self, queries: Mapping[str, str]) -> None:
        """Take each brand's name and query; raises `QuerySyntaxError`."""
        spellings = {brand: {brand, *search_terms(parse(query))} for brand, query in queries.items()}
        self._brands = {
            _squeezed(spelling): brand
            for brand, found in spellings.items()
            for spelling in sorted(found)
            if _squeezed(spelling)
        }
        self._pattern = _pattern({spelling for found in spellings.values() for spelling in found})

    def mark(self, text: str) -> Marked:
        """Return `text` with its brands marked; private-use characters of its own become blanks."""
        brands: dict[str, int] = {}

        def place(match: re.Match[str]) -> str:
            brand = self._brands.get(_squeezed(match["inside"] or match["tagged"] or match["plain"]))
            if brand is None:
                return match[0]  # letters alike to the pattern only, such as a dotless i
            mark = chr(FIRST + brands.setdefault(brand, len(brands)))
            return " ".join(filter(None, (match["before"], mark, match["after"])))

        return Marked(self._pattern.sub(place, _MARK.sub(" ", text)), tuple(brands))


def _pattern(spellings: Iterable[str]) -> re.Pattern[str]:
    """Match a spelling as words of their own, or squeezed inside a tag; the longest where several fit.

    What else a hashtag says stays in the text ("boycott"), the rest of a handle is a part of the name.
    """
    words = [found for spelling in spellings if (found := _NOT_WORD.sub(" ", spelling).split())]
    ordered = sorted(words, key=lambda found: (-len("".join(found)), found))
    plain = "|".join(r"[\W_]*".join(map(re.escape, found)) for found in ordered) or "(?!)"
    long = [squeezed for found in ordered if len(squeezed := "".join(found)) >= _LEAST]
    inside = "|".join(map(re.escape, long)) or "(?!)"
    hashtag = rf"#(?P<before>\w*?)(?P<inside>{inside})(?P<after>\w*)"
    handle = rf"[@$]\w*?(?P<tagged>{inside})\w*"
    word = rf"(?<![^\W_])[@#$]?(?P<plain>{plain})(?![^\W_])"
    return re.compile(f"{hashtag}|{handle}|{word}", re.IGNORECASE)


def _squeezed(spelling: str) -> str:
    return _NOT_WORD.sub("", spelling).casefold()
