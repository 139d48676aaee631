"""Turns the bytes of a feed into a `Document`: RSS and Atom by feedparser, JSON Feed by `jsonfeed`.

Run as a program (`python -m monitors.feedparse`) it reads one JSON line with `content_type` and
`url`, then the body, from standard input and writes the document as JSON: `monitors.parsing` gives
it large bodies, because feedparser is pure Python and would hold up everything else.
"""

import io
import re
import sys
from dataclasses import dataclass
from urllib.parse import urljoin

import feedparser
from feedparser import FeedParserDict

from core.codec import dumps, loads
from monitors.documents import Document, Item
from monitors.jsonfeed import parse_json
from monitors.normalize import MAX_NAME, MAX_TITLE, clean_id, from_struct, plain_text, safe_url

_WEB_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.I)
_END = re.compile(rb"</\s*(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>", re.I)
_OPENING = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.I)
_CLOSING = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.I)
_BLANK_BEFORE_XML = re.compile(rb"\A\s+(?=<\?xml)")
"""A common slip that a strict parser refuses for no good reason."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the parser must know besides the body."""

    content_type: str = ""
    url: str = ""
    """For relative links."""


def parse_feed(body: bytes, origin: Origin) -> Document:
    """Return the feed in `body`; whatever is wrong with it is in the document's `problem`. Never raises."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return parse_json(body)
    try:
        return _parse_xml(body, origin)
    except Exception as error:  # feedparser meets hostile bytes: any failure of it is about this feed alone
        return Document(problem=f"answered with a feed that cannot be parsed ({type(error).__name__})")


def _parse_xml(body: bytes, origin: Origin) -> Document:
    # No content-location: feedparser would resolve ids against it, and a feed that moves would lose them.
    headers = {"content-type": origin.content_type}
    # Only ever a stream of bytes: feedparser opens a str as an address or a local file.
    stream = io.BytesIO(_BLANK_BEFORE_XML.sub(b"", body))
    parsed = feedparser.parse(
        stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.version and not parsed.entries:
        return Document(problem=_problem(body))
    whole, cut = _how_it_ends(body) if parsed.bozo else (True, 0)
    entries = parsed.entries[: len(parsed.entries) - cut]
    language = str(parsed.feed.get("language") or "")
    return Document(
        items=tuple(_item(entry, origin.url, language) for entry in entries),
        whole=whole,
        cut=min(cut, len(parsed.entries)),
        fresh_seconds=_minutes(parsed.feed.get("ttl")) * 60,
    )


def _problem(body: bytes) -> str:
    if _WEB_PAGE.search(body[:2000]):
        return "answered with a web page, not a feed"
    return "answered with something that is no feed"


def _how_it_ends(body: bytes) -> tuple[bool, int]:
    """Return whether an ill-formed document has its end, and 1 if its last item is cut, else 0."""
    plain = body.replace(b"\0", b"")  # so that UTF-16 and UTF-32 read like ASCII
    if _END.search(plain[-1000:]):
        return True, 0
    last_open = max((match.start() for match in _OPENING.finditer(plain)), default=-1)
    last_close = max((match.start() for match in _CLOSING.finditer(plain)), default=-1)
    return False, int(last_open > last_close)


def _item(entry: FeedParserDict, base: str, language: str) -> Item:
    return Item(
        given_id=clean_id(str(entry.get("id") or "")),
        link=_link(entry, base),
        title=plain_text(str(entry.get("title") or ""), MAX_TITLE),
        text=plain_text(_body(entry)),
        author=plain_text(str(entry.get("author") or ""), MAX_NAME),
        publisher=plain_text(str((entry.get("source") or {}).get("title") or ""), MAX_NAME),
        language=plain_text(language, MAX_NAME),
        published=clean_id(str(entry.get("published") or dict.get(entry, "updated") or "")),
        # dict.get: feedparser answers a missing `updated` with `published` and a warning
        at=from_struct(entry.get("published_parsed")) or from_struct(dict.get(entry, "updated_parsed")),
    )


def _link(entry: FeedParserDict, base: str) -> str:
    """Return the item's absolute address; feedparser gives its id in place of a missing one."""
    link = str(entry.get("link") or "")
    if not link or link == entry.get("id"):
        return safe_url(link)
    try:
        return safe_url(urljoin(base, link))
    except ValueError:  # `http://[`
        return ""


def _body(entry: FeedParserDict) -> str:
    """Return the full content where the feed gives it, else the summary."""
    contents = [str(content.get("value") or "") for content in entry.get("content") or ()]
    return next(filter(None, contents), "") or str(entry.get("summary") or "")


def _minutes(value: object) -> float:
    text = str(value or "").strip()
    return float(text[:6]) if text.isascii() and text.isdigit() else 0.0


def main() -> None:
    """Parse standard input; see the module's docstring."""
    origin = loads(Origin, sys.stdin.buffer.readline())
    document = parse_feed(sys.stdin.buffer.read(), origin)
    sys.stdout.write(dumps(document))


if __name__ == "__main__":
    main()
