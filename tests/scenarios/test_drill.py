"""A drill on a running workspace: detected, sent to a real SMTP server, acknowledged through the link."""

import asyncio
import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.clock import SystemClock
from core.codec import dumps
from core.records import (
    Action,
    Answer,
    Delivery,
    DeliveryStatus,
    EventKind,
    Explanation,
    Notification,
    Outcome,
    Pulse,
    Reason,
    Signal,
    Stage,
    Step,
)
from pipeline.drill import MARK, await_clock, clear_drills
from pipeline.drill_report import Drilled, await_acknowledgement, await_delivery
from storage import open_store

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower, MailBox

ROOT = Path(__file__).parents[2]
EXPLAINED = Explanation(Signal("Acme", datetime(2026, 3, 2, tzinfo=UTC), Stage.SPREADING), "", (), "")


def _link(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(re.findall(r"http://127\.0\.0\.1:\d+/ack/\S+", body.get_content())[0])


def _acknowledge(link: str) -> None:
    """Press the button as a phone's browser does."""
    page = urllib.request.urlopen(link).read().decode()
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    body = urllib.parse.urlencode({**fields, "action": "acknowledge", "who": "duty"}).encode()
    origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(link))
    urllib.request.urlopen(urllib.request.Request(link, body, {"Origin": origin})).read()


@pytest.mark.slow
def test_a_drill_on_the_demo_is_detected_sent_and_acknowledged(
    firetower: "Firetower", mailbox: "MailBox", tmp_path: Path, free_port: int, wait: Any
) -> None:
    demo = tmp_path / "demo"
    mail = f"mailto://127.0.0.1:{mailbox.port}?from=firetower@mail.example&to=duty@mail.example"
    arguments = ("--workspace", str(demo))
    firetower.start("run", "--demo", *arguments, "--port", str(free_port), "--channel", mail)
    wait("the database", (demo / "firetower.db").exists, 60)
    store = open_store(f"sqlite:///{demo}/firetower.db")
    wait("a sign of life", store.pulse, 60)

    drill = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "drill", *arguments, "--brand", "Acme Foods", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )

    def mails() -> list[Any]:
        named = [message for message in mailbox.messages if "Acme Foods" in str(message["subject"])]
        return [message for message in named if str(message["subject"]).startswith("DRILL ")]

    wait("the drill's e-mail", mails, 480)
    (message, *_) = mails()
    _acknowledge(_link(message))
    out, _ = drill.communicate(timeout=60)
    found = json.loads(out)
    print(found["seconds"], found["drill"]["storm_minutes"])
    assert drill.returncode == 0
    assert found["passed"]
    assert {each["channel"]: each["status"] for each in found["drill"]["sent"]}["mail"] == "sent"
    assert all(seconds >= 0 for seconds in found["seconds"].values())

    incident = store.incident(found["drill"]["incident_id"])
    assert incident is not None
    assert (incident.drill, incident.simulated, incident.open) == (True, True, False)
    assert found["drill"]["acknowledged_at"] == json.loads(
        dumps(store.answers(incident.id)[Action.ACKNOWLEDGE].at)
    )
    (page, *_) = store.notifications(incident_id=incident.id)
    sent = min(row.at for row in store.deliveries(page.id) if row.at)
    assert found["drill"]["sent_at"] == json.loads(dumps(sent))
    told = [event.at for event in store.events(incident.id) if event.kind is EventKind.DELIVERED]
    assert min(told) == sent
    assert "DRILL Acme Foods" not in {signal.brand for signal in store.states()}
    assert "DRILL Acme Foods" not in {total.brand for total in store.totals()}
    store.close()


async def test_a_drill_waits_until_a_demo_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.drill.LOOK_SECONDS", 0.01)
    store = open_store("memory://catching-up")
    start = SystemClock().now()
    said: list[str] = []

    async def live() -> None:
        for beat in range(6):
            at = start + timedelta(minutes=beat)
            store.save_pulse(Pulse(start, at, demo=True, catching_up=beat < 5))
            await asyncio.sleep(0.05)

    living = asyncio.create_task(live())
    await await_clock(store, Path("demo"), said.append)
    pulse = store.pulse()
    assert pulse is not None
    assert not pulse.catching_up
    assert len(said) == 1
    await living


async def test_the_report_has_the_times_of_the_delivery_log() -> None:
    store = open_store("memory://drill-times")
    at = SystemClock().now() - timedelta(minutes=5)
    page = Notification("p1", "i1", f"{MARK}Acme", Reason.SPREADING, Stage.SPREADING, at, EXPLAINED, at)
    store.commit(Step(notifications=(page,)))
    sent = at + timedelta(seconds=2)
    store.save_delivery(Delivery("p1", "mail", DeliveryStatus.SENT, 1, sent))
    store.save_delivery(Delivery("p1", "chat", DeliveryStatus.SENT, 1, sent + timedelta(seconds=9)))
    store.finish("p1", Outcome.SENT, "", sent)
    store.answer(Answer("i1", Action.ACKNOWLEDGE, "mail", sent + timedelta(seconds=30), "link"))
    drilled = Drilled(f"{MARK}Acme", "steady", 300.0, at, "i1", at, at)
    drilled = await await_delivery(drilled, store, SystemClock())
    drilled = await await_acknowledgement(drilled, store, SystemClock(), timedelta(0))
    assert (drilled.sent_at, drilled.acknowledged_at) == (sent, sent + timedelta(seconds=30))
    assert drilled.told_acknowledged().startswith("Acknowledged 30 s after it was sent")


def test_without_a_running_process_a_drill_says_what_to_start(firetower: "Firetower", tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "firetower.toml").write_text('[[brand]]\nname = "Acme"\n')
    store = open_store(f"sqlite:///{folder}/firetower.db")
    now = SystemClock().now()
    store.save_pulse(Pulse(now, now))  # somebody ran here once
    store.close()
    done = firetower.run("drill", "--workspace", str(folder))
    assert done.returncode == 1
    assert f"firetower run --workspace {folder}" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--shape", "sudde"), "did you mean 'sudden'"),
        (("--brand", "Acne"), "did you mean 'Acme'"),
        (("--size", "3"), "12 to 6000"),
    ],
)
def test_a_wrong_option_is_named(
    firetower: "Firetower", tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    (tmp_path / "firetower.toml").write_text('[[brand]]\nname = "Acme"\n')
    done = firetower.run("drill", "--workspace", str(tmp_path), *options)
    assert done.returncode == 2
    assert said in done.stderr


def test_what_a_killed_drill_left_is_removed() -> None:
    store = open_store("memory://killed-drill")
    now = SystemClock().now()
    store.commit(Step(states=(Signal(f"{MARK}Acme", now, Stage.CALM), Signal("Acme", now, Stage.CALM))))
    clear_drills(store, now)
    assert [signal.brand for signal in store.states()] == ["Acme"]
