"""Why another machine cannot be reached, in words: a name, a refusal, a certificate, a time-out."""

import socket
import ssl
from collections.abc import Iterator

_DEPTH = 8
"""Exceptions inside exceptions that are looked at; libraries wrap a refused connection three times."""
_SHOWN = 120
"""Characters of a library's own words that are kept."""
_TOLD = {
    ConnectionRefusedError: "it refused the connection",
    TimeoutError: "it did not take the connection in time",
}
_PORTS = {"https": 443, "wss": 443}


def place(host: str | None, port: int | None, scheme: str = "") -> str:
    """Return `host:port`, with the scheme's own port where none is named.

    >>> place("news.example", None, "https"), place("::1", 8443)
    ('news.example:443', '[::1]:8443')
    """
    name = f"[{host}]" if host and ":" in host else host or "the server"
    return f"{name}:{port or _PORTS.get(scheme, 80)}"


def reason(error: BaseException) -> str:
    """Return why a connection failed, from the innermost error that says so."""
    for inner in (*_within(error),)[::-1]:
        if said := _said(inner):
            return said
    words = " ".join(str(error).split())[:_SHOWN]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _within(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what caused it, outermost first; of a group its first member."""
    for _ in range(_DEPTH):
        if error is None:
            return
        yield error
        grouped = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else None
        error = grouped or error.__cause__ or error.__context__


def _said(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError):
        return _said_of_encryption(error)
    if isinstance(error, socket.gaierror):
        missing = error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
        return "nobody knows its name (DNS)" if missing else "its name cannot be looked up now (DNS)"
    if isinstance(error, ConnectionResetError | BrokenPipeError) or "isconnected" in type(error).__name__:
        return "it closed the connection"
    for kind, told in _TOLD.items():
        if isinstance(error, kind):
            return told
    return str(error.strerror or "")[:_SHOWN] if isinstance(error, OSError) and error.errno else ""


def _said_of_encryption(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted (TLS): {error.verify_message[:_SHOWN]}"
    about = (error.reason or "no handshake").replace("_", " ").lower()
    return f"it does not speak TLS as it should: {about}"
