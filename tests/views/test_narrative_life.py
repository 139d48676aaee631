"""The life of a narrative, as it follows from its sums and its relatives."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.records import Merge, Narrative, NarrativeBin
from dashboard.facts import Facts
from dashboard.present.narrative_life import SHOWN, Relatives, brief, episodes, life

T0 = datetime(2026, 7, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = Narrative("a", "Acme", "late bags", T0 + timedelta(minutes=7), T0 + HOUR)
NOBODY = Relatives()


def facts(now: datetime) -> Facts:
    return Facts(now, ZoneInfo("UTC"), "live", None, None, now, "", (), (), (), (), {}, {})


def bins(*hourly: int, first: int = 0) -> list[NarrativeBin]:
    """So many mentions in each hour, in two halves an hour."""
    start = int(T0.timestamp()) + 3600 * first
    return [
        NarrativeBin("a", start + 3600 * hour + 1800 * half, count // 2 + half * (count % 2), 1.0, 0.5)
        for hour, count in enumerate(hourly)
        for half in (0, 1)
    ]


def told(
    now: datetime, sums: Sequence[NarrativeBin], of: Relatives = NOBODY, one: Narrative = ONE
) -> list[str]:
    """Return the events as lines, the newest first."""
    return [f"{each.time} {each.strong} {each.text}" for each in life(facts(now), one, episodes(sums), of)]


def test_it_is_born_and_grows() -> None:
    assert told(T0 + 3 * HOUR, bins(2, 30, 31)) == [
        "08:00 Grew. Busiest hour so far, 31 mentions",
        "06:07 Born. Its first mention",
    ]


def test_it_fades_when_for_a_day_little_is_said_against_its_best_hour() -> None:
    sums = bins(2, 50, 6, 5, 0, 5)
    before, after = T0 + timedelta(hours=26), T0 + timedelta(hours=27)
    assert told(before, sums)[0] == "1 Jul 07:00 Grew. Busiest hour so far, 50 mentions"
    assert told(after, sums) == [
        "1 Jul 09:00 Faded. At most 5 mentions an hour for a day",
        "1 Jul 07:00 Peaked. Busiest hour, 50 mentions",
        "1 Jul 06:07 Born. Its first mention",
    ]


def test_a_night_is_no_end_and_small_talk_no_return() -> None:
    sums = [*bins(9, 20), *bins(20, first=23), *bins(2, first=60), *bins(3, first=95)]
    first, second = episodes(sums)
    assert (first.since, first.until, first.most, first.peak) == (T0, T0 + 24 * HOUR, 20, T0 + HOUR)
    assert (second.since, second.most) == (T0 + 95 * HOUR, 3)
    assert told(T0 + 96 * HOUR, sums)[:3] == [
        "05:00 Came back. After 3 d",
        "05:00 Grew. Busiest hour so far, 3 mentions",
        "2 Jul 06:00 Faded. At most 2 mentions an hour for a day",
    ]


def test_its_first_hour_began_with_its_birth() -> None:
    assert told(T0 + 40 * HOUR, bins(8)) == [
        "1 Jul 07:00 Faded. No mention for a day",
        "1 Jul 06:07 Peaked. Busiest hour, 8 mentions",
        "1 Jul 06:07 Born. Its first mention",
    ]


def test_relatives_are_named_with_their_times() -> None:
    part = replace(ONE, id="p", label="lost bags", split_from="a", born_at=T0 + 2 * HOUR)
    merge = Merge("m", "a", "Acme", T0 + 3 * HOUR)
    into = (Merge("a", "z", "Acme", T0 + 4 * HOUR), replace(ONE, id="z", label="all bags"))
    other = replace(ONE, id="m", label="my bag", mentions=1)
    lines = told(T0 + 5 * HOUR, [], Relatives(None, [part], [(merge, other)], into))
    assert lines == [
        "10:00 Merged. Into “All bags”",
        "09:00 Absorbed. “My bag”, 1 mention",
        "08:00 Split. “Lost bags” became a narrative of its own",
        "06:07 Born. Its first mention",
    ]
    assert told(T0 + 5 * HOUR, [], Relatives(ONE), part) == [
        "08:00 Split off. From “Late bags”, of which it was a part before"
    ]
    assert "no longer kept" in told(T0 + 5 * HOUR, [], NOBODY, part)[0]


def test_many_events_leave_the_newest_and_the_birth() -> None:
    sums = [each for day in range(0, 2 * SHOWN, 2) for each in bins(5, first=24 * day)]
    lines = told(T0 + timedelta(days=2 * SHOWN), sums)
    assert len(lines) == SHOWN + 1
    assert lines[-1].endswith("Its first mention")
    assert "Faded" in lines[0]


def test_deleted_mentions_leave_no_trace() -> None:
    assert episodes([]) == episodes(bins(0, 0)) == []


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (3, "born 06:07, busiest hour 07:00 with 50"),
        (30, "born 1 Jul 06:07, busiest hour 1 Jul 07:00 with 50, faded 1 Jul 08:00"),
    ],
)
def test_an_incident_tells_it_in_a_line(hours: int, words: str) -> None:
    assert brief(facts(T0 + hours * HOUR), ONE, episodes(bins(2, 50))) == words


def test_a_return_stands_in_the_line_too() -> None:
    sums = [*bins(2, 50), *bins(9, first=48)]
    line = brief(facts(T0 + 49 * HOUR), ONE, episodes(sums))
    assert line == "born 1 Jul 06:07, back 06:00, busiest hour 06:00 with 9"
