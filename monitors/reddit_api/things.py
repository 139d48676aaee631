"""One comment or submission of Reddit, read from the JSON that describes it.

Fields: https://www.reddit.com/dev/api, kinds `t1` (comment) and `t3` (submission). A fullname such as
`t1_c0299ey` is an item's identity.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import from_seconds
from core.records import Flag, Mention
from monitors.normalize import MAX_NAME, MAX_TITLE, digest, event_time, plain_text, safe_url

WWW = "https://www.reddit.com"
FULLNAME = re.compile(r"t[13]_[0-9a-z]{1,13}")
_GONE = frozenset({"[deleted]", "[removed]", "[ removed by reddit ]", "[deleted by user]"})
"""What stands in the place of words that were taken back, in small letters."""
_LAST = 253_402_300_799.0
"""Seconds since the epoch of the end of year 9999, the last that a datetime knows."""
_DIGITS = 16
"""Hex digits by which an item without a fullname is remembered."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A comment or a submission."""

    name: str
    """Fullname."""
    title: str
    text: str
    author: str
    url: str
    created: datetime | None
    edited: int
    """When it was edited last, seconds since the epoch; 0 for never."""
    gone: bool
    """Taken back by its author or removed by a moderator."""

    def mention(self, source: str, seen_at: datetime) -> Mention:
        """Return it as a mention; nothing of Reddit's may be learned from, by its terms."""
        event_at, flags = event_time(self.created, seen_at)
        return Mention(
            source=source,
            native_id=self.name,
            text=self.text,
            title=self.title,
            event_at=event_at,
            seen_at=seen_at,
            url=self.url,
            author=self.author,
            kind="comment" if self.name.startswith("t1_") else "post",
            flags=flags | Flag.NO_TRAINING | (Flag.EDITED if self.edited else Flag.NONE),
        )


def read_key(child: object) -> str:
    """Return what an item of a listing is known by: its fullname, else a digest of all of it."""
    data = child.get("data") if isinstance(child, Mapping) else None
    name = data.get("name") if isinstance(data, Mapping) else None
    if isinstance(name, str) and FULLNAME.fullmatch(name):
        return name
    return f"?{digest(repr(child))[:_DIGITS]}"


def read_thing(child: Any) -> Thing:
    """Return an item of a listing.

    Raises `ValueError`, with the reason, when it has no fullname or no words.
    """
    name = read_key(child)
    if not FULLNAME.fullmatch(name):
        raise ValueError("has no fullname, so it cannot be told from others")
    data = child["data"]
    raw_title, raw_text = (
        ("", data.get("body")) if name.startswith("t1_") else (data.get("title"), data.get("selftext", ""))
    )
    if not isinstance(raw_title, str) or not isinstance(raw_text, str):
        raise ValueError("its text is missing")
    thing = Thing(
        name=name,
        title=plain_text(raw_title, MAX_TITLE),
        text=plain_text(raw_text),
        author=_author(data.get("author")),
        url=_link(name, data),
        created=_time(data.get("created_utc")),
        edited=int(_seconds(data.get("edited"))),
        gone=_is_gone(raw_title, raw_text, data.get("removed_by_category")),
    )
    if not (thing.title or thing.text):
        raise ValueError("has no words")
    return thing


def _author(value: object) -> str:
    """Return the author's name; an author who left is None or `[deleted]`, the words may still stand."""
    return plain_text(value, MAX_NAME) if isinstance(value, str) and value != "[deleted]" else ""


def _is_gone(title: str, text: str, removed_by: object) -> bool:
    return bool(removed_by) or not _GONE.isdisjoint({title.strip().lower(), text.strip().lower()})


def _link(name: str, data: Mapping[str, Any]) -> str:
    """Return the address on Reddit, made from the ids where a permanent link is missing."""
    path, parent = data.get("permalink"), data.get("link_id")
    if isinstance(path, str) and path.startswith("/"):
        return safe_url(WWW + path)
    number = name[3:]
    if name.startswith("t3_"):
        return f"{WWW}/comments/{number}/"
    known = isinstance(parent, str) and FULLNAME.fullmatch(parent)
    return f"{WWW}/comments/{str(parent)[3:]}/_/{number}/" if known else ""


def _time(value: object) -> datetime | None:
    seconds = _seconds(value)
    return from_seconds(seconds) if seconds else None


def _seconds(value: object) -> float:
    """Return a time as seconds since the epoch, 0.0 when it is none: `edited` is False for never."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if math.isfinite(value) and 0 < value <= _LAST else 0.0
