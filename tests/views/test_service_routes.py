"""Health, metrics and web hooks."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.clock import ManualClock
from core.ports import Store
from core.records import HOOK_PATHS, Pulse
from dashboard.routes import HOOK_BYTES, Board, routes
from dashboard.workspace import SILENT_AFTER

BRIEFLY = timedelta(seconds=1)


@pytest.fixture
def clock(now: datetime) -> ManualClock:
    """The board's time."""
    return ManualClock(now)


@pytest.fixture
def client(empty_folder: Path, incident_id: str, clock: ManualClock) -> TestClient:
    """A client of the routes alone."""
    return TestClient(Starlette(routes=routes(Board(empty_folder, clock))))


def test_healthy_while_the_main_process_writes(client: TestClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert response.json()["roles"] == {"flow": "running"}


def test_stale_when_it_has_been_silent(client: TestClient, clock: ManualClock, store: Store) -> None:
    clock.move(SILENT_AFTER + BRIEFLY)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["status"] == "stale"
    store.save_pulse(Pulse(clock.now(), clock.now()))
    assert client.get("/healthz").status_code == 200


def test_a_demo_that_catches_up_lives_while_its_clock_moves(
    client: TestClient, clock: ManualClock, store: Store, now: datetime
) -> None:
    for minute in range(3):
        past = now - timedelta(hours=3) + timedelta(minutes=minute)
        store.save_pulse(Pulse(past, past, demo=True, catching_up=True))
        assert client.get("/healthz").status_code == 200
        clock.move(SILENT_AFTER - BRIEFLY)
    clock.move(SILENT_AFTER)
    assert client.get("/healthz").status_code == 503


def test_no_workspace_is_stale_with_a_reason(empty_folder: Path) -> None:
    response = TestClient(Starlette(routes=routes(Board(empty_folder)))).get("/healthz")
    assert response.status_code == 503
    assert "no Firetower database" in response.json()["reason"]


def test_metrics_are_what_the_main_process_left(client: TestClient) -> None:
    response = client.get("/metrics")
    assert response.text == "firetower_mentions 321\n"
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")


@pytest.fixture
def _taken(store: Store) -> None:
    store.set_meta(HOOK_PATHS, "shop other")


@pytest.mark.usefixtures("_taken")
def test_a_hook_is_kept_as_it_came(client: TestClient, store: Store, now: datetime) -> None:
    raw = b"\x00\xff{not json"
    response = client.post("/hooks/shop", content=raw, headers={"x-signature": "sha256=abc"})
    assert response.status_code == 202
    (hook,) = store.take_hooks("shop", 10)
    assert (hook.body, hook.headers["x-signature"], hook.received_at) == (raw, "sha256=abc", now)


@pytest.mark.usefixtures("_taken")
def test_the_same_body_twice_is_two_hooks(client: TestClient, store: Store) -> None:
    client.post("/hooks/shop", content=b"ping")
    client.post("/hooks/shop", content=b"ping")
    assert len(store.take_hooks("shop", 10)) == 2


def test_a_hook_that_nobody_takes_is_not_kept(client: TestClient, store: Store) -> None:
    assert client.post("/hooks/shop", content=b"ping").status_code == 404
    assert store.take_hooks("shop", 10) == []


@pytest.mark.usefixtures("_taken")
def test_a_hook_that_is_too_large_is_refused(client: TestClient, store: Store) -> None:
    assert client.post("/hooks/shop", content=b"x" * (HOOK_BYTES + 1)).status_code == 413
    assert client.post("/hooks/shop", content=b"x" * HOOK_BYTES).status_code == 202
    assert len(store.take_hooks("shop", 10)) == 1


def test_looking_at_a_hook_is_not_allowed(client: TestClient) -> None:
    assert client.get("/hooks/shop").status_code == 405
