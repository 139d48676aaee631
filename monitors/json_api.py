"""What sources with a JSON interface share: an answer may hold anything, and nothing in it may be missed."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from core.errors import Temporary
from monitors.http import Reply


def read_json(reply: Reply) -> object:
    """Return what an answer holds; raises `Temporary`, naming the host, when it is no JSON."""
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        raise Temporary(f"{urlsplit(reply.url).hostname} answered with {_instead(reply)}") from None


def _instead(reply: Reply) -> str:
    if not reply.whole:
        return "JSON that breaks off in the middle"
    return "a web page, not JSON" if reply.body.lstrip().startswith(b"<") else "JSON that cannot be read"


def at(value: object, *path: str) -> object:
    """Return what lies at `path` inside nested objects, None where there is nothing.

    >>> at({"account": {"acct": "ann"}}, "account", "acct"), at([], "account")
    ('ann', None)
    """
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def text_at(value: object, *path: str) -> str:
    """Return the text or whole number at `path` as text, "" for anything else."""
    found = at(value, *path)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
