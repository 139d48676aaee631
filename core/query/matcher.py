"""One compiled matcher for all brands: a text is cut into tokens once, whatever the number of brands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.query.syntax import And, Expression, Not, Or, Query, Term, all_terms
from core.query.tokens import SIGILS, tokens

_Index = dict[str, list[tuple[int, tuple[str, ...]]]]
"""First word to the terms that begin with it, and how many signs stand before it in each."""


class Matcher:
    """Tells which brands a text is about.

    >>> from core.query.parser import parse
    >>> matcher = Matcher({"Acme": parse("acme OR @acme"), "Globex": parse("globex -coyote")})
    >>> matcher.match("Globex bought ACME’s coyote")
    ('Acme',)
    """

    def __init__(self, queries: Mapping[str, Query]) -> None:
        self._roots = {brand: query.root for brand, query in queries.items()}
        self._place = {brand: place for place, brand in enumerate(queries)}
        self._brands: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for brand, root in self._roots.items():
            for term in all_terms(root):
                self._brands[term.tokens].add(brand)
        self._plain = _index(term for term in self._brands if not SIGILS.intersection(term))
        self._marked = _index(term for term in self._brands if SIGILS.intersection(term))

    def match(self, text: str) -> tuple[str, ...]:
        """Return the brands whose query `text` meets, in the order they were given.

        Time is linear in the length of `text`; only brands with a term in it are evaluated.
        """
        hits = self._hits(tokens(text))
        if not hits:
            return ()
        touched = set().union(*(self._brands[hit] for hit in hits))
        in_order = sorted(touched, key=self._place.__getitem__)
        return tuple(brand for brand in in_order if _holds(self._roots[brand], hits))

    def _hits(self, found: Sequence[str]) -> set[tuple[str, ...]]:
        words = [token for token in found if token not in SIGILS]
        hits = _scan(words, self._plain)
        if len(words) < len(found):
            hits |= _scan(found, self._marked)
        return hits


def _index(terms: Iterable[tuple[str, ...]]) -> _Index:
    index: _Index = defaultdict(list)
    for term in terms:
        before = next(at for at, token in enumerate(term) if token not in SIGILS)
        index[term[before]].append((before, term))
    return dict(index)


def _scan(found: Sequence[str], index: _Index) -> set[tuple[str, ...]]:
    """Return the terms of `index` whose tokens follow one another in `found`."""
    return {
        term
        for at, token in enumerate(found)
        if token in index
        for before, term in index[token]
        if len(term) == 1 or tuple(found[at - before : at - before + len(term)]) == term
    }


def _holds(expression: Expression, hits: set[tuple[str, ...]]) -> bool:
    match expression:
        case Term(found):
            return found in hits
        case Not(item):
            return not _holds(item, hits)
        case And(items):
            return all(_holds(item, hits) for item in items)
        case Or(items):
            return any(_holds(item, hits) for item in items)
