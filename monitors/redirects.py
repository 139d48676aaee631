"""Where a server may send us: http(s) only, and never from the public net into a private one.

The operator chose the feed's own address, so that one may be anywhere; what a server answers is
hostile. See OWASP, "Server-Side Request Forgery Prevention Cheat Sheet".
"""

import asyncio
import ipaddress
import socket

import httpx

from core.errors import Permanent


class Refused(Permanent):
    """The server redirects to where nobody should be sent."""


async def follow(source: httpx.URL, location: str) -> httpx.URL:
    """Return the address that `location`, an answer of `source`, leads to; raises `Refused`."""
    try:
        target = source.join(location)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Refused("redirects to something that is no address") from None
    await check(source, target)
    return target


async def check(source: httpx.URL, target: httpx.URL) -> None:
    """Raise `Refused` unless `source` may redirect to `target`."""
    if target.scheme not in {"http", "https"} or not target.host:
        raise Refused(f"redirects to {target.scheme[:20] or 'nothing'}, not to http or https; refused")
    if (target.port or 0) > 65535:
        raise Refused("redirects to something that is no address")
    if target.host != source.host and await _private(target.host) and not await _private(source.host):
        raise Refused("redirects from the public net to a private address; refused")


async def _private(host: str) -> bool:
    """Tell whether any address of `host` is not public; a name that nobody knows counts as public.

    Such a name fails by itself when it is asked.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(not _public(str(address[4][0])) for address in found)


def _public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])  # "%eth0": the zone of a link-local address
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_global
