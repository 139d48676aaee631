"""From the outbox to real servers: once, again after trouble, again after a crash, and never in a replay."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from queue import Queue
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from alerts.backoff import ATTEMPTS
from alerts.runner import AlertRunner
from core.clock import ManualClock
from core.config import Config
from core.ports import Store
from core.records import (
    Action,
    Answer,
    Delivery,
    DeliveryStatus,
    EventKind,
    Incident,
    Notification,
    Outcome,
    Reason,
    Silence,
    Stage,
    Step,
)
from core.signing import Signer
from storage import open_store

Configure = Callable[..., Config]

# `mailbox` is conftest's Mailbox; with importlib mode tests cannot import it, so its type is Any here.

PATIENT = 60.0
"""Seconds: a round of these tests waits until its sends are done, as long as it takes."""


def runner_for(store: Store, config: Config, clock: ManualClock, replay: bool = False) -> AlertRunner:
    return AlertRunner(store, config, clock, replay=replay, patience=PATIENT)


def hook(httpserver: HTTPServer, path: str = "") -> str:
    return f"json://localhost:{httpserver.port}{path}"


def only_delivery(store: Store, page: Notification, channel: str = "hook") -> Delivery:
    (row,) = (row for row in store.deliveries(page.id) if row.channel == channel)
    return row


def finished(store: Store, page: Notification) -> Notification:
    row = store.notification(page.id)
    assert row is not None
    return row


async def test_one_mail_arrives_in_both_forms_and_its_link_verifies(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, mailbox: Any
) -> None:
    runner = runner_for(outbox, config(mail=mailbox.url), clock)
    await runner.run_once(clock.now())
    await runner.run_once(clock.now())
    (envelope,) = mailbox.mails
    mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
    assert (mail["From"], mail["To"]) == ("firetower@tower.example", "oncall@tower.example")
    assert mail["Subject"].startswith("[Firestorm] Northwind Air: 214 negative/h")
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert "Passengers say Northwind Air refuses refunds" in body.get_content()
    plain = mail.get_body(("plain",))
    assert plain is not None
    (link,) = (line.strip() for line in plain.get_content().splitlines() if "/ack/" in line)
    grant = Signer("a secret of enough characters").check(link.rpartition("/")[2], clock.now())
    assert grant.incident_id == page.incident_id
    lines = [line.rstrip() for line in plain.get_content().strip().splitlines()]
    assert lines[0] == "Firestorm Northwind Air: refund refused, 214/h, 18 expected"
    assert lines[-1] == link
    assert not [line for line, after in pairwise(lines) if not line and not after], "two empty lines"
    assert finished(outbox, page).outcome is Outcome.SENT
    assert finished(outbox, page).detail == "sent to mail"


async def test_the_timeline_says_how_long_it_took(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    clock.move(timedelta(seconds=3))
    await runner_for(outbox, config(hook=hook(httpserver)), clock).run_once(clock.now())
    (event,) = outbox.events(page.incident_id)
    assert (event.kind, event.text) == (EventKind.DELIVERED, "Page to hook delivered in 3 s")


async def test_an_error_is_tried_again_when_its_wait_is_over_and_no_sooner(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_ordered_request("/").respond_with_data("busy", 500)
    httpserver.expect_ordered_request("/").respond_with_data("ok")
    runner = runner_for(outbox, config(hook=hook(httpserver)), clock)
    await runner.run_once(clock.now())
    row = only_delivery(outbox, page)
    assert row.status is DeliveryStatus.RETRY
    assert row.next_at is not None
    assert "busy" in row.error
    await runner.run_once(row.next_at - timedelta(seconds=1))
    assert len(httpserver.log) == 1
    clock.set(row.next_at)
    await runner.run_once(clock.now())
    row = only_delivery(outbox, page)
    assert (row.status, row.attempts, row.error) == (DeliveryStatus.SENT, 2, "")
    assert finished(outbox, page).outcome is Outcome.SENT
    httpserver.check_assertions()


async def test_a_mail_server_that_always_refuses_leaves_a_dead_letter(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, mailbox: Any
) -> None:
    mailbox.refusal = "550 no such mailbox"
    runner = runner_for(outbox, config(mail=mailbox.url), clock)
    for _ in range(ATTEMPTS + 5):
        await runner.run_once(clock.now())
        clock.move(timedelta(hours=2))
    row = only_delivery(outbox, page, "mail")
    assert (row.status, row.attempts) == (DeliveryStatus.DEAD, ATTEMPTS)
    assert "550" in row.error
    assert finished(outbox, page).outcome is Outcome.FAILED
    (event,) = outbox.events(page.incident_id)
    assert event.kind is EventKind.UNDELIVERED
    assert event.text.startswith(f"Page to mail given up after {ATTEMPTS} of {ATTEMPTS} tries")
    assert outbox.outbox() == []


async def test_a_channel_that_does_not_exist_dies_at_once_and_the_others_deliver(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    both = config(bad="nosuch://somewhere-secret", hook=hook(httpserver))
    await runner_for(outbox, both, clock).run_once(clock.now())
    assert only_delivery(outbox, page).status is DeliveryStatus.SENT
    dead = only_delivery(outbox, page, "bad")
    assert (dead.status, dead.attempts) == (DeliveryStatus.DEAD, 1)
    assert dead.error.startswith("nosuch:// is no service that Apprise knows")
    done = finished(outbox, page)
    assert done.outcome is Outcome.PARTIAL
    assert done.detail.startswith("sent to hook; bad: nosuch://")


async def test_a_channel_that_hangs_delays_no_other(
    outbox: Store,
    page: Notification,
    config: Configure,
    clock: ManualClock,
    httpserver: HTTPServer,
    mailbox: Any,
) -> None:
    asked = asyncio.Event()
    go_on = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await go_on.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    slow = config(slow=f"json://127.0.0.1:{port}?rto=60", mail=mailbox.url)
    runner = AlertRunner(outbox, slow, clock, patience=0.0)
    await runner.run_once(clock.now())
    await asyncio.wait_for(asked.wait(), PATIENT)
    await asyncio.wait_for(mailbox.arrived.wait(), PATIENT)
    await runner.run_once(clock.now())
    assert only_delivery(outbox, page, "slow").status is DeliveryStatus.RESERVED
    assert only_delivery(outbox, page, "slow").attempts == 1
    assert finished(outbox, page).outcome is Outcome.PENDING
    go_on.set()
    await runner.close()
    assert only_delivery(outbox, page, "slow").status is DeliveryStatus.RETRY
    server.close()


async def test_killed_between_reserve_and_send_it_is_sent_after_the_restart(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    outbox.save_delivery(Delivery(page.id, "hook", DeliveryStatus.RESERVED, attempts=1, at=clock.now()))
    await runner_for(outbox, config(hook=hook(httpserver)), clock).run_once(clock.now())
    row = only_delivery(outbox, page)
    assert (row.status, row.attempts) == (DeliveryStatus.SENT, 2)
    assert len(httpserver.log) == 1


RUN = """
import asyncio, sys
from alerts.runner import AlertRunner
from core.clock import SystemClock
from core.config import load_config
from pathlib import Path
from storage import open_store

