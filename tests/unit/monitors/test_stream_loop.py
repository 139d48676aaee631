"""The stream loop: nothing lost, nothing ahead of what is stored, whatever the source does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.errors import Permanent, StorageFull, Temporary
from core.ports import StreamMonitor
from core.records import Fetched, Flag, Mention, Rejected, SourceState, SourceStatus
from monitors import stream
from monitors.base import STOPPED_RETRY
from monitors.stream import BATCH_ITEMS, LONGEST_BACK_OFF, WAITING_ITEMS, StreamLoop, merged

START = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HANG = asyncio.sleep
"""In a script: say nothing more and never end."""

Act = Fetched | Exception | Callable[..., Awaitable[object]]


class Source:
    """Plays one script per connection; the last one again and again."""

    kind: ClassVar[str] = "told"

    def __init__(self, *connections: Sequence[Act], silence: float = 5.0) -> None:
        self.name = "firehose"
        self.silence = silence
        self.connections = list(connections)
        self.cursors: list[str] = []
        self.given = 0
        self.closed = 0

    async def stream(self, cursor: str) -> AsyncIterator[Fetched]:
        self.cursors.append(cursor)
        script = self.connections.pop(0) if len(self.connections) > 1 else self.connections[0]
        try:
            for act in script:
                if isinstance(act, Exception):
                    raise act
                if isinstance(act, Fetched):
                    self.given += 1
                    yield act
                else:
                    await (act(3600) if act is HANG else act())
        finally:
            self.closed += 1


class Desk:
    """Takes deliveries as the pipeline does: mentions and cursor together, or nothing."""

    def __init__(self) -> None:
        self.cursor = ""
        self.deliveries: list[Fetched] = []
        self.states: list[SourceState] = []
        self.trouble: list[Exception] = []
        self.cursor_trouble: list[Exception] = []
        self.free = asyncio.Event()
        self.free.set()

    async def deliver(self, name: str, fetched: Fetched) -> None:
        await self.free.wait()
        if self.trouble:
            raise self.trouble.pop(0)
        self.deliveries.append(fetched)
        self.cursor = fetched.cursor

    async def report(self, state: SourceState) -> None:
        self.states.append(state)

    async def read_cursor(self) -> str:
        if self.cursor_trouble:
            raise self.cursor_trouble.pop(0)
        return self.cursor

    @property
    def ids(self) -> list[str]:
        return [mention.native_id for fetched in self.deliveries for mention in fetched.mentions]

    @property
    def state(self) -> SourceState:
        return self.states[-1]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def desk() -> Desk:
    return Desk()


Make = Callable[[StreamMonitor], StreamLoop]


@pytest.fixture
def loop(clock: ManualClock, desk: Desk) -> Make:
    return lambda source: StreamLoop(source, desk.deliver, desk.report, desk.read_cursor, clock, seed=7)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches wait for more for a moment only: what is tested here is how they are cut, not how long."""
    monkeypatch.setattr(stream, "BATCH_SECONDS", 0.01)


def post(number: int, delay: float = 0.0) -> Fetched:
    at = START - timedelta(seconds=delay)
    return Fetched((Mention("firehose", str(number), "text", at, START),), str(number))


def posts(first: int, last: int) -> list[Act]:
    return [post(number) for number in range(first, last)]


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop turn until `condition` holds; fail after a while."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


async def stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_the_source_of_these_tests_is_what_the_loop_asks_for() -> None:
    assert isinstance(Source([]), StreamMonitor)


async def test_all_that_a_connection_brings_is_delivered_in_order_and_in_few_transactions(
    desk: Desk, loop: Make
) -> None:
    await loop(Source(posts(0, 1200))).connect_once()
    assert desk.ids == [str(number) for number in range(1200)]
    assert desk.cursor == "1199"
    assert len(desk.deliveries) <= 1 + 1200 // 100
    assert max(len(fetched.mentions) for fetched in desk.deliveries) <= BATCH_ITEMS


async def test_a_stream_that_was_read_before_is_not_new(desk: Desk, clock: ManualClock) -> None:
    at = START - timedelta(hours=3)
    former = SourceState("firehose", "told", SourceStatus.OK, at, at, at, 4.0, received=7)
    source = Source([Temporary("lost")])
    reading = StreamLoop(source, desk.deliver, desk.report, desk.read_cursor, clock, former=former)
    await reading.connect_once()
    known = (desk.state.heartbeat_at, desk.state.last_item_at, desk.state.lag_seconds, desk.state.received)
    assert known == (at, at, 4.0, 7)
    assert (desk.state.status, desk.state.since) == (SourceStatus.FAILING, START)


async def test_a_connection_resumes_from_what_is_committed(desk: Desk, loop: Make) -> None:
    source = Source([*posts(1, 4), Temporary("lost")], posts(4, 6))
    reading = loop(source)
    for _ in range(2):
        await reading.connect_once()
    assert source.cursors == ["", "3"]
    assert desk.ids == ["1", "2", "3", "4", "5"]
    assert (desk.state.received, source.closed) == (5, 2)


