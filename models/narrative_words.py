"""The words of a narrative, counted, and the label that follows from them.

Only counts of words and of neighbouring words are kept, never a text: what a source takes back
or a person asks to erase must not live on in a detector's state.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import sqrt
from typing import TypeVar

from models.terms import STOPWORDS

_READ = 24
"""Telling words read of a text: a post, or the title and first sentences of an article."""
_TEXT_LIMIT = 2_000
_LONGEST_WORD = 24
_KEPT = 96
"""Words, and as many links, that a narrative remembers; the rarest go first."""
EVERYDAY = 2_000
"""Words that a brand remembers."""
_FULL = 256.0
"""Texts after which the counts of a narrative are halved, so that its label follows what is said now."""
_EVERYDAY_FULL = 4_096.0
_LEAST_TEXTS = 2
_BIAS = 0.02
"""Keeps a word that was never seen before from being infinitely significant (SigniTrend)."""
_LEAST_SHARE = 0.1
_LINKED = 0.4
"""Two words are shown together when at least so many texts with the rarer one have both."""
_PHRASE_WORDS = 4
_LONE = 2
"""Shorter parts of a brand's name are left to the stop words."""
_ENDING = 3
"""Letters that an ending adds to a word."""
_LONGEST = 56
_BETTER = 1.5
"""A label is only replaced by one that is better by half: people recognise a narrative by it."""

_NOISE = re.compile(
    r"\[(?:e-mail|phone)\]|https?://\S+|www\.\S+|\S*[@＠]\w+\S*|&#?\w+;|(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?",
    re.IGNORECASE,
)
"""Links, handles, addresses, entities, and what stands where contacts were masked."""
_MAYBE_NOISE = re.compile(r"[@＠&\[]|://|www\.|[\w-]\.[a-z]", re.IGNORECASE)
"""Something that each of them has. Most texts have none of it, and looking for them takes longer."""
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[.,;:!?()\[\]\n…|]")
_SMALL_WORDS = """
no not never without cannot can't won't don't doesn't didn't isn't wasn't aren't couldn't wouldn't
for of to on in at with from by after before against over about under into off out up
"""
_NEGATIONS, _JOINERS = (frozenset(line.split()) for line in _SMALL_WORDS.strip().splitlines())
"""A negation turns what follows; a joiner is kept between two words, so that a label reads like speech."""
_GAP = 3
"""More small words than this between two words: they don't belong together."""

_REMEMBERED = 16_384
"""Words of which it is remembered whether they are small: those of everyday speech."""

Link = tuple[str, str, str]
"""A word, the small words that join it to the next, the next word."""
Key = TypeVar("Key", str, Link)


def read(text: str, leave_out: frozenset[str] = frozenset()) -> tuple[list[str], list[Link]]:
    """Return the telling words of a text and the links between neighbours, letters only.

    >>> read("They refused my refund for the cancelled flights!")[1]
    [('refused', '', 'refund'), ('refund', 'for', 'cancelled'), ('cancelled', '', 'flights')]
    """
    found: list[str] = []
    links: list[Link] = []
    last, gap = "", list[str]()
    for token in _tokens(text):
        if len(token) > _LONGEST_WORD:
            continue
        if not token[0].isalpha():
            last = ""
        elif _small(token, leave_out):
            gap.append(token)
            continue
        else:
            if last and len(gap) <= _GAP:
                joint = " ".join([word for word in gap if word in _JOINERS]) if gap else ""
                links.append((last, joint, token))
            found.append(token)
            last = token
        gap = []
        if len(found) >= _READ:
            break
    return [word for word in found if word not in _NEGATIONS], links


def _tokens(text: str) -> list[str]:
    text = text[:_TEXT_LIMIT]
    plain = _NOISE.sub(" ", text) if _MAYBE_NOISE.search(text) else text
    found: list[str] = _TOKEN.findall(plain.casefold().replace("’", "'"))
    return found


@lru_cache(_REMEMBERED)
def _small(word: str, leave_out: frozenset[str]) -> bool:
    if word in _NEGATIONS:
        return False
    return len(word) < 3 or word in STOPWORDS or any(name in word for name in leave_out)


def own_names(brand: str) -> frozenset[str]:
    """Return the words of a brand's name, which say nothing about what is said of it."""
    return frozenset(part for part in re.findall(r"[^\W\d_]+", brand.casefold()) if len(part) > _LONE)


@dataclass(slots=True)
class Words:
    """How many texts of a narrative hold a word or a link, newer ones counting more."""

    texts: float = 0.0
    words: dict[str, float] = field(default_factory=dict)
    links: dict[Link, float] = field(default_factory=dict)

    def add(self, words: Iterable[str], links: Iterable[Link]) -> None:
        """Count one text."""
        self.texts += 1.0
        _count(self.words, set(words), _KEPT)
        _count(self.links, set(links), _KEPT)
        if self.texts >= _FULL:
            self._halve()

    def _halve(self) -> None:
        self.texts /= 2.0
        self.words = {word: count / 2.0 for word, count in self.words.items()}
        self.links = {link: count / 2.0 for link, count in self.links.items()}

    def absorb(self, other: "Words") -> None:
        """Add all that another narrative counted."""
        self.texts += other.texts
        for word, count in other.words.items():
            self.words[word] = self.words.get(word, 0.0) + count
        for link, count in other.links.items():
            self.links[link] = self.links.get(link, 0.0) + count
        _prune(self.words, _KEPT)
        _prune(self.links, _KEPT)


