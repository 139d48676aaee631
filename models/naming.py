"""How a text writes a brand's name, and what that says of whom it means.

A namesake is mostly a common noun ("a comet"), or a part of a longer name ("Harbour Street"). What each
trait says was learned once, from the six brands of `tests/unit/language/relevance_development.jsonl`, and
helps with brands that were not among them; a test beside that file learns it again. A brand's own examples
correct it (`models.relevance`).
"""

import re
from functools import cache

NEAR = 60
"""Characters on either side of a name that are looked at."""
LOG_ODDS = (-1.4, 1.0, -0.9, -2.6, 0.8)
"""What each of `traits` adds to the log-odds that the brand is meant."""
_ARTICLES = re.compile("an?|any|every|her|his|its|no|our|some|th(at|e|eir|ese|is|ose)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_RIGHT_BEFORE = re.compile(r"\w\s+$")
_RIGHT_AFTER = re.compile(r"\s+[^\W_]")
_HANDLE = re.compile(r"[@#]\w*$")


@cache
def _named(name: str) -> re.Pattern[str]:
    return re.compile(r"\s*".join(map(re.escape, name.split())), re.IGNORECASE)


def capital(name: str, text: str) -> float:
    """Return 1 where a text writes a brand's name with a capital, -1 where it does not though it has others.

    Of a text without any capital, without the name, of a name that is itself written small, or in a script
    without capitals nothing can be said: 0.

    >>> [capital("Comet", text) for text in ("Comet is down", "A comet!", "my comet box", "Nothing")]
    [1.0, -1.0, 0.0, 0.0]
    """
    found = _named(name).search(text)
    if found is None or _small(name) or text == text.lower():
        return 0.0
    return -1.0 if _small(found[0]) else 1.0


def spelling(name: str, text: str) -> float:
    """Return the log-odds that a text means the brand, by the way in which it writes its name; 0 without it.

    >>> texts = ("Is Comet down?", "A comet!", "Stuck in Comet Lane again", "near the comet")
    >>> [spelling("Comet", text) for text in texts]
    [1.0, -2.3, -1.6, -0.9]
    """
    return round(sum(odds for odds, holds in zip(LOG_ODDS, traits(name, text), strict=True) if holds), 1)


def traits(name: str, text: str) -> tuple[bool, bool, bool, bool, bool]:
    """Return how a text writes a brand's name, where it first does.

    In small letters although it has capitals; with a capital; small behind an article or the like; with a
    capital and beside another word that has one; as a handle or hashtag. All false for a name written small.
    """
    found = _named(name).search(text)
    if found is None or _small(name):
        return False, False, False, False, False
    before, after = text[max(found.start() - NEAR, 0) : found.start()], text[found.end() :][:NEAR]
    case, small = capital(name, text), _small(found[0])
    article = small and _behind_an_article(before)
    longer = not small and _in_a_longer_name(before, after)
    return case < 0.0, case > 0.0, article, longer, _HANDLE.search(before) is not None


def _small(name: str) -> bool:
    return name[:1] == name[:1].lower()


def _behind_an_article(before: str) -> bool:
    words = _WORD.findall(before)
    follows = words and _RIGHT_BEFORE.search(before)
    return bool(follows and _ARTICLES.fullmatch(words[-1]))


def _in_a_longer_name(before: str, after: str) -> bool:
    """Look at the words beside; a text's first has a capital anyhow, and so has each word of a headline."""
    ahead, behind = _WORD.findall(before)[1:], _WORD.findall(after)
    if 2 * sum(word[:1].isupper() for word in ahead + behind) > len(ahead + behind):
        return False
    last = ahead[-1] if ahead and _RIGHT_BEFORE.search(before) else ""
    following = behind[0] if behind and _RIGHT_AFTER.match(after) else ""
    return _title(following) or (_title(last) and not _ARTICLES.fullmatch(last))


def _title(word: str) -> bool:
    """Return whether a word has a capital, and not as an abbreviation, a shout, or "I", would have it."""
    return word[:1].isupper() and not word.isupper()