folder = Path(sys.argv[1])
store = open_store(f"sqlite:///{folder}/firetower.db")
runner = AlertRunner(store, load_config(folder, {}), SystemClock(), patience=60)
asyncio.run(runner.run_once(SystemClock().now()))
"""


def test_killed_between_send_and_complete_it_is_sent_twice_rather_than_never(
    tmp_path: Path, incident: Incident, page: Notification, httpserver: HTTPServer
) -> None:
    """`kill -9` by the server that has just received the page and not yet answered."""
    store = open_store(f"sqlite:///{tmp_path}/firetower.db")
    store.commit(Step(incidents=(incident,), notifications=(page,)))
    (tmp_path / "firetower.toml").write_text(f'[[channel]]\nname = "hook"\nurl = "{hook(httpserver)}"\n')
    victims: Queue[int] = Queue()

    def kill(request: Request) -> Response:
        os.kill(victims.get(timeout=PATIENT), signal.SIGKILL)
        return Response("ok")

    httpserver.expect_oneshot_request("/").respond_with_handler(kill)
    httpserver.expect_request("/").respond_with_data("ok")
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    victim = subprocess.Popen(command)
    victims.put(victim.pid)
    assert victim.wait(PATIENT) == -signal.SIGKILL
    assert only_delivery(store, page).status is DeliveryStatus.RESERVED
    subprocess.run(command, check=True, timeout=PATIENT)
    row = only_delivery(store, page)
    assert (row.status, row.attempts) == (DeliveryStatus.SENT, 2)
    assert finished(store, page).outcome is Outcome.SENT
    assert len(httpserver.log) == 2
    store.close()


async def test_killed_after_complete_it_is_not_sent_again(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    """One channel was complete, the page was not: only the other channel is still owed."""
    httpserver.expect_request("/first").respond_with_data("ok")
    httpserver.expect_request("/second").respond_with_data("ok")
    outbox.save_delivery(Delivery(page.id, "first", DeliveryStatus.SENT, attempts=1, at=clock.now()))
    channels = config(first=hook(httpserver, "/first"), second=hook(httpserver, "/second"))
    await runner_for(outbox, channels, clock).run_once(clock.now())
    assert [request.path for request, _ in httpserver.log] == ["/second"]
    assert finished(outbox, page).detail == "sent to first, second"


async def test_a_page_that_kills_us_each_time_is_given_up(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    outbox.save_delivery(
        Delivery(page.id, "hook", DeliveryStatus.RESERVED, attempts=ATTEMPTS, at=clock.now())
    )
    await runner_for(outbox, config(hook=hook(httpserver)), clock).run_once(clock.now())
    assert only_delivery(outbox, page).status is DeliveryStatus.DEAD
    assert httpserver.log == []


async def test_a_replay_is_recorded_and_connects_to_nothing(
    outbox: Store,
    page: Notification,
    config: Configure,
    clock: ManualClock,
    httpserver: HTTPServer,
    mailbox: Any,
) -> None:
    channels = config(hook=hook(httpserver), mail=mailbox.url)
    await runner_for(outbox, channels, clock, replay=True).run_once(clock.now())
    done = finished(outbox, page)
    assert done.outcome is Outcome.REPLAY
    assert done.detail == "recorded only: pages of a replay never leave the machine"
    assert done.finished_at == clock.now()
    assert outbox.deliveries(page.id) == []
    assert httpserver.log == []
    assert mailbox.connections == 0


async def test_a_replay_records_every_page_however_late_it_looks(
    store: Store, incident: Incident, page: Notification, config: Configure, clock: ManualClock
) -> None:
    milder = replace(page, id="milder", reason=Reason.SPREADING, stage=Stage.SPREADING)
    store.commit(Step(incidents=(incident,), notifications=(milder, page)))
    await runner_for(store, config(), clock, replay=True).run_once(clock.now())
    assert [row.outcome for row in store.notifications()] == [Outcome.REPLAY, Outcome.REPLAY]


async def test_without_a_channel_the_page_says_that_it_reached_nobody(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock
) -> None:
    await runner_for(outbox, config(), clock).run_once(clock.now())
    done = finished(outbox, page)
    assert (done.outcome, done.detail) == (
        Outcome.NOBODY,
        "no channel takes firestorm pages; add a [[channel]]",
    )
    (event,) = outbox.events(page.incident_id)
    assert event.text.startswith("Page for firestorm not sent: no channel")


async def test_a_verdict_ends_the_tries_of_a_page_that_others_already_have(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/good").respond_with_data("ok")
    httpserver.expect_request("/bad").respond_with_data("down", 503)
    channels = config(good=hook(httpserver, "/good"), bad=hook(httpserver, "/bad"))
    runner = runner_for(outbox, channels, clock)
    await runner.run_once(clock.now())
    outbox.answer(Answer(page.incident_id, Action.NOT_US, "Ana", clock.now()))
    clock.move(timedelta(hours=1))
    await runner.run_once(clock.now())
    assert len(httpserver.log) == 2
    done = finished(outbox, page)
    assert done.outcome is Outcome.PARTIAL
    assert 'then Ana said "not us"' in done.detail
    row = only_delivery(outbox, page, "bad")
    assert (row.status, row.attempts) == (DeliveryStatus.WITHDRAWN, 1)
    before, _, cause = row.error.partition("; last error: ")
    assert before == 'Ana said "not us" at 2026-03-07 14:32 UTC'
    assert "down" in cause, "what the channel really failed of is kept"


async def test_a_held_page_waits_says_why_once_and_leaves_later(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    until = clock.now() + timedelta(minutes=30)
    outbox.add_silence(Silence("s", page.brand, page.incident_id, "we know", "Ana", clock.now(), until))
    runner = runner_for(outbox, config(hook=hook(httpserver)), clock)
    for _ in range(3):
        await runner.run_once(clock.now())
        clock.move(timedelta(minutes=5))
    assert httpserver.log == []
    (event,) = outbox.events(page.incident_id)
    assert event.text.startswith("Page for firestorm to hook held: silenced by Ana until")
    clock.set(until)
    await runner.run_once(clock.now())
    assert finished(outbox, page).outcome is Outcome.SENT


async def test_a_hold_stands_at_its_own_time_and_names_who_waits_and_who_has_the_page(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/good").respond_with_data("ok")
    httpserver.expect_request("/bad").respond_with_data("down", 503)
    channels = config(good=hook(httpserver, "/good"), bad=hook(httpserver, "/bad"))
    runner = runner_for(outbox, channels, clock)
    await runner.run_once(clock.now())
    clock.move(timedelta(minutes=12))
    pressed, until = clock.now(), clock.now() + timedelta(minutes=30)
    outbox.add_silence(Silence("s", page.brand, page.incident_id, "", "Ana", pressed, until))
    for _ in range(3):
        await runner.run_once(clock.now())
        clock.move(timedelta(minutes=5))
    held = [(event.at, event.text) for event in outbox.events(page.incident_id) if "held" in event.text]
    told = "Page for firestorm to bad held: silenced by Ana until 2026-03-07 15:14 UTC; good has it"
    assert held == [(pressed, told)]


async def test_a_channel_taken_out_of_the_configuration_is_not_waited_for(
    outbox: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    outbox.save_delivery(Delivery(page.id, "gone", DeliveryStatus.RETRY, 3, clock.now(), clock.now()))
    await runner_for(outbox, config(hook=hook(httpserver)), clock).run_once(clock.now())
    gone = only_delivery(outbox, page, "gone")
    assert (gone.status, gone.error) == (DeliveryStatus.DEAD, "the channel is no longer configured")
    assert finished(outbox, page).outcome is Outcome.SENT


async def test_a_test_page_goes_to_every_channel(
    store: Store, page: Notification, config: Configure, clock: ManualClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    test = replace(page, id="test", incident_id="", reason=Reason.TEST, stage=Stage.SPREADING)
    store.commit(Step(notifications=(test,)))
    await runner_for(store, config(hook=hook(httpserver)), clock).run_once(clock.now())
    assert finished(store, test).outcome is Outcome.SENT
    assert httpserver.log[0][0].get_json()["title"].startswith("[Test]")
