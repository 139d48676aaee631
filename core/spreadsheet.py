"""Text that a spreadsheet will not run: mentions are hostile, and people open CSV files in spreadsheets."""

_FORMULA = tuple("=+-@＝＋－＠")
"""First signs of a formula, the full-width ones as well
(https://owasp.org/www-community/attacks/CSV_Injection)."""

_CONTROLS = ("\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """Return `text` with an apostrophe before it where a spreadsheet might take it for a formula.

    >>> safe_cell("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    >>> safe_cell("late again")
    'late again'
    """
    # Some programs cut blanks before they look for a formula.
    hostile = text.startswith(_CONTROLS) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if hostile else text
