import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.errors import Permanent, StorageFull, Temporary
from core.records import Fetched, Flag, Mention, Rejected, SourceState, SourceStatus
from monitors.base import GONE_RETRY, LONGEST_BACK_OFF, STOPPED_RETRY, PollLoop
from monitors.http import Gone

START = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Source:
    """A monitor that gives what it is told, or raises it."""

    kind: ClassVar[str] = "told"

    def __init__(self, *answers: Fetched | Exception) -> None:
        self.name = "news"
        self.interval = 60.0
        self.answers = list(answers)
        self.cursors: list[str] = []

    async def fetch(self, cursor: str) -> Fetched:
        self.cursors.append(cursor)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Desk:
    """Takes deliveries as the pipeline does: mentions and cursor together, or nothing."""

    def __init__(self) -> None:
        self.cursor = ""
        self.mentions: list[Mention] = []
        self.states: list[SourceState] = []
        self.trouble: list[Exception] = []
        self.report_trouble: list[Exception] = []

    async def deliver(self, name: str, fetched: Fetched) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.mentions.extend(fetched.mentions)
        self.cursor = fetched.cursor

    async def report(self, state: SourceState) -> None:
        if self.report_trouble:
            raise self.report_trouble.pop(0)
        self.states.append(state)

    async def read_cursor(self) -> str:
        return self.cursor

    @property
    def state(self) -> SourceState:
        return self.states[-1]


Make = Callable[..., PollLoop]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def loop(clock: ManualClock, desk: Desk) -> Make:
    return lambda source: PollLoop(source, desk.deliver, desk.report, desk.read_cursor, clock, seed=7)


def item(number: int, delay: float = 0.0, flags: Flag = Flag.NONE) -> Mention:
    event_at = START - timedelta(seconds=delay)
    return Mention("news", str(number), "text", event_at=event_at, seen_at=START, flags=flags)


async def test_what_is_fetched_is_delivered_and_the_cursor_moves_on(desk: Desk, loop: Make) -> None:
    source = Source(Fetched((item(1), item(2)), "after 2"), Fetched((item(3),), "after 3"))
    polling = loop(source)
    for _ in range(2):
        await polling.poll_once()
    assert [mention.native_id for mention in desk.mentions] == ["1", "2", "3"]
    assert source.cursors == ["", "after 2"]
    assert (desk.state.status, desk.state.received) == (SourceStatus.OK, 3)


async def test_the_interval_is_lengthened_a_little_and_not_always_alike(loop: Make) -> None:
    polling = loop(Source(Fetched()))
    waits = [await polling.poll_once() for _ in range(20)]
    assert all(60.0 <= wait <= 66.0 for wait in waits)
    assert len(set(waits)) == 20


async def test_the_same_seed_waits_alike(loop: Make) -> None:
    one, two = loop(Source(Fetched())), loop(Source(Fetched()))
    assert [await one.poll_once() for _ in range(5)] == [await two.poll_once() for _ in range(5)]


async def test_failures_are_retried_ever_more_slowly_up_to_a_limit(loop: Make) -> None:
    polling = loop(Source(Temporary("down")))
    waits = [await polling.poll_once() for _ in range(12)]
    doubling = [30.0, 60.0, 120.0, 240.0, 480.0]
    assert all(low <= wait <= low * 1.1 for low, wait in zip(doubling, waits, strict=False))
    assert all(LONGEST_BACK_OFF <= wait <= LONGEST_BACK_OFF * 1.1 for wait in waits[5:])


async def test_success_resets_the_back_off(loop: Make) -> None:
    polling = loop(Source(Temporary("x"), Temporary("x"), Fetched(), Temporary("x")))
    waits = [await polling.poll_once() for _ in range(4)]
    assert waits[3] <= 33.0


async def test_retry_after_is_obeyed(loop: Make) -> None:
    assert await loop(Source(Temporary("busy", retry_after=4000.0))).poll_once() >= 4000.0


async def test_a_permanent_error_stops_the_source_and_is_looked_at_hourly(desk: Desk, loop: Make) -> None:
    wait = await loop(Source(Permanent("needs a key"))).poll_once()
    assert STOPPED_RETRY <= wait <= STOPPED_RETRY * 1.1
    assert (desk.state.status, desk.state.error) == (SourceStatus.STOPPED, "needs a key")


async def test_gone_is_left_alone_for_a_week(desk: Desk, loop: Make) -> None:
    assert await loop(Source(Gone("ended"))).poll_once() >= GONE_RETRY
    assert desk.state.status is SourceStatus.STOPPED


async def test_a_bug_in_a_source_is_a_failure_of_that_source(desk: Desk, loop: Make) -> None:
    polling = loop(Source(ZeroDivisionError("x" * 5000), Fetched()))
    await polling.poll_once()
    assert desk.state.status is SourceStatus.FAILING
    assert desk.state.error.startswith("internal error ZeroDivisionError at test_poll_loop.py:")
    assert len(desk.state.error) <= 300
    await polling.poll_once()
    assert (desk.state.status, desk.state.error) == (SourceStatus.OK, "")


async def test_breaking_and_healing_are_logged_once_each(loop: Make) -> None:
    polling = loop(Source(Fetched(), *[Temporary("down")] * 5, *[Fetched()] * 3))
    with capture_logs() as logs:
        for _ in range(9):
            await polling.poll_once()
    assert [(line["log_level"], line["event"]) for line in logs] == [
        ("warning", "source fails; trying again by itself"),
        ("info", "source works again"),
    ]
    assert (logs[0]["source"], logs[0]["error"]) == ("news", "down")


