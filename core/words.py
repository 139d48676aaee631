"""How numbers and times are written for people, the same on the board, in pages and in reports.

The rules stand in `docs/design/look.md`: a real minus sign, no decimal that the
band does not earn, a missing number is a word.
"""

import math
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.records import Growth, Signal, SourceState, SourceStatus, Stage

STAGE_WORDS = {
    Stage.UNKNOWN: "Unknown",
    Stage.CALM: "Calm",
    Stage.SMOULDERING: "Smouldering",
    Stage.SPREADING: "Spreading",
    Stage.FIRESTORM: "Firestorm",
    Stage.COOLING: "Cooling",
}


class SourceWord(StrEnum):
    """How a source is, in the words of the board, of `firetower sources` and of the documentation."""

    SEEN = "seen"
    STARTING = "starting"
    FAILING = "failing"
    BLIND = "blind"
    UNHEARD = "not seen yet"
    STOPPED = "stopped"
    UNSET = "not set up"


def source_word(source: SourceState, now: datetime) -> tuple[SourceWord, datetime | None]:
    """Return how a source is at `now`, and since when; None where that says nothing or is not known."""
    if not source.configured:
        return SourceWord.UNSET, None
    if source.status in {SourceStatus.STOPPED, SourceStatus.STARTING}:
        return SourceWord(source.status), source.since
    if source.heartbeat_at is None:
        return SourceWord.UNHEARD, None
    if source.blind(now):
        return SourceWord.BLIND, source.heartbeat_at
    if source.status is SourceStatus.FAILING:
        return SourceWord.FAILING, source.since
    return SourceWord.SEEN, None


_INSTANT = 0.1
"""Seconds under which nobody cares how long it took."""


def number(value: float | None) -> str:
    """Write a count: `1,840`, `412 k`, `−18`, or `unknown`.

    >>> number(1840), number(412_300), number(-18.2), number(None)
    ('1,840', '412 k', '−18', 'unknown')
    """
    if value is None or math.isnan(value):
        return "unknown"
    sign = "−" if round(value) < 0 else ""
    size = abs(value)
    if size >= 100_000:
        return f"{sign}{size / 1000:,.0f} k"
    return f"{sign}{size:,.0f}"


def percent(share: float | None) -> str:
    """Write a share 0..1 as `62 %`, or `unknown`."""
    return "unknown" if share is None else f"{100 * share:.0f} %"


def band(expected: float, low: float, high: float) -> str:
    """Write `18 expected (6–34)`."""
    return f"{number(expected)} expected ({number(low)}–{number(high)})"


def headline(signal: Signal) -> str:
    """Write one line of a signal: what, how much, against what."""
    if signal.stage is Stage.UNKNOWN:
        return f"{signal.brand} cannot be seen: coverage {percent(signal.coverage)}."
    expected = band(signal.expected, signal.low, signal.high)
    return f"{number(signal.seen)} negative mentions of {signal.brand} in the last hour, {expected}."


_SURE = frozenset({Stage.CALM, Stage.SPREADING, Stage.FIRESTORM})
"""Stages that say whether there is a storm: what smoulders or cools says neither."""


def sure(signal: Signal) -> str:
    """Write how sure a stage is, `97 % sure`; nothing is ever certain, so 99 is the most it says."""
    told = signal.sure is not None and signal.stage in _SURE
    return f"{percent(min(signal.sure or 0.0, 0.99))} sure" if told else ""


def took(seconds: float) -> str:
    """Write how long a delivery took: `1.4 s`, `under 0.1 s`.

    >>> took(1.44), took(0.02)
    ('1.4 s', 'under 0.1 s')
    """
    return f"{seconds:.1f} s" if seconds >= _INSTANT else f"under {_INSTANT} s"


def duration(minutes: float) -> str:
    """Write a span of time: `48 min`, `2 h 10`, `3 d`.

    >>> duration(48), duration(130), duration(120), duration(5000)
    ('48 min', '2 h 10', '2 h', '3 d')
    """
    if minutes < 90:
        return f"{max(1, round(minutes))} min"
    hours, rest = divmod(round(minutes / 5) * 5, 60)
    if hours >= 48:
        return f"{round(hours / 24)} d"
    return f"{hours} h {rest}" if rest else f"{hours} h"


def growth(value: Growth | None) -> str:
    """Write growth as `doubles in 48 min (35–80)`, `halves in 2 h 40` or `not growing`."""
    if value is None:
        return "unknown"
    if not value.certain:
        return "not growing"
    verb = "doubles in" if value.per_hour > 0 else "halves in"
    middle = _doubling(value.per_hour)
    fast, slow = sorted((_doubling(value.low), _doubling(value.high)))
    return f"{verb} {duration(middle)} ({_span(fast, slow)})"


def _doubling(per_hour: float) -> float:
    return 60.0 * math.log(2) / max(abs(per_hour), 1e-6)


def _span(fast: float, slow: float) -> str:
    if slow < 90:
        return f"{round(fast)}–{round(slow)}"
    return f"{duration(fast)} – {duration(slow)}"


def capital(text: str) -> str:
    """Begin a sentence or a title; never a name that somebody gave, such as a brand's or a source's.

    >>> capital("refund, flight"), capital("iPhone screen")
    ('Refund, flight', 'iPhone screen')
    """
    first = text.split(maxsplit=1)[:1]
    return text if first and first[0] != first[0].lower() else text[:1].upper() + text[1:]


def clock_time(at: datetime | None) -> str:
    """Write `14:32` in the time zone that `at` carries."""
    return "unknown" if at is None else f"{at:%H:%M}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Write `2026-03-07 15:32 CET`: a text that is kept must be understood on another day and elsewhere.

    >>> moment(datetime.fromisoformat("2026-03-07T14:32+00:00"), ZoneInfo("Europe/Paris"))
    '2026-03-07 15:32 CET'
    """
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def ordinal(count: int) -> str:
    """Write `27th`.

    >>> ordinal(1), ordinal(2), ordinal(13), ordinal(27)
    ('1st', '2nd', '13th', '27th')
    """
    if 10 <= count % 100 <= 20:
        return f"{count}th"
    return f"{count}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th') }".replace(" ", "")
