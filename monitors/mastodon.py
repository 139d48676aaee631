"""Public posts with a hashtag on one Mastodon server
(https://docs.joinmastodon.org/methods/timelines/#tag).

`min_id` pages forward: it gives what directly follows an id, also when the status of that id is gone,
because ids are compared. A post from another server gets an id by the time at which it was written, so
one that arrives late stands *before* what was read already: the last half hour, at least a page, is read
again each time, which brings edits too. What is missing there then, and has no address any more
(https://docs.joinmastodon.org/methods/statuses/#get), was taken back.
Elsewhere the same post has another id: its identity is its `uri`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.codec import dumps
from core.errors import FiretowerError, Permanent, Temporary
from core.records import Fetched, Flag, Mention
from monitors.catalog import Context
from monitors.dates import read_time
from monitors.gathering import Gathering, Unreadable, read_position
from monitors.http import Denied, Gone, Reply
from monitors.json_api import at, read_json, text_at
from monitors.normalize import MAX_NAME, MAX_TITLE, clean_id, event_time, plain_text, safe_url
from monitors.rss import WebAddress, polite

PAGE = 40
"""The most that one answer holds."""
MAX_PAGES = 15
"""Of one fetch: five may be read again, ten are new. The next fetch goes on."""
OVERLAP = 1_800.0
"""Seconds before the newest post that are read again."""
MAX_ASKED = 5
"""Posts that one fetch asks the server about, because the timeline does not show them again."""
MAX_AGAIN = 5 * PAGE
"""Posts that are read again at most, however many half an hour holds."""
BEGINNING = "0"
"""Lies before every id."""
_CLOSED = {401, 403, 404, 422}
"""How servers say that a timeline is not for everybody; 422 is what older ones answer."""
_NOT_FOUND = 404
_MEMBERS_ONLY = (
    "it shows this timeline to members only; make a token with read:statuses there and name its "
    "variable as token_env, or read another server"
)
Uris = tuple[str, ...]

_TAG = re.compile(r"\w{1,100}")


class MastodonOptions(BaseModel):
    """The keys of a `[[source]]` table of kind `mastodon`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instance: WebAddress
    """Address of the server."""
    tags: tuple[str, ...] = Field(min_length=1, max_length=5)
    """Hashtags; a post with any of them is read. The server takes four besides the first."""
    token_env: str = ""
    """Environment variable with a user's token, for servers that show timelines to members only."""

    @field_validator("tags")
    @classmethod
    def _are_hashtags(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(tag.strip().removeprefix("#") for tag in tags)
        for tag in plain:
            if not _TAG.fullmatch(tag):
                raise ValueError(f'{tag[:40]!r} is no hashtag; write it as "acme", letters and digits only')
        return plain


@dataclass(frozen=True, slots=True)
class Anchor:
    """A status that was read."""

    id: str
    at: float
    """Seconds since the epoch at which it was written."""
    uri: str = ""
    """Its identity on all servers; "" in a cursor of a former version."""

    @property
    def rank(self) -> tuple[int, str]:
        """Orders ids: numbers by size, and those of other servers, which all have one length, by letter."""
        return len(self.id), self.id


@dataclass(frozen=True, slots=True)
class Position:
    """The cursor: what to read again from, oldest first, and what was read."""

    anchors: tuple[Anchor, ...] = ()
    seen: tuple[str, ...] = ()


class MastodonMonitor:
    """Reads the posts with some hashtags that one server knows"""

    kind: ClassVar[str] = "mastodon"
    about: ClassVar[str] = "Public posts with a hashtag that a Mastodon server knows."
    needs: ClassVar[str] = "nothing, or a user's token where the server shows timelines to members only"
    may_train: ClassVar[bool] = False
    """The terms of the largest server forbid it since July 2025, and its posts are found on all others."""
    default_interval: ClassVar[float] = 60.0
    Options = MastodonOptions

    def __init__(self, name: str, interval: float, options: MastodonOptions, context: Context) -> None:
        self.name = name
        self.interval = polite(interval)
        self._tags = options.tags
        self._server = options.instance.rstrip("/")
        self._host = urlsplit(self._server).hostname or ""
        self._token_env = options.token_env
        self._context = context

    async def fetch(self, cursor: str) -> Fetched:
        """Return new and edited posts, at first the newest page only.

        Raises `Permanent`, saying what to do, when the server has closed the timeline or a token is missing.
        """
        position = read_position(Position, cursor)
        found = Gathering(position.seen)
        anchors, whole = await self._read(position.anchors, found)
        asked, gone = await self._missing(position.anchors, anchors)
        known = [anchor for anchor in position.anchors if anchor not in asked]
        end = dumps(Position(_keep((*known, *anchors)), found.seen))
        return Fetched(tuple(found.mentions), end, tuple(found.rejected), gone, complete=whole)

    async def _missing(self, known: Sequence[Anchor], read: Sequence[Anchor]) -> tuple[set[Anchor], Uris]:
        """Ask about posts that should have been read again and were not; return those, and which are gone.

        The first one is where reading began, and may be there. A post may leave a timeline and still be
        public: without the hashtag, or hidden by the server. So its own address decides.
        """
        there = {anchor.id for anchor in read}
        newest = max((anchor.rank for anchor in read), default=None)
        missing = [one for one in known[1:] if one.uri and one.id not in there]
        asked: dict[Anchor, bool] = {}
        for one in missing[:MAX_ASKED]:
            if newest is None or one.rank < newest:
                try:
                    asked[one] = await self._is_gone(one)
                except Temporary:
                    break  # it is missing again next time
        return set(asked), tuple(one.uri for one, gone in asked.items() if gone)

    async def _is_gone(self, anchor: Anchor) -> bool:
        try:
            await self._get(f"/api/v1/statuses/{quote(anchor.id, safe='')}")
        except Gone:
            return True
        except Denied as error:
            return error.status == _NOT_FOUND
        return False

    async def _read(self, known: tuple[Anchor, ...], found: Gathering) -> tuple[list[Anchor], bool]:
        """Read page after page until one is empty; return what was read, and False if some may be missing."""
        anchors: list[Anchor] = []
        last = known[0] if known else None
        for number in range(MAX_PAGES if known else 1):
            try:
                statuses = await self._page(last)
            except Temporary:
                if not found.mentions:
                    raise
                break  # what was read is kept; the next fetch goes on from there, and tells if it fails again
            if not statuses:
                return anchors, number > 0 or not await self._lost(known)
            found.read(statuses, self._mention)
            read = _anchors(statuses)
            newest = max(read, key=lambda anchor: anchor.rank, default=last)
            if newest is None or (last and newest.rank <= last.rank):
                return anchors, False
            anchors.extend(read)
            last = newest
        return anchors, True

    async def _page(self, last: Anchor | None) -> list[object]:
        """Return the statuses directly after `last`, or the newest."""
        first, *others = self._tags
        query = [("limit", str(PAGE)), *(("any[]", tag) for tag in others)]
        query += [("min_id", last.id)] if last else []
        path = f"/api/v1/timelines/tag/{quote(first, safe='')}?{urlencode(query)}"
        try:
            reply = await self._get(path)
        except Denied as error:
            raise Permanent(self._refusal(error)) from None
        statuses = read_json(reply)
        if not isinstance(statuses, list):
            raise Temporary(f"{self._host} answered with JSON that is no timeline")
        return statuses[: 2 * PAGE]

    def require_keys(self) -> None:
        """See `monitors.catalog.Keyed`."""
        self._token()

    def _token(self) -> str:
        return self._context.secret(self._token_env) if self._token_env else ""

    async def _get(self, path: str) -> Reply:
        return await self._context.http.get(self._server + path, token=self._token())

    def _refusal(self, error: Denied) -> str:
        if error.status not in _CLOSED:
            return str(error)
        if self._token_env:
            return (
                f"{self._host} answered {error.status}: the token is not valid there, or lacks read:statuses"
            )
        return f"{self._host} answered {error.status}: {_MEMBERS_ONLY}"

    async def _lost(self, known: tuple[Anchor, ...]) -> bool:
        """Judge an empty first page: return whether posts that were there before should be in it.

        Raises `Permanent` when the server says that it has closed the timeline; it answers `[]` then.
        """
        if len(known) == 1:
            return False  # the one post that is known is where reading began
        try:
            data = read_json(await self._get("/api/v2/instance"))
        except FiretowerError:
            return bool(known)  # an old server; nothing more is to be learned
        access = at(data, "configuration", "timelines_access", "hashtag_feeds")
        allowed = {text_at(access, "local"), text_at(access, "remote")}
        if allowed == {"disabled"}:
            raise Permanent(f"{self._host} has switched hashtag timelines off; read another server")
        if allowed <= {"disabled", "authenticated"} and not self._token_env:
            raise Permanent(f"{self._host}: {_MEMBERS_ONLY}")
        return bool(known)

    def _mention(self, status: object) -> Mention | None:
        native_id = clean_id(text_at(status, "uri"))
        if not native_id:
            raise Unreadable("has no uri, so it cannot be told from others")
        if at(status, "reblog") is not None or text_at(status, "visibility") != "public":
            return None
        title = plain_text(text_at(status, "spoiler_text"), MAX_TITLE)
        text = plain_text(text_at(status, "content"))
        if not title and not text:
            return None  # a picture without a word
        seen_at = self._context.clock.now()
        event_at, flags = event_time(read_time(text_at(status, "created_at")), seen_at)
        return Mention(
            source=self.name,
            native_id=native_id,
            text=text,
            title=title,
            event_at=event_at,
            seen_at=seen_at,
            url=safe_url(text_at(status, "url")),
            author=self._author(status),
            language=plain_text(text_at(status, "language"), MAX_NAME),
            flags=flags | Flag.NO_TRAINING | (Flag.EDITED if text_at(status, "edited_at") else Flag.NONE),
        )

    def _author(self, status: object) -> str:
        """Return `name@server`; the server leaves its own name out."""
        account = plain_text(text_at(status, "account", "acct"), MAX_NAME)
        return account if not account or "@" in account else f"{account}@{self._host}"


def _anchors(statuses: Iterable[object]) -> list[Anchor]:
    """Return the statuses of which the server says an id."""
    found = []
    for status in statuses:
        written = read_time(text_at(status, "created_at"))
        if name := clean_id(text_at(status, "id")):
            seconds = written.timestamp() if written else 0.0
            found.append(Anchor(name, seconds, clean_id(text_at(status, "uri"))))
    return found


def _keep(anchors: Iterable[Anchor]) -> tuple[Anchor, ...]:
    """Return where to read again from: half an hour, at least a page, in the order of ids."""
    ordered = sorted({anchor.id: anchor for anchor in anchors}.values(), key=lambda anchor: anchor.rank)
    newest = max((anchor.at for anchor in ordered), default=0.0)
    recent = sum(anchor.at >= newest - OVERLAP for anchor in ordered)
    return tuple(ordered[-max(PAGE, min(recent, MAX_AGAIN)) :]) or (Anchor(BEGINNING, 0.0),)
