"""Texts in the form in which they are scored, and their hashed words and runs of characters.

Words with their neighbours and negation (Wang and Manning 2012, https://aclanthology.org/P12-2018)
and runs of characters are hashed into fixed tables (Weinberger et al. 2009,
https://arxiv.org/abs/0902.2206). Everything is computed text by text in a fixed order, so batches don't
change a result.
"""

import html
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 4_000
"""128 tokens of the longest everyday words; it bounds the work on a text of a megabyte."""

BITS = 18
"""Each table has 2**18 places; the training pool fills them with few collisions of weight."""

READ = 1_000
"""Characters that are read: about what 128 tokens cover."""

REMEMBERED = 1_024
"""Texts whose canonical form is kept, some batches: one is asked for by all that look at it."""

WORDS = 16_384
"""Words of which it is remembered whether they negate, and their hash: those of everyday speech."""

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w.])@\w+")
_REPEATED = re.compile(r"^\s*RT @user:?\s+")
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"@user|#?\w+(?:['’]\w+)*|[!?]+|[^\w\s]")
_LONG = re.compile(r"(\w)\1{2,}")
_NEGATION = re.compile(
    r"^(?:not?|never|nothing|nobody|none|nor|neither|cannot|without|hardly|\w+n['’]t"
    r"|(?:do|does|did|is|are|was|were|has|have|had|wo|would|should|could|ca|ai)nt)$"
)
_ENDS = frozenset(".,;:!?")
_CLAUSE_END = re.compile(r"^[.,;:!?]+$")
_REACH = 4  # words that a negation marks, within its clause
_CHARACTER_RUNS = (3, 4, 5)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Fibonacci hashing, Knuth 6.4


@dataclass(frozen=True)
class Bag:
    """Hashed features of some texts: feature `columns[i]` occurs once in text `rows[i]`."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    texts: int

    @property
    def scale(self) -> NDArray[np.float64]:
        """One over the root of the number of features, per text: a long text counts like a short one."""
        return 1.0 / np.sqrt(np.maximum(np.bincount(self.rows, minlength=self.texts), 1))


def clean(text: str) -> str:
    """Return the part of `text` that is read, as valid Unicode: feeds send lone surrogates, too."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


@lru_cache(REMEMBERED)
def canonical(text: str) -> str:
    """Return the text that is scored: links and names made equal, the "RT" of a copy taken off.

    Copies that differ only there get the same score at no cost. The markers are those of TweetEval.

    >>> canonical("RT @jo: late again @DHL &amp; no reply https://t.co/x1")
    'late again @user & no reply http'
    """
    text = html.unescape(clean(text))
    text = _NAME.sub("@user", _LINK.sub("http", text))
    return _SPACE.sub(" ", _REPEATED.sub("", text)).strip()


def words(texts: Sequence[str]) -> Bag:
    """Return the hashed words and pairs of neighbours of canonical texts."""
    hashed = [list(map(_hash, _marked(text))) for text in texts]
    rows = np.repeat(np.arange(len(texts)), [len(tokens) for tokens in hashed])
    single = np.array([token for tokens in hashed for token in tokens], dtype=np.uint64)
    pairs = single[:-1] * np.uint64(0x1000193) + single[1:] + np.uint64(1)
    inside = rows[:-1] == rows[1:]
    return _bag([rows, rows[:-1][inside]], [single, pairs[inside]], len(texts))


def characters(texts: Sequence[str]) -> Bag:
    """Return the hashed runs of 3, 4 and 5 characters of canonical texts, across words."""
    padded = [f" {text[:READ].lower()} " for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    rows, hashes = [], []
    for length in _CHARACTER_RUNS:
        starts = max(codes.size - length + 1, 0)
        run = np.full(starts, length, dtype=np.uint64)
        for place in range(length):
            run = run * np.uint64(0x100000001B3) + codes[place : place + starts]
        inside = owner[:starts] == owner[codes.size - starts :]
        rows.append(owner[:starts][inside])
        hashes.append(run[inside])
    return _bag(rows, hashes, len(texts))


def _bag(rows: list[NDArray[np.int64]], hashes: list[NDArray[np.uint64]], texts: int) -> Bag:
    mixed = np.concatenate(hashes) * _GOLDEN
    columns = (mixed >> np.uint64(64 - BITS)).astype(np.int64)
    return Bag(np.concatenate(rows), columns, texts)


def _marked(text: str) -> list[str]:
    """Lower-case tokens; those after a negation carry a mark until the clause ends."""
    result, left = [], 0
    for token in _TOKEN.findall(_LONG.sub(r"\1\1", text[:READ].lower())):
        if token[0] in _ENDS and _CLAUSE_END.match(token):
            left = 0
        result.append(f"~{token}" if left > 0 else token)
        left = _REACH if _negates(token) else left - 1
    return result


@lru_cache(WORDS)
def _hash(token: str) -> int:
    return zlib.crc32(token.encode())


@lru_cache(WORDS)
def _negates(token: str) -> bool:
    return _NEGATION.match(token) is not None
