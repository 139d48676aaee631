"""Channels: Apprise services behind one verb, `send`. Only this and `opening` know Apprise.

Apprise's own retries are switched off: the outbox retries, so that a restart forgets nothing and no
service gets a page twice as often as planned. Apprise is imported when a channel is first used; that takes
some 300 ms. API: https://appriseit.com/ and `apprise/result.py`, version 2.2.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Literal

from alerts.causes import cause
from alerts.opening import apprise_asset, apprise_module, hide, masked_address, open_service, scheme_of
from alerts.services import loud, service_of
from core.config import ChannelConfig
from core.errors import Permanent
from core.records import Notification, Reason, Stage

ERROR_LENGTH = 300
"""Characters of an error that are kept: a service's own words, not its whole page of HTML."""

SEND_TIMEOUT = 30.0
"""Seconds for one send: Apprise gives mail 15 s to connect, and a message takes a few answers after that."""

_NO_CONNECTION = "Socket Exception"
_TELLING = ("Response Details", _NO_CONNECTION)
"""Debug lines of Apprise that say why a send failed; its other debug lines repeat the message itself."""

_TYPES = {Stage.FIRESTORM: "failure", Stage.SPREADING: "warning"}
"""Apprise's notification types; services colour and rank messages by them."""

_MARKUP_ROOM = 0.8
"""Share of a service's limit for text that Apprise still has to escape into Markdown or HTML."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a message for one service has to look."""

    form: Literal["email", "chat", "phone"]
    html: bool
    """True when it takes HTML as it is; plain text otherwise, which Apprise escapes where it must."""
    subject_limit: int
    """Characters; 0 when the service has no subject, so that it stands above the body."""
    body_limit: int
    markdown: bool = False
    """True when it reads Markdown."""
    files: bool = False
    """True when a file can go with a message."""


@dataclass(frozen=True, slots=True)
class Message:
    """A written page."""

    subject: str
    body: str
    html: bool = False
    stage: Stage = Stage.SPREADING
    markdown: bool = False
    link: str = ""
    """What opens when the notification is touched, where a service can do that."""
    file: tuple[str, bytes] | None = None
    """Name and content of a PDF that goes with it, where a service can do that."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one send."""

    ok: bool
    service: str = ""
    """Service and masked address."""
    error: str = ""
    permanent: bool = False
    """True when trying again cannot help."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Channel:
    """Somewhere pages go."""

    name: str
    url: str = field(repr=False)
    form: Literal["email", "chat", "phone"]
    stage: Stage = Stage.SPREADING
    """The lowest stage that is sent there."""
    level: int = 1
    """1 is paged at once, 2 and 3 when nobody acknowledges."""
    person: str = ""
    """Whose it is."""
    quiet: tuple[time, time] | None = None
    """Quiet hours, from and to, on the workspace's clock."""

    def takes(self, page: Notification) -> bool:
        """True when `page` is for this channel's level and bad enough; a test goes everywhere."""
        if page.channel:
            return page.channel == self.name
        mine = page.level == self.level and page.stage.severity >= self.stage.severity
        return mine or page.reason is Reason.TEST


def open_channel(entry: ChannelConfig) -> Channel:
    """Return a configured channel. A URL that cannot work shows when it is used, or by `validate`."""
    return Channel(
        name=entry.name,
        url=entry.url.get_secret_value(),
        form=entry.form,
        stage=Stage(entry.stage),
        level=entry.level,
        person=entry.person,
        quiet=entry.quiet_hours,
    )


def validate(url: str) -> str | None:
    """Return why Apprise cannot use `url`, in words and without its secrets; None when it can."""
    try:
        open_service(url)
    except Permanent as error:
        return str(error)
    return None


async def send(channel: Channel, write: Callable[[Layout], Message], stage: Stage = Stage.CALM) -> SendResult:
    """Send one message, once, as loud as `stage` is; `write` is told what the service can show.

    Never raises for a service's trouble: the result says what happened. A service that answers after
    `SEND_TIMEOUT` may have taken the message all the same.
    """
    try:
        service = await asyncio.to_thread(open_service, loud(channel.url, stage))
    except Permanent as error:
        return SendResult(False, scheme_of(channel.url), str(error), permanent=True)
    message = write(_layout(channel, service))
    return await _notify(channel, service, message)


async def _notify(channel: Channel, service: Any, message: Message) -> SendResult:
    sender = apprise_module().Apprise(asset=apprise_asset())
    sender.add(service)
    if (attribute := service_of(channel.url).link) and message.link:
        setattr(service, attribute, message.link)
    result = await sender.async_notify(
        title=message.subject,
        body=message.body,
        body_format=_format(message),
        notify_type=_TYPES.get(message.stage, "info"),
        attach=_attached(service, message),
        timeout=SEND_TIMEOUT,
        log_level=logging.DEBUG,
    )
    with result:
        error = "" if result else _unreachable(service, result) or _why(result)
    return SendResult(
        ok=bool(result),
        service=masked_address(service),
        error=hide(error, channel.url),
        seconds=result.elapsed,
    )


def _attached(service: Any, message: Message) -> Any:
    """Return the message's file for a service that takes files: it never touches the disk."""
    if message.file is None or not service.attachment_support:
        return None
    from apprise.attachment.memory import AttachMemory

    name, content = message.file
    return AttachMemory(content=content, name=name, mimetype="application/pdf")


def _format(message: Message) -> Any:
    formats = apprise_module().NotifyFormat
    if message.markdown:
        return formats.MARKDOWN
    return formats.HTML if message.html else formats.TEXT


def _unreachable(service: Any, result: Any) -> str:
    """Return whom a connection did not reach and why, "" when that is not what failed."""
    messages = (entry.message for entry in result.logs())
    why = next(filter(None, (cause(line) for line in messages if line.startswith(_NO_CONNECTION))), "")
    host = service.smtp_host if hasattr(service, "smtp_host") else service.host
    # In the URL of a service on the net a token may stand in the host's place.
    where = f"{host}:{service.port}" if service.port else host
    named = host and ("." in host or host == "localhost")
    return f"{where if named else service.service_name} cannot be reached: {why}" if why else ""


def _why(result: Any) -> str:
    """Return what Apprise and the service said about a failure, most telling lines first."""
    entries = list(result.logs())
    spoken = [entry.message for entry in entries if entry.message.startswith(_TELLING)]
    warned = [entry.message for entry in entries if entry.level in {"WARNING", "ERROR"}]
    text = " · ".join(dict.fromkeys(re.sub(r"\s+", " ", line) for line in warned + spoken))
    return _ends(text) or f"{result.status.name.lower()}, no reason was given"


def _ends(text: str) -> str:
    """Return both ends of a long text: it begins with what failed and ends with why."""
    half = ERROR_LENGTH // 2
    return text if len(text) <= ERROR_LENGTH else f"{text[:half]} … {text[-half:]}"


def _layout(channel: Channel, service: Any) -> Layout:
    formats = apprise_module().NotifyFormat
    html = channel.form == "email" and service.resolve_format(formats.HTML) == formats.HTML
    known = service_of(channel.url)
    markdown = known.markdown and channel.form == "chat"
    plain = html or (service.resolve_format(formats.TEXT) == formats.TEXT and not markdown)
    room = int(service.body_maxlen * (1.0 if plain else _MARKUP_ROOM))
    return Layout(
        form=channel.form,
        html=html,
        subject_limit=int(service.title_maxlen),
        body_limit=room if channel.form == "email" else min(room, known.limit),
        markdown=markdown,
        files=bool(service.attachment_support),
    )
