"""The tree that a query is parsed into, and what can be read off it."""

from collections.abc import Iterator
from dataclasses import dataclass

QUOTES = '"“”„‟«»＂'


@dataclass(frozen=True, slots=True)
class Term:
    """A word, phrase, handle or hashtag as its tokens (`core.query.tokens`)."""

    tokens: tuple[str, ...]
    text: str
    """As it was written; a phrase stands in straight quotes."""


@dataclass(frozen=True, slots=True)
class Not:
    """True where `item` is not."""

    item: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """True where all `items` are."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where one of `items` is."""

    items: tuple["Expression", ...]


Expression = Term | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query."""

    text: str
    root: Expression


def simple_query(name: str) -> str:
    """Return the query that finds a brand by its name; what has a meaning in queries is read as a blank.

    >>> simple_query('Acme "Cola"')
    '"Acme Cola"'
    >>> simple_query('E*TRADE')
    '"E TRADE"'
    """
    return f'"{" ".join(name.translate(dict.fromkeys(map(ord, QUOTES + "*"), " ")).split())}"'


def search_terms(query: Query) -> tuple[str, ...]:
    """Return the fewest terms of which every matching text holds at least one.

    Joined with OR they are a search for a service that knows no more; the matcher then decides.

    >>> from core.query.parser import parse
    >>> search_terms(parse('acme (cola OR soda) -coyote')), search_terms(parse('"acme cola" OR @acme'))
    (('acme',), ('"acme cola"', '@acme'))
    """
    return tuple(dict.fromkeys(term.text for term in cover(query.root)))


def example(query: Query) -> str:
    """Return a short text that meets the first alternatives of `query`, to show people what it finds.

    >>> from core.query.parser import parse
    >>> example(parse('("acme cola" OR soda) @acme -coyote'))
    'acme cola @acme'
    """
    return " ".join(_words(query.root)).replace('"', "")


def _words(expression: Expression, negated: bool = False) -> Iterator[str]:
    match expression:
        case Term(text=text):
            if not negated:
                yield text
        case Not(item):
            yield from _words(item, not negated)
        case And(items) | Or(items):
            every = isinstance(expression, And) != negated
            for item in items if every else items[:1]:
                yield from _words(item, negated)


def cover(expression: Expression, negated: bool = False) -> tuple[Term, ...]:
    """Return terms of which one must occur for `expression` to hold; () when it can hold without any."""
    match expression:
        case Term():
            return () if negated else (expression,)
        case Not(item):
            return cover(item, not negated)
        case And(items) | Or(items):
            covers = [cover(item, negated) for item in items]
            if isinstance(expression, And) != negated:
                return min(filter(None, covers), key=len, default=())
            return tuple(term for part in covers for term in part) if all(covers) else ()


def all_terms(expression: Expression) -> tuple[Term, ...]:
    """Return every term of `expression`, excluded ones too."""
    match expression:
        case Term():
            return (expression,)
        case Not(item):
            return all_terms(item)
        case And(items) | Or(items):
            return tuple(term for item in items for term in all_terms(item))
