"""Text from strangers, made safe to print: one line, nothing invisible, nothing that acts."""

import re
import unicodedata

_KEPT_FORMATS = {"\u200c", "\u200d"}
"""Joiners that Persian, Indic scripts and emoji need; every other invisible character goes."""

_URL = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+")
_MARKDOWN = re.compile(r"([\\`*_\[\]~|<>#])")
"""Signs that format in the Markdown of Slack, Discord, Teams, Mattermost, Rocket.Chat and Google Chat."""
_WORD_JOINER = "\u2060"


def one_line(text: str) -> str:
    """Return `text` as one line without control, direction-changing or invisible characters.

    A line break in a subject would be a header of its own, and U+202E prints the rest backwards.

    >>> one_line("Refund\\r\\nBcc: all@example.com \\u202edetfar")
    'Refund Bcc: all@example.com detfar'
    """
    return " ".join("".join(_visible(character) for character in text).split())


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co"} and character not in _KEPT_FORMATS else character


def quoted(text: str) -> str:
    """Return a mention's text for a page: links are named, not carried, and nobody is called by it.

    A mail or chat program would make a stranger's address clickable, fetch it for a preview, or ring
    everybody at `@everyone` and `<!channel>`.

    >>> quoted("see https://evil.example/x now").replace("\\u2060", "")
    'see [link] now'
    """
    without_links = _URL.sub("[link]", one_line(text))
    return without_links.replace("<", "‹").replace(">", "›").replace("@", f"@{_WORD_JOINER}")


def markdown(text: str) -> str:
    r"""Return one line so that a service that reads Markdown shows it as it is.

    >>> markdown("# **Read** [this](x)")
    '\\# \\*\\*Read\\*\\* \\[this\\](x)'
    """
    return _MARKDOWN.sub(r"\\\1", text)


def shorten(text: str, length: int) -> str:
    """Return at most `length` characters, cut between words where one ends near.

    >>> shorten("a refund was refused", 14)
    'a refund was…'
    """
    if len(text) <= length:
        return text
    cut = text[: max(0, length - 1)]
    word_end = cut.rfind(" ")
    if word_end > len(cut) * 2 // 3:
        cut = cut[:word_end]
    return f"{cut.rstrip(' ,.;:')}…"[:length]
