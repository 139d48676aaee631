"""When two texts are one: by what is left without links, names, case, punctuation and spaces."""

import html
import re

from pipeline.evaluate.sentiment import unescape

_LINK_OR_NAME = re.compile(r"(?:https?://|www\.)\S+|@\w+|\bhttp\b", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[\W_]+")


def fingerprint(text: str) -> str:
    """Return `text` without links, @names, case, punctuation and spaces.

    >>> fingerprint("So GOOD, @jo! http://t.co/x") == fingerprint("so good")
    True
    """
    bare = _LINK_OR_NAME.sub(" ", html.unescape(unescape(text)))
    return _NOT_A_WORD.sub("", bare.casefold())
