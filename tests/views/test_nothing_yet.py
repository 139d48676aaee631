"""Live before the first number: what is watched and what is missing; and numbers of a time that is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.records import SourceState, SourceStatus
from dashboard.facts import Facts
from dashboard.present.live import no_tiles

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
FACTS = Facts(NOW, ZoneInfo("UTC"), "live", None, None, NOW, "", (), (), (), (), {}, {})
MUTE = SourceState("news", "rss", SourceStatus.OK)


def test_without_a_source_it_says_how_to_add_one() -> None:
    assert no_tiles(FACTS, ["Acme", "iPhone"]).startswith("Watched: Acme, iPhone. No source is set up")


def test_without_an_answer_it_says_where_to_look() -> None:
    assert no_tiles(replace(FACTS, sources=(MUTE,)), ["Acme"]).endswith("answered so far. Sources says why.")


def test_with_answers_it_waits_for_the_first_mention() -> None:
    heard = replace(MUTE, heartbeat_at=NOW, interval_seconds=60.0)
    assert no_tiles(replace(FACTS, sources=(heard,)), []).startswith("Nothing was counted so far.")


def test_many_brands_are_counted() -> None:
    assert "B5 and 3 more." in no_tiles(FACTS, [f"B{number}" for number in range(9)])


def test_numbers_of_a_dead_workspace_are_of_then() -> None:
    dead = replace(FACTS, silent_since=NOW - timedelta(minutes=47))
    assert dead.unseen == "Nobody watches since 11:13: the numbers are of then"
    assert FACTS.unseen == ""
