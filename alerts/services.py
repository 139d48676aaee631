"""What single services show and how they are made to ring, by the scheme of their Apprise URL.

Apprise knows how long a message a service takes. This table adds what Apprise does not decide: up to where
a service shows a message whole, which ones read Markdown, how loud a stage is, and where a notification
takes the address that opens when it is touched. What an URL says itself is never overruled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.records import Stage

_Loudness = Mapping[Stage, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Service:
    """One service."""

    limit: int = 2_000
    """Characters that are shown whole; more is not read in a stream, and Discord takes no more."""
    markdown: bool = False
    """True when it reads Markdown, also where Apprise hands it plain text: strangers' words are escaped."""
    loudness: _Loudness = field(default_factory=dict)
    """Parameters of the URL, by stage."""
    link: str = ""
    """Attribute of Apprise's object that takes the address to open."""


def _priority(firestorm: str, spreading: str, key: str = "priority") -> _Loudness:
    return {Stage.FIRESTORM: {key: firestorm}, Stage.SPREADING: {key: spreading}}


_PUSHOVER: _Loudness = {
    # Rings through the phone's silent mode every minute for ten minutes, or until it is touched.
    Stage.FIRESTORM: {"priority": "emergency", "interval": "60", "expire": "600"},
    Stage.SPREADING: {"priority": "high"},
}

_OTHER = Service()

SERVICES: Mapping[str, Service] = {
    # https://docs.ntfy.sh/publish/: over 4,096 bytes a message becomes an attachment; a character takes 3.
    "ntfy": Service(1_300, loudness=_priority("max", "high"), link="click"),
    # https://pushover.net/api#limits: 1,024 characters.
    "pover": Service(1_000, loudness=_PUSHOVER, link="supplemental_url"),
    "gotify": Service(loudness=_priority("emergency", "high")),
    "prowl": Service(loudness=_priority("emergency", "high")),
    "opsgenie": Service(loudness=_priority("emergency", "high")),
    # https://bark.day.app/: critical rings through silent mode.
    "bark": Service(1_000, loudness=_priority("critical", "timeSensitive", "level"), link="click"),
    # https://docs.slack.dev/reference/block-kit/blocks/section-block: 3,000 characters.
    "slack": Service(2_400, markdown=True),
    # https://discord.com/developers/docs/resources/webhook: 2,000 characters.
    "discord": Service(1_900, markdown=True),
    # Teams, through Power Automate; Apprise keeps to 1,000 characters.
    "workflow": Service(markdown=True),
    "mmost": Service(markdown=True),
    "rocket": Service(markdown=True),
    "gchat": Service(markdown=True),
    "wxteams": Service(markdown=True),
    "zulip": Service(markdown=True),
}


def service_of(url: str) -> Service:
    """Return what is known of the service behind an Apprise URL; `ntfys://` is `ntfy://` over TLS."""
    scheme = url.partition("://")[0].lower()
    return SERVICES.get(scheme) or SERVICES.get(scheme.removesuffix("s"), _OTHER)


def loud(url: str, stage: Stage) -> str:
    """Return `url` with the parameters that make the service as loud as `stage` is.

    >>> loud("ntfy://topic", Stage.FIRESTORM)
    'ntfy://topic?priority=max'
    >>> loud("ntfy://topic?priority=low", Stage.FIRESTORM)
    'ntfy://topic?priority=low'
    """
    wanted = service_of(url).loudness.get(stage, {})
    given = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    if not wanted or next(iter(wanted)) in given:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(wanted)}"
