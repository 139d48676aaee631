"""Cuts a query into lexemes, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from core.errors import QuerySyntaxError
from core.query.syntax import QUOTES, Term
from core.query.tokens import tokens


class Kind(Enum):
    """What a lexeme is."""

    TERM = "a term"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    CLOSE = ")"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the query and its offset; `term` is set for terms only."""

    kind: Kind
    position: int
    term: Term | None = None


_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT, "(": Kind.OPEN, ")": Kind.CLOSE}
_PIECE = re.compile(
    rf"\s+|(?P<phrase>[{QUOTES}](?P<inside>[^{QUOTES}]*)(?P<closed>[{QUOTES}]?))"
    rf"|(?P<minus>[-−])|(?P<bracket>[()])|(?P<word>[^\s(){QUOTES}]+)"
)


def lex(query: str) -> Iterator[Lexeme]:
    """Yield the lexemes of `query`, an END last; raises `QuerySyntaxError` at the offending place."""
    for piece in _PIECE.finditer(query):
        at = piece.start()
        match piece.lastgroup:
            case "phrase":
                yield _phrase(query, piece)
            case "minus":
                yield _minus(query, at)
            case "bracket":
                yield Lexeme(_OPERATORS[piece[0]], at)
            case "word":
                operator = _OPERATORS.get(piece[0])
                yield Lexeme(operator, at) if operator else _term(query, at, piece[0], piece[0])
    yield Lexeme(Kind.END, len(query))


def _phrase(query: str, piece: re.Match[str]) -> Lexeme:
    if not piece["closed"]:
        raise QuerySyntaxError("this quotation mark is never closed", query, piece.start())
    return _term(query, piece.start(), piece["inside"], f'"{" ".join(piece["inside"].split())}"')


def _minus(query: str, at: int) -> Lexeme:
    following = query[at + 1 : at + 2]
    if not following.strip() or following == ")":
        raise QuerySyntaxError("write the word to exclude directly after the minus", query, at)
    return Lexeme(Kind.NOT, at)


def _term(query: str, at: int, inside: str, text: str) -> Lexeme:
    if "*" in inside:
        raise QuerySyntaxError(
            "there are no wildcards; write the forms with OR", query, at + query[at:].index("*")
        )
    found = tuple(tokens(inside))
    if not found:
        raise QuerySyntaxError("there is no word to look for here", query, at)
    return Lexeme(Kind.TERM, at, Term(found, text))
