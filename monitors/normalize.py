"""Makes hostile input plain: text without markup, times that can be trusted or are flagged, safe links.

The rules, in `docs/design/monitors.md`:

- text is plain Unicode on one line; markup, scripts, control characters and lone surrogates are gone;
- a time that is missing or impossible is never quietly replaced by now: `UNDATED` says that it was;
- an identity is what the source calls the item; the text is never a part of it.
"""

import calendar
import hashlib
import html
import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import nh3

from core.records import EPOCH, Flag

MAX_TITLE = 500
MAX_TEXT = 20_000
"""Characters kept. The encoder reads some 200 words; the rest is for people and for search."""
MAX_NAME = 200
"""Characters of an author's name or a language."""
MAX_URL = 2_000
MAX_ID = 300
"""A longer id is replaced by its digest."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing on the web is older: an earlier time is a placeholder such as 1970-01-01."""

_MAX_HTML = 50_000
"""Characters of one item that are looked at; deep nesting costs the square of it (0.4 s at worst)."""
_DROPPED = {"script", "style", "template", "iframe", "object", "svg", "math"}
_BLOCK = re.compile(r"<(?=/?(?:p|br|hr|div|li|ul|ol|dl|dt|dd|td|th|tr|table|h[1-6]|blockquote|pre)\b)", re.I)
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:[a-zA-Z]\w{1,31}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_UNWANTED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Controls, overrides of the writing direction (they disguise text), and what is no character at all."""


def plain_text(value: str, limit: int = MAX_TEXT) -> str:
    """Return `value`, HTML or not, as plain text on one line, at most `limit` characters.

    >>> plain_text("<p>A&amp;B</p><p>are <b>down</b></p><script>x()</script>")
    'A&B are down'
    >>> plain_text("5 < 6 and x<y")
    '5 < 6 and x<y'
    """
    value = _UNWANTED.sub("", value[:_MAX_HTML])  # also before: nh3 refuses lone surrogates
    if _MARKUP.search(value):
        spaced = _BLOCK.sub(" <", value)
        value = html.unescape(nh3.clean(spaced, tags=set(), clean_content_tags=_DROPPED))
    return shorten(" ".join(_UNWANTED.sub("", value).split()), limit)


def shorten(text: str, limit: int) -> str:
    """Return `text`, cut to `limit` characters with a visible `…` when it is longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean_id(value: str) -> str:
    """Return an id that can be stored: no controls or blanks around it, a digest when it is overlong."""
    value = " ".join(_UNWANTED.sub("", value).split())
    return value if len(value) <= MAX_ID else digest(value)


def digest(*parts: str) -> str:
    """Return the SHA-256 of `parts`, 64 hex digits."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def native_id(feed: str, given: str, link: str, title: str, published: str) -> str:
    """Return the identity of an item, "" when it has nothing that could be one.

    The id that the feed gives, else a digest of feed and link, else of feed, title and time.
    """
    if given:
        return given
    if link:
        return digest(feed, link)
    return digest(feed, title, published) if title else ""


def event_time(published: datetime | None, seen_at: datetime) -> tuple[datetime, Flag]:
    """Return an item's own time and what has to be said about it.

    A missing or impossible time becomes `seen_at` with `UNDATED`; one in the future is clamped to
    `seen_at` with `FUTURE`.
    """
    if published is None or published < EARLIEST:
        return seen_at, Flag.UNDATED
    if published > seen_at:
        return seen_at, Flag.FUTURE
    return published, Flag.NONE


def from_struct(value: time.struct_time | None) -> datetime | None:
    """Return feedparser's parsed time, which is UTC without saying so; None when it is impossible."""
    if value is None:
        return None
    try:
        return EPOCH + timedelta(seconds=calendar.timegm(value))
    except (ValueError, OverflowError):
        return None


def safe_url(value: str) -> str:
    """Return an http(s) address, unwrapped from Google's redirect, or "" for anything else.

    >>> safe_url("javascript:alert(1)")
    ''
    >>> safe_url("https://www.google.com/url?rct=j&url=https://news.example/a%3Fb%3D1&ct=ga")
    'https://news.example/a?b=1'
    """
    value = _UNWANTED.sub("", value).strip()
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host or len(value) > MAX_URL or " " in value:
        return ""
    if parts.path == "/url" and re.fullmatch(r"(www\.)?google(\.[a-z]{2,3}){1,2}", host):
        inner = parse_qs(parts.query).get("url") or parse_qs(parts.query).get("q")
        return safe_url(inner[0]) if inner else value
    return value
