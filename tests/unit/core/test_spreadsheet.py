"""No cell of an export is run by a spreadsheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.spreadsheet import safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "-2+3",
        "@cmd",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        '=HYPERLINK("https://evil.example","click")',
        "\ttext",
    ],
)
def test_what_looks_like_a_formula_becomes_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "late again", "a=b", "1-2", "me@example.org", "'quoted", "…", "é"])
def test_other_text_stays(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell.removeprefix("'") == text or cell == text
    assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
