import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.query import And, Expression, Matcher, Not, Or, Query, Term, parse, search_terms
from core.query.syntax import cover


def matches(query: str, text: str) -> bool:
    return Matcher({"brand": parse(query)}).match(text) == ("brand",)


@pytest.mark.parametrize(
    "text",
    [
        "acme",
        "ACME!",
        "Acme's",
        "Acme’s new",
        "(acme)",
        "acme-cola",
        "an #acme",
        "hey @acme",
        "ａｃｍｅ",
        "ac\u200bme",
    ],
)
def test_a_word_is_found_as_a_whole_token(text: str) -> None:
    assert matches("acme", text)


@pytest.mark.parametrize(
    "text", ["acmeology", "acme_news", "macme", "acme2", "#acmefail", "@acme_help", "", "…"]
)
def test_a_word_is_not_found_inside_another(text: str) -> None:
    assert not matches("acme", text)


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("@acme", "thanks @ACME.", True),
        ("@acme", "＠acme", True),
        ("@acme", "@acme@social.example", True),
        ("@acme", "acme", False),
        ("@acme", "#acme", False),
        ("@acme", "me@acme.example", False),
        ("@acme", "@acme_help", False),
        ("#acme", "so #Acme", True),
        ("#acme", "page#acme", False),
        ("#acme", "@acme", False),
        ('"acme cola"', "ACME   Cola", True),
        ('"acme cola"', "Acme-Cola’s", True),
        ('"acme cola"', "the @acme cola", True),
        ('"acme cola"', "cola acme", False),
        ('"acme cola"', "acme light cola", False),
        ('"love @acme"', "i love @acme", True),
        ('"love @acme"', "i love acme", False),
        ("McDonald's", "at McDonald’s now", True),
        ("AT&T", "at&t is down", True),
        ("AT&T", "at t", False),
        ('"Disney+"', "I have Disney+.", True),
        ('"Disney+"', "I have Disney.", False),
        ("Straße", "STRASSE", True),
        ("Nestlé", "NESTLE\u0301", True),
        ("Nestlé", "nestle", False),
        ("नमस्ते", "नमस्ते दुनिया", True),
        ("नम", "नमस्ते", False),
    ],
)
def test_terms(query: str, text: str, found: bool) -> None:
    assert matches(query, text) is found


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("可口可乐", "我爱可口可乐因为"),
        ("ソニー", "新しいソニーのカメラ"),
        ("ｿﾆｰ", "新しいソニーのカメラ"),
        ("삼성", "삼성은 좋다"),
        ("โค้ก", "ฉันชอบโค้กมาก"),
        ("#可口可乐", "看 #可口可乐 吧"),
        ("sony", "新しいSONYのカメラ"),
    ],
)
def test_scripts_without_spaces_match_inside_a_sentence(query: str, text: str) -> None:
    assert matches(query, text)
    assert not matches(query, "something else, 別の話, 다른 것, อื่น")


def test_brands_keep_the_order_they_were_given() -> None:
    brands = {"Zeta": "zeta OR both", "Acme": "acme OR both", "Other": "other"}
    matcher = Matcher({name: parse(query) for name, query in brands.items()})
    assert matcher.match("both of them") == ("Zeta", "Acme")
    assert matcher.match("acme") == ("Acme",)
    assert Matcher({}).match("anything") == ()


@pytest.mark.parametrize(
    "unit", ["a", "acme ", "可", "\u0327\u0301", "&", "@", "@a ", "#", "\u0e01\u0e31", "\ufdfa"]
)
def test_a_text_of_a_megabyte_is_read_to_its_end(unit: str) -> None:
    """Quadratic behaviour would hang here: half a million combining marks alone took minutes."""
    assert matches("needle", unit * (1_000_000 // len(unit)) + " needle")


# A naive evaluator, to compare with: texts are lists of words with an optional sign.

WORDS = st.sampled_from(["a", "b", "c", "d"])
SIGNED = st.builds(str.__add__, st.sampled_from(["", "", "@", "#"]), WORDS)


def naive(expression: Expression, text: list[str]) -> bool:
    match expression:
        case Term(_, written) if written[0] in "@#":
            return written in text
        case Term(_, written):
            bare = " ".join(word.lstrip("@#") for word in text)
            return f" {written.strip(chr(34))} " in f" {bare} "
        case Not(item):
            return not naive(item, text)
        case And(items):
            return all(naive(item, text) for item in items)
        case Or(items):
            return any(naive(item, text) for item in items)


def written(expression: Expression) -> str:
    match expression:
        case Term(_, text):
            return text
        case Not(item):
            return f"NOT ({written(item)})"
        case And(items):
            return " ".join(f"({written(item)})" for item in items)
        case Or(items):
            return " OR ".join(f"({written(item)})" for item in items)


def term(text: str) -> Term:
    root = parse(text).root
    assert isinstance(root, Term)
    return root


PHRASES = st.lists(WORDS, min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"')
EXPRESSIONS = st.recursive(
    st.one_of(SIGNED, PHRASES).map(term),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(And),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(Or),
    ),
    max_leaves=8,
)
QUERIES = EXPRESSIONS.filter(cover).map(lambda root: Query(written(root), root))
TEXTS = st.lists(SIGNED, max_size=8)


@given(st.lists(QUERIES, min_size=1, max_size=5), TEXTS)
def test_the_matcher_agrees_with_the_naive_evaluator(queries: list[Query], text: list[str]) -> None:
    matcher = Matcher({str(number): query for number, query in enumerate(queries)})
    expected = tuple(str(number) for number, query in enumerate(queries) if naive(query.root, text))
    assert matcher.match(" ".join(text)) == expected


@given(QUERIES)
def test_a_written_query_is_read_back(query: Query) -> None:
    assert parse(query.text).root == query.root


@given(QUERIES, TEXTS)
def test_every_match_holds_a_search_term(query: Query, text: list[str]) -> None:
    if naive(query.root, text):
        either = parse(" OR ".join(search_terms(query)))
        assert Matcher({"brand": either}).match(" ".join(text))


@given(EXPRESSIONS)
def test_a_query_without_a_cover_holds_without_any_of_its_terms(root: Expression) -> None:
    assert bool(cover(root)) is not naive(root, [])


@given(st.text(), st.text(alphabet=string.ascii_lowercase, min_size=1))
def test_no_text_breaks_the_matcher(text: str, word: str) -> None:
    assert matches(word, f"{text} {word} {text}")
