"""`firetower evaluate outages`: what its scenarios do, how it counts, and the product on some of them."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.clock import ManualClock
from core.errors import Permanent, Temporary
from core.records import Mention
from pipeline.__main__ import app
from pipeline.evaluate import outages
from pipeline.evaluate.kept import Kept
from pipeline.evaluate.outages import Pair
from pipeline.evaluate.outages.feed import Feed
from pipeline.evaluate.outages.scenario import SOURCES, Scenario, Storm, Trouble, draw
from pipeline.evaluate.outages.traffic import BRAND, make
from pipeline.evaluate.outages.watch import Outcome

HOUR = timedelta(hours=1)
NEWS = SOURCES[0]


def scenario_of(trouble: Trouble) -> Scenario:
    """Return the first scenario of this kind in which everything fails."""
    return next(each for each in map(draw, range(100)) if each.trouble is trouble and len(each.down) == 3)


def feed_of(scenario: Scenario) -> tuple[Feed, ManualClock, list[Mention]]:
    """Return a feed with a mention in each half hour from a day before the outage to a day after it."""
    start = scenario.begins.replace(microsecond=0) - 24 * HOUR
    times = [start + number * HOUR / 2 for number in range(2 * (48 + 24 * 4))]
    mentions = [Mention(NEWS.name, str(number), "words", at, at) for number, at in enumerate(times)]
    clock = ManualClock(start - HOUR)
    return Feed(NEWS, mentions, clock, scenario), clock, mentions


async def read(feed: Feed, clock: ManualClock, cursor: str, hours: float) -> tuple[list[Mention], str]:
    """Poll once, `hours` later."""
    clock.move(hours * HOUR)
    fetched = await feed.fetch(cursor)
    assert all(mention.seen_at == clock.now() for mention in fetched.mentions)
    return list(fetched.mentions), fetched.cursor


def test_scenarios_follow_from_their_number_and_cover_every_kind() -> None:
    every = [draw(seed) for seed in range(100)]
    assert every == [draw(seed) for seed in range(100)]
    assert len({(each.trouble, each.down, each.per_hour) for each in every}) == 5 * 3 * 3
    for each in every:
        assert each.watched_from < each.begins < each.ends <= each.caught_up < each.storm.onset
        assert each.storm.onset < each.storm.peak < each.storm.end
    assert sum(each.blind for each in every) == 60


def test_traffic_is_the_same_for_both_runs_and_holds_a_storm() -> None:
    scenario = draw(0)
    traffic, again = make(scenario), make(scenario)
    assert traffic == again
    assert {each.brand for each in traffic.history} == {BRAND}
    assert all(a.mention.event_at <= b.mention.event_at for a, b in pairwise(traffic.live))
    assert len({each.mention.id for each in traffic.live}) == len(traffic.live)
    assert len({each.score.signature for each in traffic.live}) == len(traffic.live)
    extra = [each for each in traffic.live if each.mention.native_id.startswith("storm")]
    angry = sum(each.score.negative > 0.5 for each in extra) / len(extra)
    assert angry == pytest.approx(scenario.storm.negative, abs=0.15)


async def test_what_a_dead_source_would_have_brought_is_lost() -> None:
    scenario = scenario_of(Trouble.DIES)
    feed, clock, mentions = feed_of(scenario)
    _, cursor = await read(feed, clock, str(int(clock.now().timestamp())), 24)
    clock.set(scenario.begins + HOUR)
    with pytest.raises(Permanent):
        await feed.fetch(cursor)
    clock.set(scenario.ends)
    later, _ = await read(feed, clock, cursor, 2)
    assert later == [each for each in later if not scenario.begins <= each.event_at < scenario.ends]
    assert any(each.event_at >= scenario.ends for each in later)
    assert len(later) < sum(each.event_at <= clock.now() for each in mentions) - 40


async def test_a_stalled_source_brings_everything_at_once() -> None:
    scenario = scenario_of(Trouble.STALLS)
    feed, clock, mentions = feed_of(scenario)
    clock.set(scenario.begins)
    with pytest.raises(Temporary):
        await feed.fetch("0")
    clock.set(scenario.ends)
    found, _ = await read(feed, clock, "0", 0)
    assert len(found) == sum(each.event_at <= clock.now() for each in mentions)


async def test_a_burst_catches_up_in_order_and_ends_up_to_date() -> None:
    scenario = scenario_of(Trouble.CATCHES_UP)
    feed, clock, mentions = feed_of(scenario)
    clock.set(scenario.ends)
    cursor, ids = "0", []
    step = (scenario.caught_up - scenario.ends) / 4 / HOUR
    for _ in range(4):
        found, cursor = await read(feed, clock, cursor, step)
        ids += [each.native_id for each in found]
    expected = [each.native_id for each in mentions if each.event_at <= clock.now()]
    assert ids == expected


@pytest.mark.parametrize("renumbered", [False, True])
async def test_a_day_is_repeated_once(renumbered: bool) -> None:
    every = (
        each for each in map(draw, range(100)) if each.trouble is Trouble.REPEATS and len(each.down) == 3
    )
    scenario = next(each for each in every if each.renumbered is renumbered)
    feed, clock, mentions = feed_of(scenario)
    clock.set(scenario.ends)
    cursor = str(int(clock.now().timestamp()))
    again, cursor = await read(feed, clock, cursor, 0)
    day = [each for each in mentions if scenario.begins - 24 * HOUR < each.event_at <= scenario.begins]
    assert [each.event_at for each in again] == [each.event_at for each in day]
    assert ({each.native_id for each in again} & {each.native_id for each in mentions} == set()) is renumbered
    assert not (await read(feed, clock, cursor, 0))[0]


async def test_a_stale_source_answers_with_nothing_new() -> None:
    scenario = scenario_of(Trouble.GOES_STALE)
    feed, clock, mentions = feed_of(scenario)
    clock.set(scenario.begins)
    before, cursor = await read(feed, clock, "0", 0)
    clock.set(scenario.ends - HOUR / 60)
    assert await read(feed, clock, cursor, 0) == ([], cursor)
    after, _ = await read(feed, clock, cursor, 1 / 60)
    assert len(before) + len(after) == sum(each.event_at <= clock.now() for each in mentions)


def test_pages_outside_the_storm_are_false_and_one_inside_finds_it() -> None:
    storm = draw(0).storm
    inside, outside = storm.peak, storm.onset - HOUR
    assert outages.found(storm, [outside, inside])
    assert not outages.found(storm, [outside, storm.end])
    assert outages.false_pages([storm, storm], [[outside, inside, storm.end], [inside]]) == 2


def test_a_kept_result_is_taken_from_a_run_of_the_same_configuration_only(tmp_path: Path) -> None:
    made: list[int] = []

    def make_it() -> int:
        made.append(1)
        return len(made)

    assert Kept(tmp_path, ["one"]).result("a", int, make_it) == 1
    assert Kept(tmp_path, ["one"]).result("a", int, make_it) == 1
    assert Kept(tmp_path, ["other"]).result("a", int, make_it) == 2
    assert Kept(tmp_path, ["one"]).result("../b", int, make_it) == 3
    assert {path.parent.parent for path in tmp_path.rglob("*.json")} == {tmp_path}


def test_a_short_outage_is_told_at_once_and_the_storm_after_it_found() -> None:
    scenario = draw(3)  # everything stops answering; afterwards a day comes again
    begins = scenario.watched_from + HOUR
    storm = Storm(begins + 3 * HOUR, 20.0, HOUR / 6, 0.9)
    short = replace(
        scenario, per_hour=20.0, begins=begins, ends=begins + HOUR, caught_up=begins + HOUR, storm=storm
    )
    found = outages.outcome(short, make(short), fails=True)
    assert outages.found(storm, found.pages)
    assert found.unknown_after is not None
    assert 0.0 < found.unknown_after <= 15.0


def test_the_summary_counts_each_run_against_its_own_storm() -> None:
    storms = [draw(seed).storm for seed in range(2)]
    never = Outcome((), None)
    pairs = [
        Pair(0, Outcome((storms[0].onset - HOUR, storms[0].peak), 9.0), never),
        Pair(1, Outcome((), 12.3456), Outcome((storms[1].end, storms[1].onset), None)),
    ]
    assert outages.summary(pairs) == {
        "runs": 2,
        "false_pages_with": 1,
        "false_pages_without": 1,
        "storms_planted": 2,
        "storms_found": 1,
        "storms_found_without": 1,
        "unknown_within_minutes": 12.3,
    }
    drawn = outages.picture(pairs)
    assert [drawn.count(f">{word}<") for word in ("dies", "stalls", "100.0", "0.0")] == [1, 1, 2, 2]


@pytest.mark.slow
def test_the_product_keeps_its_promises(tmp_path: Path) -> None:
    arguments = ["evaluate", "outages", "--data", str(tmp_path), "--json", "--work", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    found = json.loads(result.stdout)
    assert found["runs"] == found["storms_planted"] == 100
    assert found["false_pages_with"] <= found["false_pages_without"] + 2
    assert found["storms_found"] >= max(95, found["storms_found_without"])
    assert found["unknown_within_minutes"] <= 15.0
