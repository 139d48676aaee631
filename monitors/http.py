"""One polite HTTP client for all sources.

Conditional requests (RFC 9110, section 13), a limit on the body, a pause between requests to one
host, Retry-After obeyed per host, permanent redirects remembered, and one meaning for each status:
`Temporary`, `Permanent` or `Gone`. It never retries: that is the poll loop's work alone.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version

import httpx

from core.errors import Permanent, Temporary
from core.ports import Clock
from core.records import derive
from monitors import redirects
from monitors.body import ENCODINGS, read_body
from monitors.reaching import place, reason

MAX_BODY = 10_000_000
"""Bytes, unpacked. Real feeds stay under 2 MB; 12.6 MB take 8 s to parse."""

_MAX_REDIRECTS = 5
_MAX_PAUSE = 86_400.0
"""Seconds: a longer Retry-After is a mistake or spite."""
_MAX_VALIDATOR = 1_000
"""Characters of an ETag or Last-Modified that is kept."""
_FLAKY_HOSTS = frozenset({"www.youtube.com", "youtube.com"})
"""YouTube's feeds answer 404 and 500 now and then for channels that live (seen March to September 2026)."""


class Denied(Permanent):
    """Another status below 500 that asking again will not change; `status` is its number."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Gone(Permanent):
    """410: the server says that it will never come back."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What to remember between two requests of one feed; part of a source's cursor."""

    origin: str = ""
    """Derived from the configured address that the rest belongs to; that one may hold a token."""
    url: str = ""
    """Where it has moved to for good, "" when it has not."""
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `body` is empty when `unchanged`."""

    validators: Validators
    url: str
    """Where the answer came from in the end."""
    body: bytes = b""
    content_type: str = ""
    unchanged: bool = False
    whole: bool = True
    """False when the connection broke before the end of the body."""
    max_age: float = 0.0
    """Seconds for which the server says its answer stays fresh (Cache-Control), 0 when it does not say."""


class HttpClient:
    """GET with manners, shared by all sources.

    `clock` is real time, also in the demo: other people's servers live in it. `contact` is an
    address or URL for their operators, part of the User-Agent. `pause` are the seconds between two
    requests to one host, `timeout` those for one step (connect, read), `deadline` those for a
    whole answer, which stops a server that sends one byte at a time.
    """

    def __init__(
        self,
        clock: Clock,
        contact: str = "",
        *,
        pause: float = 1.0,
        timeout: float = 20.0,
        deadline: float = 60.0,
        max_body: int = MAX_BODY,
    ) -> None:
        self._clock = clock
        self._deadline = deadline
        self._max_body = max_body
        self._hosts = _Hosts(clock, pause)
        self._client = httpx.AsyncClient(
            headers={"User-Agent": _user_agent(contact), "Accept-Encoding": ENCODINGS},
            timeout=timeout,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # nobody follows us around
        )

    async def get(
        self, url: str, known: Validators | None = None, accept: str = "*/*", token: str = ""
    ) -> Reply:
        """Return the answer of `url`; `known` is what the last answer left in `Reply.validators`.

        `token` goes along as a bearer token (RFC 6750), but never to another server than that of `url`.
        Raises `Temporary`, `Permanent` or `Gone`; messages name host and port, never the whole address,
        which may hold a token.
        """
        origin = derive("feed", url)
        remembered = known if known and known.origin == origin else Validators(origin)
        start = _parse(url)
        try:
            return await self._get(start, remembered, accept, token)
        except httpx.TransportError as error:
            raise Temporary(_unreachable(error)) from None
        except TimeoutError:
            raise Temporary(f"{_place(start)} did not answer in time") from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _get(self, start: httpx.URL, known: Validators, accept: str, token: str) -> Reply:
        target, for_good = start, True
        if known.url:
            target = await _follow(start, known.url)
        for _ in range(1 + _MAX_REDIRECTS):
            await self._hosts.turn(target.host)
            bearer = token if _server(target) == _server(start) else ""
            request = self._client.stream("GET", target, headers=_headers(known, accept, bearer))
            async with asyncio.timeout(self._deadline), request as response:
                if not response.has_redirect_location:
                    return await self._reply(response, known)
                target = await _follow(target, response.headers["location"])
                for_good = for_good and response.status_code in {301, 308}
                known = replace(known, url=str(target)) if for_good else known
        raise Temporary(f"{start.host} redirects more than {_MAX_REDIRECTS} times")

    async def _reply(self, response: httpx.Response, known: Validators) -> Reply:
        url, host = response.request.url, response.request.url.host
        reply = Reply(
            known, str(url), max_age=_max_age(response), content_type=response.headers.get("content-type", "")
        )
        if response.status_code == 304 and (known.etag or known.modified):
            return replace(reply, unchanged=True)
        if not response.is_success:
            raise self._failure(response)
        try:
            body, whole = await read_body(response, self._max_body)
        except Temporary as error:
            raise Temporary(f"{host} {error}") from None
        if not body.strip():
            raise Temporary(f"{host} answered with nothing")
        return replace(reply, body=body, whole=whole, validators=_remember(response, known, whole))

    def _failure(self, response: httpx.Response) -> Temporary | Permanent:
        host, status = response.request.url.host, response.status_code
        message = f"{host} answered {status} {response.reason_phrase[:40]}".rstrip()
        if status == 429 or status >= 500 or status in {304, 408, 425}:
            pause = retry_after(response.headers.get("retry-after", ""), self._clock.now())
            if status == 429 and pause:
                self._hosts.hold(host, pause)
            return Temporary(message, pause)
        if status == 404 and host in _FLAKY_HOSTS:
            return Temporary(f"{message}; it does that now and then")
        if status == 410:
            return Gone(f"{message}: the feed has ended; remove it from the configuration")
        return Denied(f"{message}; check the address and whether it needs a key", status)


class _Hosts:
    """Gives each host its turns: one request per `pause` seconds, none while it asked for quiet."""

    def __init__(self, clock: Clock, pause: float) -> None:
        self._clock = clock
        self._pause = timedelta(seconds=pause)
        self._next: dict[str, datetime] = {}
        self._held: dict[str, datetime] = {}

    async def turn(self, host: str) -> None:
        """Wait for the host's next turn; raises `Temporary` while it asked for quiet."""
        now = self._clock.now()
        self._held = {name: until for name, until in self._held.items() if until > now}
        if host in self._held:
            left = (self._held[host] - now).total_seconds()
            raise Temporary(f"{host} asked for a pause", left)
        self._next = {name: at for name, at in self._next.items() if at > now}
        at = self._next.get(host, now)
        self._next[host] = at + self._pause
        if at > now:
            await self._clock.sleep((at - now).total_seconds())

    def hold(self, host: str, seconds: float) -> None:
        """Leave the host alone for `seconds`."""
        self._held[host] = self._clock.now() + timedelta(seconds=seconds)


def retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date, as seconds from `now`; None when it says nothing.

    >>> retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _MAX_PAUSE)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    left = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(left, _MAX_PAUSE) if left > 0 else None


def _parse(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Permanent(f"the address cannot be read: {error}") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host or (parsed.port or 0) > 65535:
        raise Permanent("the address should look like https://example.com/feed")
    return parsed


async def _follow(source: httpx.URL, location: str) -> httpx.URL:
    try:
        return await redirects.follow(source, location)
    except redirects.Refused as error:
        raise redirects.Refused(f"{source.host} {error}") from None


def _user_agent(contact: str) -> str:
    return f"Firetower/{version('firetower')} ({f'+{contact}; ' if contact else ''}brand mention monitor)"


def _place(url: httpx.URL) -> str:
    return place(url.host, url.port, url.scheme)


def _unreachable(error: httpx.TransportError) -> str:
    """Say which server failed, which may be one that the first one redirects to, and how."""
    where = _place(error.request.url)
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return f"{where} did not answer in time"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return f"{where} broke off before it had answered"
    return f"{where} cannot be reached: {reason(error)}"


def _server(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _headers(known: Validators, accept: str, bearer: str) -> dict[str, str]:
    optional = {
        "If-None-Match": known.etag,
        "If-Modified-Since": known.modified,
        "Authorization": bearer and f"Bearer {bearer}",
    }
    return {"Accept": accept} | {name: value for name, value in optional.items() if value}


def _remember(response: httpx.Response, known: Validators, whole: bool) -> Validators:
    """Keep the validators of a whole answer; with those of half a one the rest would never come."""
    if not whole:
        return replace(known, etag="", modified="")
    etag, modified = (_validator(response, name) for name in ("etag", "last-modified"))
    return replace(known, etag=etag, modified=modified)


def _validator(response: httpx.Response, name: str) -> str:
    """Return a header verbatim; one that could not be sent back, or is absurdly long, is dropped."""
    value = str(response.headers.get(name, ""))
    return value if value.isascii() and len(value) <= _MAX_VALIDATOR else ""


def _max_age(response: httpx.Response) -> float:
    """Return Cache-Control's max-age in seconds, 0 when there is none."""
    for part in response.headers.get("cache-control", "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "max-age" and value.isascii() and value.isdigit():
            return float(value[:9])
    return 0.0
