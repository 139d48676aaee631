"""What an answer of Reddit, or none, means for the source: in words, temporary or permanent.

Seen against a server of our own with asyncpraw 8.0.3 and asyncprawcore 4.0.0. Their exceptions alone do not
tell: a 401 without a `www-authenticate` header and a 429 with a date as `retry-after` both come out as a
`RequestException` around a mistake inside the library. So the status that was seen on the wire decides.
"""

from dataclasses import dataclass
from json import JSONDecodeError

from core.errors import FiretowerError, Permanent, Temporary
from monitors.reaching import reason

KEYS = "check client id and secret, and that Reddit still approves of them"


class Closed(Permanent):
    """What was asked for is private, banned, removed or unknown: a redirect, 403, 404 or 451."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was seen on the wire of the last answer."""

    status: int = 0
    """0 when there was none."""
    retry_after: float | None = None
    """Seconds that Reddit asked to be left alone for."""
    to_token: bool = False
    """Whether it answered the request for a token."""


_CLOSED = {
    301: "it sends us elsewhere, as for what does not exist",
    302: "it sends us elsewhere, as for what does not exist",
    403: "private, in quarantine, or not for this application",
    404: "banned, or it does not exist",
    451: "withheld for legal reasons",
}
_REFUSED = {
    400: "Reddit cannot read the request (400); simplify the search, check the subreddits",
    401: f"Reddit does not accept the keys (401); {KEYS}",
    413: "Reddit finds the request too long (413); use fewer subreddits or a shorter search",
    414: "Reddit finds the request too long (414); use fewer subreddits or a shorter search",
}


def told(what: str, answer: Answer, error: Exception) -> FiretowerError:
    """Return the error to raise after asking for `what`, such as `the comments of r/news`."""
    status = answer.status
    if status == 429:
        return Temporary("Reddit asks for fewer requests (429)", answer.retry_after)
    if status >= 500 or status == 408:
        return Temporary(f"Reddit is in trouble ({status})", answer.retry_after)
    if answer.to_token and status >= 300:
        return Permanent(f"Reddit gives no token ({status}); {KEYS}")
    if status in _CLOSED:
        return Closed(f"{what}: {_CLOSED[status]} ({status})")
    if status in _REFUSED:
        return Permanent(_REFUSED[status])
    return _unreadable(answer, error)


def _unreadable(answer: Answer, error: Exception) -> FiretowerError:
    """Judge by the library's exception: the status says nothing, or there was none."""
    from aiohttp import ContentTypeError
    from asyncprawcore.exceptions import BadJSON, OAuthException, RequestException

    inner = error.original_exception if isinstance(error, RequestException) else error
    if isinstance(inner, OAuthException):
        return Permanent(f"Reddit gives no token; {KEYS}")
    if isinstance(inner, TimeoutError):
        return Temporary("Reddit did not answer in time")
    if isinstance(inner, ContentTypeError):
        return Temporary(f"Reddit answered with a page for people instead of data ({answer.status})")
    if isinstance(inner, BadJSON | JSONDecodeError):
        return Temporary(f"Reddit's answer is broken: no JSON ({answer.status})")
    if not answer.status:
        return Temporary(f"Reddit cannot be reached: {reason(inner)}")
    return Temporary(f"Reddit's answer cannot be read ({answer.status}, {type(inner).__name__})")
