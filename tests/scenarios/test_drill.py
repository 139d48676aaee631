"""A drill on a running workspace: detected, sent to a real SMTP server, acknowledged through the link."""

import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.clock import SystemClock
from core.records import Pulse, Signal, Stage, Step
from pipeline.drill import MARK, clear_drills
from storage import open_store

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower, MailBox

ROOT = Path(__file__).parents[2]


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
    about = "DRILL Acme Foods"
    wait("the drill's e-mail", lambda: [m for m in mailbox.messages if about in str(m["subject"])], 240)
    (message, *_) = [m for m in mailbox.messages if about in str(m["subject"])]
    assert str(message["subject"]).startswith("DRILL")
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
    assert about not in {signal.brand for signal in store.states()}
    assert about not in {total.brand for total in store.totals()}
    store.close()


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
        (("--size", "3"), "at least 12"),
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