class Everyday:
    """How many of a brand's texts hold a word."""

    def __init__(self) -> None:
        self.texts = 0.0
        self.words: dict[str, float] = {}

    def add(self, words: Iterable[str]) -> None:
        """Count one text."""
        self.texts += 1.0
        _count(self.words, set(words), EVERYDAY)
        if self.texts >= _EVERYDAY_FULL:
            self.texts /= 2.0
            self.words = {word: count / 2.0 for word, count in self.words.items()}

    def share(self, word: str) -> float:
        """Return the share of the brand's texts that hold a word."""
        return self.words.get(word, 0.0) / max(1.0, self.texts)


def _count(counts: dict[Key, float], keys: Iterable[Key], kept: int) -> None:
    for key in keys:
        counts[key] = counts.get(key, 0.0) + 1.0
    if len(counts) > 2 * kept:
        _prune(counts, kept)


def _prune(counts: dict[Key, float], kept: int) -> None:
    """Keep the most frequent; of equal ones the first by name, so that the order of counting is no matter."""
    for key in sorted(counts, key=lambda key: (-counts[key], key))[kept:]:
        del counts[key]


def label(words: Words, everyday: Everyday, present: str = "") -> str:
    """Return a name such as `refund for cancelled flights`; `present` stays until clearly surpassed."""
    scores = significance(words, everyday) or _frequent(words)
    fresh = _compose(words, scores)
    if not present or not fresh:
        return fresh or present
    return fresh if _worth(fresh, scores) > _BETTER * _worth(present, scores) else present


def significance(words: Words, everyday: Everyday) -> dict[str, float]:
    """Return how far each word's share of the narrative stands out from the brand's everyday texts.

    z = (p - q - bias) / sqrt(q (1 - q) / n + bias), Schubert et al., KDD 2014.
    """
    count, scores = max(1.0, words.texts), {}
    for word, share in _frequent(words).items():
        base = min(1.0, everyday.share(word))
        score = (share - base - _BIAS) / sqrt(base * (1.0 - base) / count + _BIAS)
        if score > 0.0:
            scores[word] = score
    return scores


def _frequent(words: Words) -> dict[str, float]:
    """Return the shares of a narrative's frequent words.

    They serve where no word stands out, because all talk of a brand is about one thing.
    """
    shares = {
        word: texts / max(1.0, words.texts) for word, texts in words.words.items() if texts >= _LEAST_TEXTS
    }
    return {word: share for word, share in shares.items() if share >= _LEAST_SHARE}


def _worth(text: str, scores: Mapping[str, float]) -> float:
    return sum(scores.get(word, 0.0) for word in set(text.replace(",", "").split()))


def _compose(words: Words, scores: Mapping[str, float]) -> str:
    """Return the phrase around the most significant word, and a second one when the first is short."""
    order = sorted(scores, key=lambda word: (-scores[word], word))
    if not order:
        return ""
    first = _phrase(order[0], words)
    if len(first.split()) > 2:
        return first
    other = next((word for word in order if not any(_akin(word, one) for one in first.split())), None)
    if other is None:
        return first
    second = _phrase(other, words, frozenset(first.split()))
    both = f"{first}, {second}"
    return both if len(both) <= _LONGEST else first


def _akin(one: str, other: str) -> bool:
    """True for forms of one word: bag and bags, delay and delayed."""
    common = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    length = min(len(one), len(other)) if common is None else common
    return length >= max(3, min(len(one), len(other), 6) - 1) and abs(len(one) - len(other)) <= _ENDING


def _phrase(word: str, words: Words, taken: frozenset[str] = frozenset()) -> str:
    """Return a word with the neighbours that most of its texts have."""
    text, held = word, {word, *taken}
    first = last = word
    least = max(_LEAST_TEXTS, _LEAST_SHARE * words.texts)
    links = [(link, count) for link, count in words.links.items() if count >= least]
    for _ in range(_PHRASE_WORDS - 1):
        options = [
            (count, link, after)
            for link, count in links
            for after in (True, False)
            if _extends(link, count, words, last if after else first, held, after)
        ]
        if not options:
            break
        _, (left, joint, right), after = min(options, key=lambda each: (-each[0], each[1], each[2]))
        new = right if after else left
        grown = " ".join(part for part in ((text, joint, new) if after else (new, joint, text)) if part)
        if len(grown) > _LONGEST:
            break
        text, held = grown, {*held, new}
        first, last = (first, new) if after else (new, last)
    return text


def _extends(link: Link, count: float, words: Words, end: str, held: set[str], after: bool) -> bool:
    """True when a link leads from the `end` of a phrase to a new word often enough."""
    here, new = (link[0], link[2]) if after else (link[2], link[0])
    if here != end or new in held or (after and new in _NEGATIONS):
        return False
    rarer = min(words.words.get(word, count) for word in (here, new))
    return count >= _LINKED * rarer


def plain(words: Words) -> str:
    """Return the commonest words of a narrative in which none stands out; "" when it has none."""
    order = sorted(words.words, key=lambda word: (-words.words[word], word))
    return ", ".join(order[:3])
