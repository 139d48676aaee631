"""Signed, expiring tokens for the links in a page. No login: whoever holds the link may answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from core.errors import Permanent

LIFETIME = timedelta(days=7)
"""A page's links outlive the week in which its incident is reviewed."""


class BadToken(Permanent):
    """The link is forged, damaged or expired; the message is meant for the person who opened it."""


class ExpiredToken(BadToken):
    """The link was good once."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link allows: answer to one incident, as one recipient."""

    incident_id: str
    recipient: str


class Signer:
    """Makes and checks tokens with the workspace's secret.

    >>> from datetime import UTC
    >>> signer, at = Signer("secret"), datetime(2026, 1, 1, tzinfo=UTC)
    >>> signer.check(signer.sign(Grant("abc", "mail"), at), at).incident_id
    'abc'
    """

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt="firetower.page")

    def sign(self, grant: Grant, now: datetime) -> str:
        """Return a URL-safe token that expires `LIFETIME` after `now`."""
        expires = int((now + LIFETIME).timestamp())
        token = self._serializer.dumps([grant.incident_id, grant.recipient, expires])
        return token if isinstance(token, str) else token.decode()

    def check(self, token: str, now: datetime) -> Grant:
        """Return what `token` grants; raises `BadToken`."""
        try:
            incident_id, recipient, expires = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise BadToken("This link is damaged. Open the page from the message again.") from error
        if now.timestamp() > expires:
            raise ExpiredToken("This link has expired. Open the incident on the board.")
        return Grant(str(incident_id), str(recipient))
