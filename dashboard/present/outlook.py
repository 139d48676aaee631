"""What the next hours of an open incident may bring, for its chart and as a sentence: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import words
from core.records import BIN_SECONDS, Forecast, Outlook, Signal
from dashboard.charts.ahead import Coming

ENOUGH = 20
"""Of fewer judged forecasts nothing is said: one more miss would move their share by over 5 points."""
_PART = 2 / 3
"""Longest part of the time shown that may lie ahead: more would hide what was seen."""
_BINS = 3600 / BIN_SECONDS
"""The chart counts in windows of 5 minutes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An outlook, and what of it is shown."""

    ahead: tuple[Forecast, ...]
    """At least one."""
    outlook: Outlook


def shown(signal: Signal, past: timedelta) -> Shown | None:
    """Return what of a signal's outlook fits beside so much `past`; None where there is none."""
    if signal.outlook is None:
        return None
    fitting = tuple(one for one in signal.outlook.ahead if timedelta(hours=one.hours) <= _PART * past)
    return Shown(fitting, signal.outlook) if fitting else None


def coming(found: Shown | None, now: datetime) -> tuple[Coming, ...]:
    """Return the band that opens at `now`."""
    if found is None:
        return ()
    here = found.outlook.seen / _BINS
    ahead = (
        Coming(now + timedelta(hours=one.hours), one.low / _BINS, one.expected / _BINS, one.high / _BINS)
        for one in found.ahead
    )
    return (Coming(now, here, here, here), *ahead)


def sentence(found: Shown | None) -> str:
    """Say the last hour that is shown in words, and how far such words have held."""
    if found is None:
        return ""
    last = found.ahead[-1]
    hours = "an hour" if last.hours == 1 else f"{last.hours} hours"
    between = f"between {words.number(last.low)} and {words.number(last.high)} negative mentions an hour"
    return f"In {hours} {between}, likely {words.number(last.expected)}.{_held(found.outlook)}"


def _held(outlook: Outlook) -> str:
    """Say what was measured of this brand's forecasts; nothing before there are enough."""
    if outlook.judged < ENOUGH:
        return ""
    return f" {words.number(outlook.held)} of {words.number(outlook.judged)} such forecasts held so far."