async def test_what_waits_a_moment_for_more_is_delivered_without_more(desk: Desk, loop: Make) -> None:
    task = asyncio.create_task(loop(Source([post(1), HANG])).run())
    await until(lambda: desk.ids == ["1"])
    await stop(task)
    assert desk.state.status is SourceStatus.OK


async def test_a_silent_connection_is_dead_and_given_up(desk: Desk, loop: Make) -> None:
    source = Source([post(1), HANG], silence=0.05)
    await loop(source).connect_once()
    assert (desk.state.status, source.closed) == (SourceStatus.FAILING, 1)
    assert desk.state.error == "nothing came for 0.05 s, so the connection counts as dead"
    assert desk.ids == ["1"]


async def test_an_empty_sign_of_life_keeps_a_connection(desk: Desk, loop: Make, clock: ManualClock) -> None:
    async def pause() -> None:
        await asyncio.sleep(0.05)

    signs: list[Act] = [act for _ in range(8) for act in (pause, Fetched(cursor="5"))]
    source = Source([*signs, HANG], silence=0.25)
    clock.move(timedelta(seconds=30))
    await loop(source).connect_once()
    assert source.given == 8
    assert desk.state.heartbeat_at == START + timedelta(seconds=30)


async def test_losses_are_tried_again_ever_more_slowly_up_to_a_limit(loop: Make) -> None:
    reading = loop(Source([Temporary("down")]))
    waits = [await reading.connect_once() for _ in range(12)]
    assert all(2.0**n <= wait <= 2.0 ** (n + 1) for n, wait in enumerate(waits[:7]))
    assert all(LONGEST_BACK_OFF <= wait <= 2 * LONGEST_BACK_OFF for wait in waits[7:])


async def test_waits_differ_so_that_a_server_is_not_met_by_all_at_once(loop: Make) -> None:
    waits = [await loop(Source([])).connect_once() for _ in range(2)]
    assert waits[0] == waits[1], "the same seed waits alike"
    reading = loop(Source([Temporary("x")]))
    ratios = {round(await reading.connect_once() / 2**n, 6) for n in range(6)}
    assert len(ratios) == 6


async def test_only_a_healthy_while_resets_the_back_off(desk: Desk, loop: Make, clock: ManualClock) -> None:
    async def a_minute() -> None:
        clock.move(timedelta(seconds=60))

    down: list[Act] = [Temporary("down")]
    brief: list[Act] = [post(1), Temporary("down")]
    reading = loop(Source(down, down, brief, [post(2), a_minute, Temporary("down")], down))
    waits = [await reading.connect_once() for _ in range(5)]
    assert 4.0 <= waits[2] <= 8.0, "an answer alone is no health: a server may drop everybody after one"
    assert 1.0 <= waits[3] <= 2.0
    assert 2.0 <= waits[4] <= 4.0


async def test_a_named_time_is_obeyed_and_a_permanent_error_stops_the_source(desk: Desk, loop: Make) -> None:
    reading = loop(Source([Temporary("busy", retry_after=600.0)], [Permanent("answers 403")]))
    assert await reading.connect_once() >= 600.0
    assert await reading.connect_once() >= STOPPED_RETRY
    assert (desk.state.status, desk.state.error) == (SourceStatus.STOPPED, "answers 403")


async def test_a_bug_in_a_source_is_a_failure_of_that_source(desk: Desk, loop: Make) -> None:
    await loop(Source([post(1), ZeroDivisionError("x")])).connect_once()
    assert desk.state.error.startswith("internal error ZeroDivisionError at test_stream_loop.py:")
    assert desk.ids == ["1"]


async def test_what_cannot_be_stored_is_delivered_before_anything_newer(
    desk: Desk, loop: Make, clock: ManualClock
) -> None:
    source = Source([post(1), HANG])
    desk.trouble = [StorageFull("the disk is full"), StorageFull("the disk is full")]
    task = asyncio.create_task(loop(source).run())
    await until(lambda: desk.states[-1:] != [] and desk.state.status is SourceStatus.FAILING)
    assert (desk.state.error, desk.cursor, desk.state.heartbeat_at) == ("the disk is full", "", None)

    def a_second_later() -> bool:
        clock.move(timedelta(seconds=1))
        return desk.ids == ["1"]

    await until(a_second_later)
    assert (desk.cursor, source.cursors) == ("1", [""])
    assert desk.state.status is SourceStatus.OK
    await stop(task)


async def test_a_source_is_not_read_on_while_nothing_can_be_delivered(desk: Desk, loop: Make) -> None:
    desk.free.clear()
    source = Source([*posts(0, 20_000), HANG])
    task = asyncio.create_task(loop(source).run())
    await until(lambda: source.given >= WAITING_ITEMS)
    await asyncio.sleep(0.05)
    assert source.given <= WAITING_ITEMS + BATCH_ITEMS + 1
    desk.free.set()
    await until(lambda: len(desk.ids) == 20_000)
    assert desk.ids == [str(number) for number in range(20_000)]
    await stop(task)


