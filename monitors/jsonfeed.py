"""Reads JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Mapping

from monitors.dates import read_time
from monitors.documents import Document, Item
from monitors.normalize import MAX_NAME, MAX_TITLE, clean_id, plain_text, safe_url


def parse_json(body: bytes) -> Document:
    """Return the feed that `body` holds, or a document whose `problem` says why it is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return Document(problem="answered with JSON that cannot be read")
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(data.get("version", ""))[:100]:
        return Document(problem="answered with JSON that is no JSON Feed")
    return Document(items=tuple(_item(item) for item in items if isinstance(item, dict)))


def _item(data: Mapping[str, object]) -> Item:
    published = _text(data, "date_published") or _text(data, "date_modified")
    return Item(
        given_id=clean_id(_text(data, "id")),
        link=safe_url(_text(data, "url") or _text(data, "external_url")),
        title=plain_text(_text(data, "title"), MAX_TITLE),
        text=plain_text(_text(data, "content_html") or _text(data, "content_text") or _text(data, "summary")),
        author=plain_text(_author(data), MAX_NAME),
        language=plain_text(_text(data, "language"), MAX_NAME),
        published=clean_id(published),
        at=read_time(published),
    )


def _author(data: Mapping[str, object]) -> str:
    """Return the first author's name; version 1 has `author`, 1.1 has `authors`."""
    many = data.get("authors")
    first = many[0] if isinstance(many, list) and many else data.get("author")
    return _text(first, "name") if isinstance(first, dict) else ""


def _text(data: Mapping[str, object], key: str) -> str:
    """Return a value as text; ids are numbers now and then."""
    value = data.get(key)
    return str(value) if isinstance(value, str | int | float) else ""
