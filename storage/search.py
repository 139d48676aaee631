"""What people type into the search box: words are AND-ed, quotes make a phrase, nothing else is special."""

import re
import unicodedata

from storage.clean import clean_text

MAX_PARTS = 32
"""Words and phrases that are used of one search; FTS5 refuses trees deeper than 256 (`fts5_expr.c`)."""

MAX_LENGTH = 1000
"""Characters that are used of one search; longer ones are pasted by accident."""

_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")


def parts(search: str) -> list[str]:
    """Return the words and phrases of a search, those without any letter or digit left out.

    >>> parts('late "lost bag" & refund')
    ['late', 'lost bag', 'refund']
    """
    found = [phrase or word for phrase, word in _PARTS.findall(clean_text(search[:MAX_LENGTH]))]
    return [part for part in found if tokens(part)][:MAX_PARTS]


def tokens(text: str) -> list[str]:
    """Return the words of a text as FTS5's `unicode61 remove_diacritics 2` sees them."""
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _WORD.findall(bare.casefold())


def fts5_query(search: str) -> str:
    """Return a query that FTS5 always accepts, "" when nothing in `search` can be found.

    >>> fts5_query("NEAR(a b*")
    '"NEAR(a" "b*"'
    """
    return " ".join(f'"{part}"' for part in parts(search))


def found(search: str, columns: tuple[str, ...]) -> bool:
    """Return whether each part of `search` stands in one of `columns`; nothing meets an empty search."""
    wanted = [tokens(part) for part in parts(search)]
    have = [tokens(column) for column in columns]
    return bool(wanted) and all(any(_holds(words, phrase) for words in have) for phrase in wanted)


def _holds(words: list[str], phrase: list[str]) -> bool:
    size = len(phrase)
    return any(words[at : at + size] == phrase for at in range(len(words) - size + 1))
