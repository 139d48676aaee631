"""A channel: somewhere pages go, to whom, and when."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from core.config.secret_url import SecretUrl
from core.config.table import Identifier, Label

Form = Literal["email", "chat", "phone"]

_MAIL_SCHEMES = frozenset(
    {"brevo", "mailersend", "mailgun", "mailto", "mailtos", "o365", "postmark", "resend", "sendgrid"}
    | {"sendpulse", "ses", "smtp2go", "sparkpost"}
)
_PHONE_SCHEMES = frozenset(
    {"bulksms", "clickatell", "clicksend", "d7sms", "kavenegar", "msg91", "nexmo", "octopush", "plivo"}
    | {"pover", "prowl", "seven", "signal", "signals", "sinch", "smseagle", "sns", "telnyx", "threema"}
    | {"twilio", "voipms", "vonage"}
)
"""Apprise's schemes whose messages are read as a text message or on a lock screen."""

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def _guess_form(data: Mapping[str, object]) -> Form:
    url = data.get("url")
    scheme = url.get_secret_value().partition("://")[0].lower() if isinstance(url, SecretStr) else ""
    if scheme in _MAIL_SCHEMES:
        return "email"
    return "phone" if scheme in _PHONE_SCHEMES else "chat"


class ChannelConfig(SecretUrl):
    """Somewhere pages go: an Apprise URL, given as `url`, or named by `url_env` or `url_file`."""

    name: Identifier
    form: Form = Field(default_factory=_guess_form)
    """How a page is written for it; default: guessed from the URL's scheme."""
    stage: Literal["spreading", "firestorm"] = "spreading"
    """The lowest stage that is sent there."""
    person: Label = Field(default_factory=lambda data: data.get("name", "unnamed"))
    """Whose it is: the pages of one person are counted together. Default: the channel's name."""
    level: int = Field(default=1, ge=1, le=3)
    """1 is paged at once, 2 and 3 when nobody has acknowledged for one or two times `escalate_after`."""
    quiet: str = ""
    """Hours, such as `22:00-07:00`, in which pages below firestorm are held until they are over."""

    @field_validator("quiet")
    @classmethod
    def _is_a_span(cls, text: str) -> str:
        if text and not _SPAN.fullmatch(text):
            raise ValueError(f'{text[:40]!r} should look like "22:00-07:00"')
        return text

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """Return start and end of the quiet hours, wall-clock times of the workspace's zone."""
        found = _SPAN.fullmatch(self.quiet)
        if found is None:
            return None
        hours = [int(part) for part in found.groups()]
        return time(hours[0], hours[1]), time(hours[2], hours[3])
