"""Reads the times that archives and JSON feeds write."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from core.clock import from_seconds

_NUMBER = re.compile(r"(\d{9,16})(?:\.\d*)?")
_BLANK_BEFORE_ZONE = re.compile(r"\s+(?=(?:[+-]\d{2}:?\d{2}|Z)$)")
_ZONE_NAME = re.compile(r"\s*(?:UTC|GMT)$")
_DOTTED = re.compile(r"^(\d{2})\.(\d{2})\.(\d{4})\b")
"""24.04.2015: with dots the day comes first; with slashes nobody knows."""
_ISO_START = re.compile(r"\d{4}-?\d{2}-?\d{2}")


def read_time(value: str) -> datetime | None:
    """Return the time that `value` names, aware and UTC, or None when it names none.

    ISO 8601 with or without a zone, `24.04.2015 17:51:10`, seconds, milliseconds or microseconds
    since the epoch, RFC 2822, and Twitter's own form. A time without a zone is read as UTC.

    >>> read_time("2015-02-24 11:35:52 -0800").isoformat()
    '2015-02-24T19:35:52+00:00'
    >>> read_time("02/03/2015") is None  # February or March?
    True
    """
    found = _read(value)
    try:
        return found and (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:  # 9999-12-31 west of Greenwich
        return None


def has_zone(value: str) -> bool:
    """Tell whether `value` is a time that says its zone; numbers do, they count from UTC."""
    found = _read(value)
    return found is not None and found.tzinfo is not None


def _read(value: str) -> datetime | None:
    for read in (_iso, _epoch, _twitter, _mail):
        try:
            found = read(value.strip())
        except (ValueError, OverflowError, IndexError, TypeError):  # what strptime and email.utils raise
            continue
        if found is not None:
            return found
    return None


def _iso(value: str) -> datetime | None:
    value = _DOTTED.sub(r"\3-\2-\1", value)
    if not _ISO_START.match(value) or (value.isdigit() and len(value) != len("20150224")):
        return None
    return datetime.fromisoformat(_BLANK_BEFORE_ZONE.sub("", _ZONE_NAME.sub("Z", value)))


def _epoch(value: str) -> datetime | None:
    found = _NUMBER.fullmatch(value)
    if found is None:
        return None
    digits = len(found[1])
    # 9 and 10 digits are seconds since 1973, 12 and 13 milliseconds, 15 and 16 microseconds
    scale = {9: 1.0, 10: 1.0, 12: 1e3, 13: 1e3, 15: 1e6, 16: 1e6}.get(digits)
    return from_seconds(float(value) / scale) if scale else None


def _twitter(value: str) -> datetime | None:
    """Read `Wed Oct 11 06:55:44 +0000 2017`: `created_at` of Twitter's API v1.1."""
    return datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y")


def _mail(value: str) -> datetime | None:
    return parsedate_to_datetime(value)
