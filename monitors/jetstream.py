"""Jetstream's wire, versions 1 and 2: where to connect, where to resume, what a frame says.

https://github.com/bluesky-social/jetstream, `docs/README.md` section 5 and `lexicons/`. Frames are
hostile: whatever is not as documented raises `ValueError` and costs that frame alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic_core import from_json

from core.errors import Temporary
from core.records import EPOCH

POSTS = "app.bsky.feed.post"
"""The collection of posts, replies among them."""
MAX_FRAME = 1_000_000
"""Bytes. A post's text ends at 3,000 bytes and real frames stay under 20 kB; the server is asked to leave out
larger ones, and one that comes all the same is set aside unread."""

GAPS = frozenset({"OutdatedCursor", "FutureCursor"})
"""Advices that the stream did not resume where it was asked to."""

LEAST_TIME = 10**15
"""Numbers from here on are microseconds since the epoch, lower ones are sequence numbers (section 5.1)."""
_MOST_TIME = 10**17
"""Microseconds: the year 5138. What lies beyond is no time."""
_REWIND = timedelta(seconds=5)
"""Version 1 may drop and reorder events where a replay meets the present (jetstream-legacy, issue 42)."""
_LOOKBACK = timedelta(hours=36)
"""What version 1 keeps; an older cursor is silently moved to the oldest event (section 5.1)."""
_MICROSECOND = timedelta(microseconds=1)
_SHOWN = 60
"""Characters of what a server said that are repeated."""

CLOSED = ("deleted", "takendown")
"""What an inactive account is where it does not come back by its owner's will, as one that is deactivated or
suspended for a time may (https://atproto.com/specs/account)."""

_DID = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,250}")
_RKEY = re.compile(r"[A-Za-z0-9._:~-]{1,512}")
"""https://atproto.com/specs/did and /specs/record-key."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one frame says: something about a post, an advice of the server, or only that it lives."""

    position: int = 0
    """Microseconds (version 1) or sequence number (version 2); 0 for an advice."""
    at: datetime = EPOCH
    """When the server saw it."""
    did: str = ""
    rkey: str = ""
    operation: str = ""
    """`create`, `update` or `delete` of a post, `close` of a whole account; "" for everything else."""
    record: Mapping[str, Any] = field(default_factory=dict)
    advice: str = ""
    """What the server has to say about the stream itself; see `GAPS`."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a connection begins."""

    cursor: int = 0
    """0 begins with what is written from now on."""
    seen: int = 0
    """Sequence number up to which everything was read already."""
    gap: bool = False
    """True when something between the last connection and this one is lost."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the protocol."""

    server: str
    """The public service. West and east hold the same."""
    path: str
    filters: tuple[tuple[str, str], ...]
    start: Callable[[int, datetime], Start]
    """Returns where to begin, given the last position (0 for none) and the present time."""
    read: Callable[[bytes], Event]
    """Reads a frame; raises `ValueError` for garbage, `Temporary` for an error that ends the stream."""

    def address(self, base_url: str, start: Start) -> str:
        """Return where to connect."""
        query = [*self.filters, ("maxMessageSizeBytes", str(MAX_FRAME))]
        if start.cursor:
            query.append(("cursor", str(start.cursor)))
        return f"{(base_url or self.server).rstrip('/')}{self.path}?{urlencode(query)}"


def _start_v1(position: int, now: datetime) -> Start:
    """Rewind a little; a cursor that is too old, or no time at all, tells that something is lost."""
    if not LEAST_TIME <= position < _MOST_TIME:
        return Start(gap=position > 0)  # a sequence number of version 2 means nothing here
    at = min(now, EPOCH + position * _MICROSECOND)
    return Start((at - _REWIND - EPOCH) // _MICROSECOND, gap=now - at > _LOOKBACK)


def _start_v2(position: int, _: datetime) -> Start:
    """Resume with the last event, which comes again; a time left by version 1 is understood as such."""
    return Start(position, seen=position if position < LEAST_TIME else 0)


def _read_v1(frame: bytes) -> Event:
    data = _object(from_json(frame))
    position = _number(data.get("time_us"), LEAST_TIME, _MOST_TIME)
    at = EPOCH + position * _MICROSECOND
    if data.get("kind") == "account":
        return _account(position, at, _object(data.get("account")))
    if data.get("kind") != "commit":
        return Event(position, at)
    return _commit(position, at, data.get("did"), _object(data.get("commit")))


def _read_v2(frame: bytes) -> Event:
    data = _object(from_json(frame))
    if data.get("$type") == "error":
        raise Temporary(f"the server ended the stream: {str(data.get('error'))[:_SHOWN]!r}")
    payload = _object(data.get("payload"))
    what = _text(payload.get("$type")).partition("#")[2]
    if what == "info":
        return Event(advice=_text(payload.get("name")))
    position, at = _number(payload.get("seq"), 1, LEAST_TIME), _time(payload.get("time"))
    if what == "account":
        return _account(position, at, _object(payload.get("account")))
    if what != "commit":
        return Event(position, at)
    return _commit(position, at, payload.get("did"), payload)


def _account(position: int, at: datetime, account: Mapping[str, Any]) -> Event:
    """Read a change of an account, version 1's and 2's alike: the network's own event, as it came."""
    if account.get("active") is not False or account.get("status") not in CLOSED:
        return Event(position, at)
    return Event(position, at, _like(_DID, account.get("did"), "DID"), operation="close")


def _commit(position: int, at: datetime, did: object, commit: Mapping[str, Any]) -> Event:
    """Read a change of a post; one of another collection, or of a kind still unknown, is passed over."""
    operation = commit.get("operation")
    if commit.get("collection") != POSTS or operation not in {"create", "update", "delete"}:
        return Event(position, at)
    record = {} if operation == "delete" else _object(commit.get("record"))
    rkey = _like(_RKEY, commit.get("rkey"), "record key")
    return Event(position, at, _like(_DID, did, "DID"), rkey, str(operation), record)


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("is no JSON object, or lacks one that it should have")
    return value


def _number(value: object, least: int, below: int) -> int:
    if type(value) is not int or not least <= value < below:
        raise ValueError("has no usable position")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("has no name or type")
    return value


def _time(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError("has a time without a zone")
    return at.astimezone(UTC)


def _like(pattern: re.Pattern[str], value: object, name: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"has no {name}")
    return value


VERSIONS: Mapping[int, Version] = {
    1: Version(
        "wss://jetstream2.us-east.bsky.network",
        "/subscribe",
        (("wantedCollections", POSTS),),
        _start_v1,
        _read_v1,
    ),
    2: Version(
        "wss://jetstream.us-east.bsky.network",
        "/xrpc/network.bsky.jetstream.subscribeEvents",
        (("collections", POSTS), ("kinds", "commit"), ("kinds", "account")),
        _start_v2,
        _read_v2,
    ),
}
