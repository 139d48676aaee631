"""Reads a query: recursive descent, one function per level of binding."""

from core.errors import QuerySyntaxError
from core.query.lexer import Kind, Lexeme, lex
from core.query.syntax import And, Expression, Not, Or, Query, cover

MAX_LENGTH = 10_000
"""Characters; a longer query is a file that was pasted by mistake."""
MAX_DEPTH = 50
"""Brackets inside brackets; deeper ones would exhaust Python's stack."""


def parse(text: str) -> Query:
    """Return the query that `text` says; raises `QuerySyntaxError`, which points at the place.

    >>> parse('acme -coyote').root.items[1].item.text
    'coyote'
    """
    if len(text) > MAX_LENGTH:
        raise QuerySyntaxError(f"a query has at most {MAX_LENGTH} characters", text[:60], 59)
    parser = _Parser(text)
    root = parser.parse()
    if not cover(root):
        message = "this excludes only; every alternative needs a word that must occur"
        raise QuerySyntaxError(message, text, parser.first_exclusion)
    return Query(text, root)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lexemes = list(lex(text))
        self._at = 0
        self._depth = 0

    @property
    def first_exclusion(self) -> int:
        """Offset of the first NOT or minus, 0 when there is none."""
        return next((lexeme.position for lexeme in self._lexemes if lexeme.kind is Kind.NOT), 0)

    def parse(self) -> Expression:
        """Return the whole query as one expression."""
        if self._next.kind is Kind.END:
            raise self._error('the query is empty; write a word, a "phrase", a @handle or a #hashtag')
        root = self._or()
        if self._next.kind is Kind.CLOSE:
            raise self._error("this bracket was never opened")
        return root

    def _or(self) -> Expression:
        items = [self._and()]
        while self._take(Kind.OR):
            items.append(self._and())
        return items[0] if len(items) == 1 else Or(tuple(items))

    def _and(self) -> Expression:
        items = [self._not()]
        while self._take(Kind.AND) or self._next.kind in {Kind.TERM, Kind.NOT, Kind.OPEN}:
            items.append(self._not())
        return items[0] if len(items) == 1 else And(tuple(items))

    def _not(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"brackets and NOTs go deeper than {MAX_DEPTH} levels")
        expression = Not(self._not()) if self._take(Kind.NOT) else self._primary()
        self._depth -= 1
        return expression

    def _primary(self) -> Expression:
        lexeme = self._next
        if lexeme.term is not None:
            self._at += 1
            return lexeme.term
        if self._take(Kind.OPEN):
            return self._bracket(lexeme)
        raise self._dangling()

    def _bracket(self, opened: Lexeme) -> Expression:
        inside = self._or()
        if not self._take(Kind.CLOSE):
            raise QuerySyntaxError("this bracket is never closed", self._text, opened.position)
        return inside

    @property
    def _next(self) -> Lexeme:
        return self._lexemes[self._at]

    def _take(self, kind: Kind) -> bool:
        taken = self._next.kind is kind
        self._at += taken
        return taken

    def _dangling(self) -> QuerySyntaxError:
        """Say why no term stands here; an operator or bracket before it waits for one."""
        before = self._lexemes[self._at - 1] if self._at else None
        if before is None or self._next.kind in {Kind.AND, Kind.OR}:
            return self._error(f"{self._next.kind.value} has nothing before it")
        if before.kind is Kind.OPEN:
            return self._error("there is nothing between these brackets")
        return QuerySyntaxError(f"{before.kind.value} has nothing after it", self._text, before.position)

    def _error(self, message: str) -> QuerySyntaxError:
        return QuerySyntaxError(message, self._text, self._next.position)
