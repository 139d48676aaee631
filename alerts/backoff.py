"""When a failed delivery is tried again, and when it becomes a dead letter."""

from datetime import timedelta
from random import Random

DELAYS = (10, 30, 120, 600, 1800, 3600, 3600, 5400, 5400)
"""Seconds after the first, second, … attempt: a hiccup costs seconds, an outage of a morning is outlived.

Ten attempts over 5.7 hours; a page that is older helps nobody, and an endless retry hides the trouble.
"""

ATTEMPTS = len(DELAYS) + 1

_SPREAD = 0.2
"""Each delay is moved by up to a fifth, so that channels that broke together don't return together."""


def retry_in(delivery_id: str, attempts: int) -> timedelta | None:
    """Return the wait after `attempts` failed attempts, None when that was the last one.

    The jitter follows from the delivery, so that the same history gives the same times.
    """
    if attempts >= ATTEMPTS:
        return None
    jitter = Random(f"{delivery_id}/{attempts}").uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - no secret
    return timedelta(seconds=DELAYS[attempts - 1] * jitter)
