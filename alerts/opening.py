"""From an Apprise URL to Apprise's object for it, or in words why there is none: never with its secrets.

Apprise is imported when it is first used; that takes some 300 ms.
"""

import ipaddress
import logging
import re
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from core.errors import Permanent
from core.telemetry import mask

_NO_SENDER = "~From~"
"""What Apprise's words about a mail URL hold when it cannot make up a sender from user and host."""

_COLOURS = {"failure": "#930E3C", "warning": "#BC470B", "info": "#54605B"}
"""The palette of `docs/design/look.md`."""

_SECRET_LENGTH = 6
"""Parts of a URL at least this long may be tokens; shorter ones are words."""


def open_service(url: str) -> Any:
    """Return Apprise's object for `url`; raises `Permanent`."""
    apprise = apprise_module()
    try:
        service = apprise.Apprise.instantiate(url, asset=apprise_asset(), suppress_exceptions=False)
    except Exception as error:  # each of Apprise's 180 plug-ins raises what it likes
        raise Permanent(f"{scheme_of(url)}:// URL is wrong: {_told(error, url)}") from None
    if service is None:
        raise Permanent(_unusable(scheme_of(url)))
    service.retry = 0
    service.optional = False  # or a failure would count as success
    service.overflow_mode = apprise.OverflowMode.SPLIT  # rather two messages than one that is refused
    return service


def _told(error: Exception, url: str) -> str:
    """Return what Apprise says of an URL, without its secrets; of a sender that cannot be, what to write."""
    host = urlsplit(url).hostname
    if _NO_SENDER not in str(error) or not host:
        return hide(str(error), url)
    remedy = f"{host} alone makes no sender's address; add from=you@example.com behind the ? at its end"
    if scheme_of(url) != "mailtos" or not _is_number(host):
        return remedy
    name = "a certificate is made out to a name: write the mail server's name in the place of the number"
    return f"{remedy}. And {name}, or mailto:// where the way to it needs no encryption"


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _unusable(scheme: str) -> str:
    entry = _catalogue().get(scheme)
    if entry is None:
        return f"{scheme}:// is no service that Apprise knows; https://appriseit.com/services/ lists them"
    if not entry["enabled"]:
        needs = ", ".join(entry["requirements"]["packages_required"]) or entry["requirements"]["details"]
        return f"{scheme}:// cannot be used here; install {needs}"
    return f"{scheme}:// URL is incomplete or wrong; {entry['setup_url']} shows how it is written"


def _catalogue() -> dict[str, Any]:
    """Return Apprise's description of each scheme."""
    entries = apprise_module().Apprise().details(show_requirements=True, show_disabled=True)["schemas"]
    return {
        scheme: entry
        for entry in entries
        for scheme in (*(entry["protocols"] or ()), *(entry["secure_protocols"] or ()))
    }


def hide(text: str, url: str) -> str:
    """Return `text` without what might be a secret in `url`; names of hosts stay readable."""
    parts = urlsplit(url)
    words = {word for word in re.split(r"[/:@?&=#]+", url) if len(word) >= _SECRET_LENGTH and "." not in word}
    hidden = {url, parts.password or "", *words}
    return mask(text, hidden | {unquote(word) for word in hidden})


def scheme_of(url: str) -> str:
    """Return the scheme of an URL, which names the service and is no secret."""
    return url.partition("://")[0].lower()[:20]


def masked_address(service: Any) -> str:
    """Return a service's name and its address as Apprise masks it."""
    return f"{service.service_name} {service.url(privacy=True).partition('?')[0]}"


@cache
def apprise_module() -> Any:
    """Import Apprise and keep its log to itself: reasons travel in results, masked."""
    import apprise

    logger = logging.getLogger("apprise")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    logger.setLevel(logging.DEBUG)  # or the services' own words would be lost
    return apprise


@cache
def apprise_asset() -> Any:
    """Return what all services share: our name and colours, no pictures from elsewhere, no redirects."""
    return apprise_module().AppriseAsset(
        app_id="Firetower",
        app_desc="Firetower",
        app_url="",
        html_notify_map=_COLOURS,
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,  # a redirect could lead a page into the inner network
        pgp_autogen=False,
        pem_autogen=False,
    )
