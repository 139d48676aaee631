"""What a library says of a connection that failed, in the words of a person."""

import re

_CAUSES = (
    (r"connection refused", "it refused the connection"),
    (
        r"name or service not known|failed to resolve|nodename nor servname|no address associated",
        "nobody knows its name (DNS)",
    ),
    (r"certificate verify failed: ([^(\]'\"]*\w)", r"its certificate is not trusted (TLS): \1"),
    (r"timed out", "it did not answer in time"),
    (r"network is unreachable|no route to host", "there is no way to it on the network"),
    (r"connection reset|unexpectedly closed|remote end closed", "it closed the connection"),
)
"""What `socket`, `ssl`, `smtplib` and `requests` write, and what it means; the first that is found counts."""


def cause(text: str) -> str:
    """Return why a connection failed, "" when `text` tells of something else.

    >>> cause("[Errno 111] Connection refused"), cause("quota used up")
    ('it refused the connection', '')
    """
    for pattern, told in _CAUSES:
        if found := re.search(pattern, text, re.IGNORECASE):
            return found.expand(told)
    return ""
