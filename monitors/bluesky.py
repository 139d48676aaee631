"""Bluesky: every post as it is written, from Jetstream, the public JSON stream of the network."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.errors import ConfigError
from core.records import Fetched, Flag, Mention, Rejected
from monitors.bluesky_post import languages, post_text
from monitors.catalog import Context
from monitors.dates import read_time
from monitors.jetstream import GAPS, MAX_FRAME, POSTS, VERSIONS, Event, Start, Version
from monitors.jetstream_client import JetstreamClient
from monitors.normalize import MAX_NAME, clean_id, event_time, plain_text, shorten

LEAST_SILENCE = 10.0
"""Seconds: with a filter on the server, even a healthy stream has pauses of a few."""
_MOST_DIGITS = 19
"""Of a 64-bit number; a longer cursor is none of ours."""
_ARCHIVED = timedelta(days=1)
"""A post that calls itself older than this when the server first sees it was brought along from elsewhere."""


def _stream_address(url: str) -> str:
    """Return `url` when a websocket can be opened there; raises `ValueError`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is no address: check its brackets and its port (1 to 65535)") from None
    if parts.scheme not in {"ws", "wss"} or not url.isprintable() or " " in url:
        raise ValueError("should begin with wss:// or ws:// and hold no blanks")
    if not parts.hostname or port == 0 or parts.query or parts.fragment:
        raise ValueError("should name a host and no query, such as wss://jetstream.example.com")
    return url


class BlueskyMonitor:
    """Reads Jetstream. It gives every post: which ones count is the brands' queries to say.

    The cursor is the number that the server gave to the last event: a time in microseconds (version 1)
    or a sequence number (version 2); their sizes tell them apart.
    """

    kind: ClassVar[str] = "bluesky"
    about: ClassVar[str] = "Every public post on Bluesky, as it is written"
    needs: ClassVar[str] = "nothing"
    may_train: ClassVar[bool] = True
    default_interval: ClassVar[float] = 45.0

    class Options(BaseModel):
        """Further keys of a `[[source]]` table of kind `bluesky`."""

        model_config = ConfigDict(extra="forbid", frozen=True)
        version: Literal[1, 2] = 2
        """Of the protocol. 2 says when it could not resume; 1 never does, and is kept only "for a while"."""
        base_url: Annotated[str, AfterValidator(_stream_address)] = Field("", max_length=2000)
        """Another server, for those who run their own; "" is the public one."""
        languages: tuple[str, ...] = ()
        """Only posts in these, such as `en`; posts that name no language come all the same."""

    def __init__(self, name: str, interval: float, options: Options, context: Context) -> None:
        if interval < LEAST_SILENCE:
            raise ConfigError(f"key interval: should be at least {LEAST_SILENCE:g} s (is {interval:g} s)")
        self.name = name
        self.silence = interval
        self._protocol = VERSIONS[options.version]
        self._client = JetstreamClient(self._protocol, options.base_url)
        self._languages = frozenset(map(_main, options.languages))
        self._clock = context.clock

    async def stream(self, cursor: str) -> AsyncIterator[Fetched]:
        """Yield what comes after `cursor`; raises `Temporary` or `Permanent` when the connection is lost."""
        position = int(cursor) if cursor.isdecimal() and len(cursor) <= _MOST_DIGITS else 0
        start, socket = await self._client.open(position, self._clock.now())
        reader = _Reader(self.name, self._protocol, start, position, self._languages)
        async with aclosing(self._client.frames(socket)) as frames:
            async for frame in frames:
                yield reader.read(frame, self._clock.now())


class _Reader:
    """Turns the frames of one connection into mentions, and knows how far it has read."""

    def __init__(
        self, source: str, protocol: Version, start: Start, position: int, wanted: frozenset[str]
    ) -> None:
        self._source = source
        self._protocol = protocol
        self._seen = start.seen
        self._gap = start.gap
        self._position = position
        self._wanted = wanted

    def read(self, frame: bytes, now: datetime) -> Fetched:
        """Return what `frame` holds, rejected when it cannot be read; it may raise what ends the stream."""
        try:
            found = self._read(frame, now)
        except (ValueError, OverflowError) as error:
            found = Fetched(
                rejected=(Rejected(f"frame after {self._position}", shorten(str(error), MAX_NAME)),)
            )
        complete, self._gap = not self._gap, False
        return replace(found, cursor=str(self._position or ""), complete=complete)

    def _read(self, frame: bytes, now: datetime) -> Fetched:
        if len(frame) > MAX_FRAME:
            raise ValueError(f"is larger than {MAX_FRAME / 1e6:g} MB")
        event = self._protocol.read(frame)
        if event.advice in GAPS:
            self._gap, self._seen = True, 0  # the numbers that follow may be lower
        if event.position <= self._seen:
            return Fetched()  # version 2 repeats the event that it resumes with
        self._position = event.position
        if event.operation == "delete":
            return Fetched(deleted=(_native_id(event),))
        if event.operation == "close":
            return Fetched(closed=(event.did,))
        return Fetched(mentions=self._mentions(event, now)) if event.operation else Fetched()

    def _mentions(self, event: Event, now: datetime) -> tuple[Mention, ...]:
        """Return the post, or nothing when it has no words or is in a language that nobody asked for.

        An edit is given in any case: it may have taken the words away from something that was kept.
        """
        named = languages(event.record)
        text = plain_text(post_text(event.record))
        if event.operation == "create" and not (text and self._asked_for(named)):
            return ()
        event_at, flags = event_time(event.at, now)
        mention = Mention(
            source=self._source,
            native_id=_native_id(event),
            text=text,
            event_at=event_at,
            seen_at=now,
            url=f"https://bsky.app/profile/{event.did}/post/{event.rkey}",
            author=event.did,
            language=plain_text(named[0], MAX_NAME) if named else "",
            kind="comment" if event.record.get("reply") else "post",
            flags=flags | _flags(event),
        )
        return (mention,)

    def _asked_for(self, named: Sequence[str]) -> bool:
        return not self._wanted or not named or not self._wanted.isdisjoint(map(_main, named))


def _native_id(event: Event) -> str:
    return clean_id(f"at://{event.did}/{POSTS}/{event.rkey}")


def _flags(event: Event) -> Flag:
    """Return what is to be said of a post besides its time.

    `createdAt` is the client's word. It is used for this alone: importers and repaired repositories send
    posts of former years as new ones, and a burst of them is no storm.
    """
    if event.operation == "update":
        return Flag.EDITED
    created = event.record.get("createdAt")
    at = read_time(created) if isinstance(created, str) else None
    return Flag.BACKFILL if at and event.at - at > _ARCHIVED else Flag.NONE


def _main(language: str) -> str:
    """Return the language without region or script: `en` of `en-US`."""
    return language.partition("-")[0].lower()