async def test_stopping_is_told_once(loop: Make) -> None:
    polling = loop(Source(Temporary("down"), Permanent("no key")))
    with capture_logs() as logs:
        for _ in range(5):
            await polling.poll_once()
    assert [line["log_level"] for line in logs] == ["warning", "error"]


async def test_secrets_in_errors_are_masked(desk: Desk, loop: Make) -> None:
    await loop(Source(ValueError("https://me:pw@feeds.example/x?token=abc"))).poll_once()
    assert "pw" not in desk.state.error
    assert "abc" not in desk.state.error


async def test_an_empty_answer_is_a_heartbeat_and_a_failure_is_none(
    desk: Desk, loop: Make, clock: ManualClock
) -> None:
    polling = loop(Source(Fetched(cursor="c"), Temporary("down")))
    await polling.poll_once()
    clock.move(timedelta(minutes=5))
    await polling.poll_once()
    assert desk.state.heartbeat_at == START
    assert desk.state.since == START + timedelta(minutes=5)
    assert desk.state.last_item_at is None


async def test_what_cannot_be_stored_is_kept_and_delivered_before_anything_else(
    desk: Desk, loop: Make
) -> None:
    source = Source(Fetched((item(1),), "after 1"), Fetched((item(2),), "after 2"))
    polling = loop(source)
    desk.trouble = [StorageFull("the disk is full"), StorageFull("the disk is full")]
    for _ in range(2):
        await polling.poll_once()
        assert (desk.cursor, source.cursors) == ("", [""])
        assert (desk.state.status, desk.state.error) == (SourceStatus.FAILING, "the disk is full")
        assert desk.state.heartbeat_at is None
    await polling.poll_once()
    assert (desk.cursor, [mention.native_id for mention in desk.mentions]) == ("after 1", ["1"])
    await polling.poll_once()
    assert source.cursors == ["", "after 1"]
    assert desk.state.received == 2


async def test_a_report_that_fails_stops_nothing_and_is_logged_once(desk: Desk, loop: Make) -> None:
    polling = loop(Source(Fetched((item(1),), "1")))
    desk.report_trouble = [StorageFull("full"), StorageFull("full")]
    with capture_logs() as logs:
        for _ in range(3):
            await polling.poll_once()
    assert [line["event"] for line in logs] == ["the source's state cannot be stored"]
    assert desk.state.received == 3


async def test_lag_is_the_median_delay_of_what_was_not_there_at_the_start(desk: Desk, loop: Make) -> None:
    history = Fetched((item(1, delay=90_000),), "1")
    news = Fetched(
        (item(2, 10), item(3, 30), item(4, 50), item(5, 0, Flag.UNDATED), item(6, 0, Flag.FUTURE)), "6"
    )
    polling = loop(Source(history, news))
    await polling.poll_once()
    assert desk.state.lag_seconds is None
    await polling.poll_once()
    assert desk.state.lag_seconds == 30.0
    assert desk.state.last_item_at == START


async def test_completeness_is_the_share_of_whole_answers(desk: Desk, loop: Make) -> None:
    polling = loop(Source(Fetched(), Fetched(complete=False), Fetched(), Fetched()))
    for _ in range(4):
        await polling.poll_once()
    assert desk.state.completeness == 0.75


async def test_rejected_items_are_counted(desk: Desk, loop: Make) -> None:
    await loop(Source(Fetched(rejected=(Rejected("1", "bad"), Rejected("2", "bad"))))).poll_once()
    assert (desk.state.received, desk.state.rejected) == (0, 2)


async def test_what_an_earlier_process_knew_holds_until_there_is_newer(
    desk: Desk, clock: ManualClock
) -> None:
    item_at, since = START - timedelta(hours=3), START - timedelta(hours=1)
    former = SourceState(
        "news", "told", SourceStatus.STOPPED, item_at, item_at, since, 90.0, 0.5, "needs a key", 60.0, 5, 4, 3
    )
    source = Source(Permanent("needs a key"), Fetched((item(1, delay=10),), "1"))
    polling = PollLoop(source, desk.deliver, desk.report, desk.read_cursor, clock, former=former)
    desk.cursor = "0"
    await polling._tell()
    assert desk.state == replace(former, status=SourceStatus.STARTING, since=START)
    await polling.poll_once()
    assert desk.state == former
    clock.move(timedelta(minutes=1))
    await polling.poll_once()
    assert (desk.state.last_item_at, desk.state.lag_seconds) == (START - timedelta(seconds=10), 10.0)
    assert (desk.state.error, desk.state.completeness, desk.state.received) == ("", 1.0, 6)
    assert (desk.state.since, desk.state.heartbeat_at) == (clock.now(), clock.now())


async def test_it_runs_on_the_injected_clock_until_cancelled(
    clock: ManualClock, desk: Desk, loop: Make
) -> None:
    source = Source(Fetched())
    task: asyncio.Task[Any] = asyncio.create_task(loop(source).run())
    for _ in range(3):
        for _ in range(10):
            await asyncio.sleep(0)
        clock.move(timedelta(seconds=67))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(source.cursors) == 3
    assert desk.states[0].status is SourceStatus.STARTING