async def test_waiting_for_a_slow_store_is_no_silence_of_the_source(desk: Desk, loop: Make) -> None:
    desk.free.clear()
    source = Source([*posts(0, 3_000), HANG], silence=0.05)
    task = asyncio.create_task(loop(source).connect_once())
    await until(lambda: source.given >= WAITING_ITEMS)
    await asyncio.sleep(0.15)
    assert source.closed == 0
    desk.free.set()
    await task
    assert len(desk.ids) == 3_000


async def test_stopped_in_the_middle_it_repeats_what_was_not_committed_and_loses_nothing(
    desk: Desk, loop: Make
) -> None:
    desk.free.clear()
    task = asyncio.create_task(loop(Source([post(1), post(2), HANG])).run())
    await until(lambda: bool(desk.states))
    await asyncio.sleep(0.02)
    await stop(task)
    assert desk.cursor == ""
    desk.free.set()
    again = Source(posts(1, 4))
    await loop(again).connect_once()
    assert (again.cursors, desk.ids) == ([""], ["1", "2", "3"])


async def test_a_cursor_that_cannot_be_read_is_a_failure_like_any_other(desk: Desk, loop: Make) -> None:
    desk.cursor_trouble = [StorageFull("the disk is full")]
    source = Source([post(1)])
    reading = loop(source)
    await reading.connect_once()
    assert (desk.state.error, source.cursors) == ("the disk is full", [])
    await reading.connect_once()
    assert desk.ids == ["1"]


async def test_breaking_and_healing_are_logged_once_each(desk: Desk, loop: Make) -> None:
    reading = loop(Source([Temporary("lost")], [Temporary("lost")], [Temporary("lost")], [post(1), HANG]))
    with capture_logs() as logs:
        for _ in range(3):
            await reading.connect_once()
        task = asyncio.create_task(reading.run())
        await until(lambda: desk.ids == ["1"])
        await stop(task)
    assert [(line["event"], line["source"]) for line in logs] == [
        ("source fails; trying again by itself", "firehose"),
        ("source works again", "firehose"),
    ]


async def test_the_state_is_told_when_it_changes_and_now_and_then(
    desk: Desk, loop: Make, clock: ManualClock
) -> None:
    async def pause() -> None:
        await asyncio.sleep(0.03)

    async def ten_seconds() -> None:
        clock.move(timedelta(seconds=10))

    steps: list[Act] = [act for n in range(6) for act in (post(n), pause)]
    source = Source([*steps, ten_seconds, post(6), HANG])
    task = asyncio.create_task(loop(source).run())
    await until(lambda: len(desk.ids) == 7)
    await until(lambda: len(desk.states) == 3)
    await stop(task)
    assert [state.status for state in desk.states] == [
        SourceStatus.STARTING,
        SourceStatus.OK,
        SourceStatus.OK,
    ]
    assert len(desk.deliveries) >= 4
    assert desk.state.interval_seconds == source.silence


async def test_counts_lag_deletions_and_rejections_reach_the_state(desk: Desk, loop: Make) -> None:
    desk.cursor = "0"
    edited = replace(post(9, 9_000).mentions[0], flags=Flag.EDITED)
    source = Source(
        [
            post(1, 10),
            post(2, 30),
            post(3, 50),
            Fetched((edited,), "9"),
            Fetched(deleted=("2", "7"), cursor="10"),
            Fetched(rejected=(Rejected("frame", "garbage"),), cursor="10"),
        ]
    )
    await loop(source).connect_once()
    state = desk.state
    assert (state.received, state.deleted, state.rejected) == (4, 2, 1)
    assert state.lag_seconds == 30.0, "an edit carries the time of the first publication and tells no delay"


async def test_a_gap_is_seen_for_longer_than_a_batch(desk: Desk, loop: Make, clock: ManualClock) -> None:
    reading = loop(Source([replace(post(1), complete=False)], posts(2, 3)))
    for _ in range(30):
        await reading.connect_once()
    assert desk.state.completeness == 0.0, "all of it fell into the same five minutes"
    for _ in range(3):
        clock.move(timedelta(minutes=5))
        await reading.connect_once()
    assert desk.state.completeness == 0.75


def test_parts_are_merged_in_order_with_the_cursor_of_the_last() -> None:
    whole = merged([replace(post(1), brand="Acme"), replace(post(2), brand="Acme", deleted=("x",))])
    assert [mention.native_id for mention in whole.mentions] == ["1", "2"]
    assert (whole.cursor, whole.deleted, whole.complete, whole.brand) == ("2", ("x",), True, "Acme")
    assert not merged([replace(post(1), complete=False), post(2)]).complete
