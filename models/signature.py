"""Near-duplicate signatures of short texts: MinHash over character 5-grams.

Source: Broder, "On the resemblance and containment of documents" (1997), with the
b-bit shortening of Li and König (2010). A signature is the same in every process
and on every machine, so stored ones stay comparable.

Why character 5-grams and why `NEAR = 0.5`: `docs/design/simulator.md`, "Copies".
"""

import hashlib
import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

HASHES = 64
"""Values per signature; the standard error of `similar` is at most 0.0625."""

BYTES = 2 * HASHES
"""Length of a signature: 16 bits per value."""

NEAR = 0.5
"""From this similarity on two texts are copies of each other. Measured on public posts of 2014 and 2015
(`docs/design/simulator.md`, "Copies"): 99.7 % of 914 truncated retweets lie above it, 0.5 % of 9,089
complaints to airlines are taken for a copy of an earlier one."""

_GRAM = 5
_LONGEST = 2_000
"""Characters that are looked at: reprints of an article share their beginning."""
_FEW_WORDS = 4
_FEW_LETTERS = 25
"""Below either, texts share too little to tell a copy from a common phrase ("thank you for the help")."""

_NOISY = ("@", "＠", "://", "www.")
"""One of them is in whatever `_NOISE` matches; most texts have none."""
_NOISE = re.compile(r"(?:https?://|www\.)\S*|\brt\s+@\w+:?|[@＠][\w.\-]+")
_WORD = re.compile(r"\w+")
_WORDLESS = re.compile("[\u0e00-\u0eff\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af]")
"""Letters of scripts that put no space between words; each counts as a word."""

_random = np.random.Generator(np.random.PCG64(20141))
_FACTORS: NDArray[np.uint64] = _random.integers(1, 2**63, (HASHES, 1), dtype=np.uint64) * np.uint64(
    2
) + np.uint64(1)
_OFFSETS: NDArray[np.uint64] = _random.integers(0, 2**63, (HASHES, 1), dtype=np.uint64)


def normalise(text: str) -> str:
    """Return what stays of a text when it is copied: words and digits in lower case.

    Links, handles, "RT @name:", punctuation and width variants of letters go.

    >>> normalise("RT @ann: Refund REFUSED!! https://t.example/x")
    'refund refused'
    """
    plain = unicodedata.normalize("NFKC", text[: 4 * _LONGEST]).casefold()
    if any(sign in plain for sign in _NOISY):
        plain = _NOISE.sub(" ", plain)
    return " ".join(_WORD.findall(plain.replace("'", "").replace("’", "")))[:_LONGEST]


def signature(text: str) -> bytes:
    """Return the signature of `text`, `BYTES` long.

    A short text (under 4 words or 25 letters; a letter of a script without spaces counts as a
    word and as 4 letters) gets one that equals only that of the same normalised text. What
    normalises to nothing, a lone link for example, is compared as it was written.
    """
    plain = normalise(text)
    wordless = 0 if plain.isascii() else len(_WORDLESS.findall(plain))
    if plain.count(" ") + 1 + wordless < _FEW_WORDS or len(plain) + 3 * wordless < _FEW_LETTERS:
        return _exact(plain or text.casefold())
    hashed = _grams(plain) * _FACTORS
    hashed += _OFFSETS
    minima = hashed.min(axis=1)
    kept: bytes = ((minima >> np.uint64(20)) & np.uint64(0xFFFF)).astype("<u2").tobytes()
    return kept


def similar(a: bytes, b: bytes) -> float:
    """Return the estimated Jaccard similarity of the texts behind two signatures, 0..1."""
    return float((np.frombuffer(a, "<u2") == np.frombuffer(b, "<u2")).mean())


def _exact(text: str) -> bytes:
    return hashlib.shake_128(text.encode("utf-8", "surrogatepass")).digest(BYTES)


def _grams(text: str) -> NDArray[np.uint64]:
    """Return one well-mixed 64-bit value per character 5-gram."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    count = max(1, len(letters) - _GRAM + 1)
    mixed = np.zeros(count, np.uint64)
    for offset in range(min(_GRAM, len(letters))):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + letters[offset : offset + count]
    # The finaliser of MurmurHash3: without it, neighbouring letters give neighbouring values.
    mixed ^= mixed >> np.uint64(33)
    mixed *= np.uint64(0xFF51AFD7ED558CCD)
    return mixed ^ (mixed >> np.uint64(33))
