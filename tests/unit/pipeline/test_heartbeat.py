"""The dead-man's switch: asked while all is well, silent as soon as firestorms could go untold."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.config import HeartbeatConfig
from core.ports import Store
from core.records import (
    Delivery,
    DeliveryStatus,
    Explanation,
    Notification,
    Outcome,
    Pulse,
    Reason,
    Signal,
    Silence,
    SourceState,
    SourceStatus,
    Stage,
    Step,
)
from pipeline.heartbeat import LAST, NEEDED, Heartbeat, trouble
from storage import open_store

NOW = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
WELL = dict.fromkeys((*NEEDED, "source news"), "running")
PATH = "/ping/a-secret-token"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store as a healthy process leaves it at `NOW`."""
    opened = open_store(f"sqlite:///{tmp_path}/firetower.db")
    opened.save_pulse(Pulse(NOW - timedelta(hours=5), NOW))
    opened.save_source(SourceState("news", "rss", SourceStatus.OK, heartbeat_at=NOW))
    opened.save_source(SourceState("dead", "rss", SourceStatus.STOPPED))
    opened.commit(Step(states=(Signal("Acme", NOW, Stage.CALM),)))
    yield opened
    opened.close()


class RestingClock(ManualClock):
    """A clock moved by hand that tells when somebody sleeps on it."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.resting = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.resting.set()
        await super().sleep(seconds)


@pytest.fixture
def clock() -> RestingClock:
    return RestingClock(NOW)


def switch(server: HTTPServer, store: Store, clock: ManualClock, states: dict[str, str]) -> Heartbeat:
    config = HeartbeatConfig.model_validate({"url": server.url_for(PATH)}, context={"environ": {}})
    return Heartbeat(config, store, clock, states)


async def beat(heart: Heartbeat) -> str:
    async with httpx.AsyncClient() as client:
        return await heart.beat(client)


async def test_it_is_asked_while_all_is_well(
    httpserver: HTTPServer, store: Store, clock: ManualClock
) -> None:
    httpserver.expect_request(PATH).respond_with_data("OK")
    assert await beat(switch(httpserver, store, clock, WELL)) == ""
    assert [request.method for request, _ in httpserver.log] == ["GET"]
    assert store.meta(LAST) == NOW.isoformat()


async def test_every_interval_until_something_is_wrong_which_is_logged_once(
    httpserver: HTTPServer, store: Store, clock: RestingClock
) -> None:
    httpserver.expect_request(PATH).respond_with_data("OK")
    states = dict(WELL)
    with capture_logs() as logs:
        role = asyncio.create_task(switch(httpserver, store, clock, states).run())
        await _minutes(clock, store, 3)
        asked = len(httpserver.log)
        states["flow"] = "restarting: OSError"
        await _minutes(clock, store, 3)
        assert len(httpserver.log) == asked
        states["flow"] = "running"
        await _minutes(clock, store, 2)
        role.cancel()
        await asyncio.gather(role, return_exceptions=True)
    assert (asked, len(httpserver.log)) == (3, 5)
    assert [(entry["event"], entry.get("trouble", "")) for entry in logs] == [
        ("no heartbeat", "not asked: the role flow is restarting: OSError"),
        ("the heartbeat is back", ""),
    ]


async def _minutes(clock: RestingClock, store: Store, count: int) -> None:
    """Let minutes pass in a process that lives, and the role come to rest in each."""
    for _ in range(count):
        await clock.resting.wait()
        now = clock.now() + timedelta(minutes=1)
        store.save_pulse(Pulse(NOW, now))
        store.save_source(SourceState("news", "rss", SourceStatus.OK, heartbeat_at=now))
        store.commit(Step(states=(Signal("Acme", now, Stage.CALM),)))
        clock.resting.clear()
        clock.set(now)
    await clock.resting.wait()


async def test_a_service_that_refuses_or_sends_us_elsewhere_is_told_without_its_address(
    httpserver: HTTPServer, store: Store, clock: ManualClock
) -> None:
    httpserver.expect_oneshot_request(PATH).respond_with_data("no", 404)
    httpserver.expect_oneshot_request(PATH).respond_with_data(
        "", 302, {"Location": httpserver.url_for("/elsewhere")}
    )
    heart = switch(httpserver, store, clock, WELL)
    assert await beat(heart) == "the service answers 404"
    assert await beat(heart) == "the service answers 302"
    assert [request.path for request, _ in httpserver.log] == [PATH, PATH]


async def test_nobody_there_is_told_without_its_address(
    store: Store, clock: ManualClock, unused_tcp_port: int
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}{PATH}"
    config = HeartbeatConfig.model_validate({"url": url}, context={"environ": {}})
    said = await beat(Heartbeat(config, store, clock, WELL))
    assert said == "the service cannot be reached: it refused the connection"


async def test_a_store_that_cannot_be_written_is_no_health(
    httpserver: HTTPServer, tmp_path: Path, clock: ManualClock, store: Store
) -> None:
    """The database is closed under it, as when its disk goes away."""
    store.close()
    (tmp_path / "firetower.db").unlink()
    (tmp_path / "firetower.db").mkdir()
    said = await beat(switch(httpserver, store, clock, WELL))
    assert said.startswith("not asked: ")
    assert "cannot be opened for writing" in said
    assert httpserver.log == []


@pytest.mark.parametrize("role", NEEDED)
def test_each_needed_role_must_run(store: Store, role: str) -> None:
    assert trouble(store, {**WELL, role: "restarting: x"}, NOW) == f"the role {role} is restarting: x"
    without = {name: state for name, state in WELL.items() if name != role}
    assert trouble(store, without, NOW) == f"the role {role} is not started"


def test_a_single_source_may_fail(store: Store) -> None:
    assert trouble(store, {**WELL, "source dead": "restarting: x"}, NOW) == ""


def test_no_sign_of_life_no_source_and_no_look_are_each_told(store: Store) -> None:
    later = NOW + timedelta(minutes=11)
    assert trouble(store, WELL, later) == "the main process gives no sign of life"
    store.save_pulse(Pulse(NOW, later))
    assert trouble(store, WELL, later) == "no source answers"
    store.save_source(SourceState("news", "rss", SourceStatus.OK, heartbeat_at=later))
    assert trouble(store, WELL, later) == "detection stands still"


@pytest.fixture
def page() -> Notification:
    signal = Signal("Acme", NOW, Stage.SPREADING)
    told = Explanation(signal, "", (), "")
    made = NOW - timedelta(minutes=20)
    return Notification("p" * 20, "i", "Acme", Reason.SPREADING, Stage.SPREADING, made, told, made)


def test_a_page_that_reaches_nobody_is_no_health(store: Store, page: Notification) -> None:
    store.commit(Step(notifications=(page,)))
    assert trouble(store, WELL, NOW - timedelta(minutes=6)) == ""
    store.save_delivery(Delivery(page.id, "duty", DeliveryStatus.RETRY, 4, NOW, NOW))
    assert trouble(store, WELL, NOW) == "page pppppppp reaches nobody"
    store.finish(page.id, Outcome.FAILED, "", NOW)
    assert trouble(store, WELL, NOW) == ""


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.HELD, DeliveryStatus.CAPPED])
def test_a_page_that_reached_somebody_or_is_held_is_fine(
    store: Store, page: Notification, status: DeliveryStatus
) -> None:
    store.commit(Step(notifications=(page,)))
    store.save_delivery(Delivery(page.id, "duty", DeliveryStatus.RETRY, 4, NOW, NOW))
    store.save_delivery(Delivery(page.id, "night", status))
    assert trouble(store, WELL, NOW) == ""


def test_a_page_that_somebody_silenced_is_fine(store: Store, page: Notification) -> None:
    store.commit(Step(notifications=(page,)))
    store.add_silence(Silence("s", "Acme", "", "", "duty", NOW, NOW + timedelta(hours=1)))
    assert trouble(store, WELL, NOW) == ""
