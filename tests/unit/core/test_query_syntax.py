import pytest

from core.errors import QuerySyntaxError
from core.query import And, Not, Or, Term, parse, search_terms, simple_query


def word(text: str, *tokens: str) -> Term:
    return Term(tokens or (text,), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme", word("acme")),
        ("ACME", word("ACME", "acme")),
        ("@Acme_Help", word("@Acme_Help", "@", "acme_help")),
        ("#fail", word("#fail", "#", "fail")),
        ("coca-cola", word("coca-cola", "coca", "cola")),
        ("AT&T", word("AT&T", "at", "&", "t")),
        ('"acme  cola"', word('"acme cola"', "acme", "cola")),
        ("“acme cola”", word('"acme cola"', "acme", "cola")),
        ("a b", And((word("a"), word("b")))),
        ("a AND b", And((word("a"), word("b")))),
        ("a and b", And((word("a"), word("and"), word("b")))),
        ("a OR b c", Or((word("a"), And((word("b"), word("c")))))),
        ("(a OR b) c", And((Or((word("a"), word("b"))), word("c")))),
        ("a -b", And((word("a"), Not(word("b"))))),
        ("a −b", And((word("a"), Not(word("b"))))),
        ("a NOT b", And((word("a"), Not(word("b"))))),
        ("a AND NOT b", And((word("a"), Not(word("b"))))),
        ("a -(b OR c)", And((word("a"), Not(Or((word("b"), word("c"))))))),
        ('a -"b c"', And((word("a"), Not(word('"b c"', "b", "c"))))),
        ("NOT NOT a", Not(Not(word("a")))),
        ("((a))", word("a")),
    ],
)
def test_a_query_becomes_this_tree(text: str, expected: object) -> None:
    assert parse(text).root == expected


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "empty"),
        ("   ", 3, "empty"),
        ("acme (cola OR soda", 5, "never closed"),
        ("acme) cola", 4, "never opened"),
        ("acme ()", 6, "nothing between"),
        ('acme "cola', 5, "never closed"),
        ("acme OR", 5, "OR has nothing after it"),
        ("acme AND", 5, "AND has nothing after it"),
        ("acme NOT", 5, "NOT has nothing after it"),
        ("acme OR )", 5, "OR has nothing after it"),
        ("acme OR OR cola", 8, "OR has nothing before it"),
        ("OR acme", 0, "OR has nothing before it"),
        ("AND acme", 0, "AND has nothing before it"),
        (") acme", 0, "has nothing before it"),
        ("acme - cola", 5, "directly after the minus"),
        ("acme -", 5, "directly after the minus"),
        ("acme (-)", 6, "directly after the minus"),
        ("-acme", 0, "excludes only"),
        ("NOT acme", 0, "excludes only"),
        ("acme OR -cola", 8, "excludes only"),
        ("NOT (acme -cola)", 0, "excludes only"),
        ("acm*", 3, "wildcards"),
        ("acme !!!", 5, "no word"),
        ('acme ""', 5, "no word"),
        ("@", 0, "no word"),
        ("(" * 60 + "a" + ")" * 60, 50, "deeper"),
        ("-" * 60 + "a", 50, "deeper"),
    ],
)
def test_a_mistake_is_pointed_at(text: str, position: int, says: str) -> None:
    with pytest.raises(QuerySyntaxError, match=says) as caught:
        parse(text)
    assert caught.value.position == position
    assert str(caught.value).endswith(f"  {text}\n  {' ' * position}^")


def test_a_pasted_file_is_refused_without_repeating_it() -> None:
    with pytest.raises(QuerySyntaxError, match="at most") as caught:
        parse("acme " * 10_000)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("Acme", word('"Acme"', "acme")),
        ('Acme "the best" Cola', word('"Acme the best Cola"', "acme", "the", "best", "cola")),
        ("Acme NOT (Corp)", word('"Acme NOT (Corp)"', "acme", "not", "corp")),
        ("H&M", word('"H&M"', "h", "&", "m")),
    ],
)
def test_a_name_becomes_a_phrase(name: str, root: Term) -> None:
    assert parse(simple_query(name)).root == root


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("acme", ("acme",)),
        ('"acme cola" OR @acme OR @acme', ('"acme cola"', "@acme")),
        ("acme (cola OR soda) -coyote", ("acme",)),
        ("(cola OR soda) acme", ("acme",)),
        ("(a OR b) (c OR d)", ("a", "b")),
        ("NOT (NOT a OR b)", ("a",)),
    ],
)
def test_search_terms_are_the_fewest_that_a_match_needs(text: str, terms: tuple[str, ...]) -> None:
    assert search_terms(parse(text)) == terms
