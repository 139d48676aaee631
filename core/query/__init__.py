"""A brand's query: which texts are about the brand.

    acme "acme cola" @acme #acmefail        all of them must occur
    acme OR @acme_help                      one is enough
    acme -coyote                            and not this; `NOT coyote` says the same
    acme (cola OR soda) NOT "acme corp"     brackets group; AND may be written

`OR` binds weakest, then `AND` (also by writing side by side), then `NOT` and `-`. The three are
operators only in capitals. What a term matches is told in `core.query.tokens`.
"""

from core.query.matcher import Matcher
from core.query.parser import parse
from core.query.syntax import And, Expression, Not, Or, Query, Term, example, search_terms, simple_query

__all__ = [
    "And",
    "Expression",
    "Matcher",
    "Not",
    "Or",
    "Query",
    "Term",
    "example",
    "parse",
    "search_terms",
    "simple_query",
]
