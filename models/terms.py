"""What people are angry about, in their own words.

Terms whose share among the incident's voices stands out from everyday mentions,
after SigniTrend (Schubert et al., KDD 2014): z = (p - q - bias) / sqrt(q (1 - q) / n + bias),
where the bias keeps a word that was never seen before from being infinitely significant.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import sqrt

_BIAS = 0.02
_LEAST_TEXTS = 2
_PAIR_PART = 0.5
"""A pair stands for its word when at least half of the texts with the word have the pair."""
_SHOWN = 2
_LONGEST = 40
_TEXT_LIMIT = 2_000
_NOISE = re.compile(r"https?://\S+|www\.\S+|[@＠]\w+|&\w+;")
_WORD = re.compile(r"[^\W\d_][\w'’]*[^\W_]")

_COMMON = """
a about after again all already also always am an and any are aren't as at back be because been before
being but by came can can't cannot come could couldn't day did didn't do does doesn't doing don't done
down even ever every few first for from get gets getting go goes going gone gonna got had has hasn't have
haven't having he her here hers him his how i i'd i'll i'm i've if im in instead into is isn't it it's
its ive just keep know last let like lol made make many may me more most much must my need never new no
not nothing now of off oh ok on one only or other our out over own people please put really right rt said
same say says see seems she should shouldn't since so some someone something still such take tell than
thank thanks that that's the their them then there these they they're thing things think this those
though through time to today told too trying two under until up us use used very via want wants was
wasn't way we we're well went were what when where which while who why will with won't would wouldn't yes
yet you you're you've your yours dont cant wont didnt doesnt isnt wasnt thats youre theyre yall amp u ur
"""
STOPWORDS = frozenset(_COMMON.split())


def words(text: str, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """Return the telling words of a text in order: no links, handles, digits, stop words or `leave_out`."""
    plain = _NOISE.sub(" ", text[:_TEXT_LIMIT]).casefold().replace("’", "'")
    found = (match.group() for match in _WORD.finditer(plain))
    return [word for word in found if 3 <= len(word) <= _LONGEST and _wanted(word, leave_out)]


def _wanted(word: str, leave_out: frozenset[str]) -> bool:
    return word not in STOPWORDS and word.removesuffix("'s") not in leave_out


def label(incident: Sequence[str], everyday: Iterable[str], brand: str) -> str:
    """Return a name such as `refund refused, cancelled flight`; "" when no word stands out."""
    leave_out = frozenset(_WORD.findall(brand.casefold())) | {brand.casefold().replace(" ", "")}
    texts = [words(text, leave_out) for text in incident]
    scores = _significance(texts, [words(text, leave_out) for text in everyday])
    pairs = Counter(pair for text in texts for pair in set(pairwise(text)))
    counts = Counter(word for text in texts for word in set(text))
    shown: list[str] = []
    for word in sorted(scores, key=lambda each: (-scores[each], each)):
        if not any(word in term.split() for term in shown):
            shown.append(_phrase(word, counts[word], pairs))
        if len(shown) == _SHOWN:
            break
    return ", ".join(shown)


def _significance(incident: Sequence[list[str]], everyday: Sequence[list[str]]) -> dict[str, float]:
    """Return how far each word's share of the incident's texts stands out; only those that do."""
    count, usual = len(incident), max(1, len(everyday))
    seen = Counter(word for text in incident for word in set(text))
    before = Counter(word for text in everyday for word in set(text))
    scores = {}
    for word, texts in seen.items():
        share, base = texts / count, before[word] / usual
        score = (share - base - _BIAS) / sqrt(base * (1.0 - base) / count + _BIAS)
        if texts >= _LEAST_TEXTS and score > 0.0:
            scores[word] = score
    return scores


def _phrase(word: str, count: int, pairs: Counter[tuple[str, str]]) -> str:
    """Return the commonest pair with `word` when it is common enough, else the word."""
    best = min((pair for pair in pairs if word in pair), key=lambda pair: (-pairs[pair], pair), default=None)
    if best is None or best[0] == best[1] or pairs[best] < max(_LEAST_TEXTS, _PAIR_PART * count):
        return word
    return " ".join(best)
