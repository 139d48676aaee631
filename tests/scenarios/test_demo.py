"""The demo does what the README promises: live tiles at once, a paged firestorm within minutes."""

import json
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.codec import loads
from core.records import DeliveryStatus, Flag, Outcome, Week
from storage import open_store

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower


@pytest.mark.slow
def test_the_storm_pages_within_minutes(
    firetower: "Firetower", tmp_path: Path, free_port: int, wait: Any
) -> None:
    workspace = tmp_path / "demo"
    started = time.monotonic()
    firetower.start("run", "--demo", "--workspace", str(workspace), "--port", str(free_port))
    wait("the history", (workspace / "firetower.toml").exists, 60)
    wait("the database", (workspace / "firetower.db").exists, 60)
    store = open_store(f"sqlite:///{workspace}/firetower.db")
    wait("nine tiles", lambda: len(store.states()) == 9, 240)
    (newest,) = store.report_weeks(1)
    report = store.report(newest)
    assert report is not None
    page = loads(Week, report.data)
    northwind = next(each for each in page.brands if each.brand == "Northwind Air")
    assert [each.brand for each in northwind.voices] == ["Northwind Air", "Meridian Jet"]
    assert sum(each.share for each in northwind.voices) == 100
    assert any(each.themes for each in page.brands)
    assert page.words.marking.startswith("Simulated")
    wait("a page", lambda: [n for n in store.notifications() if n.outcome is Outcome.SENT], 300)
    print(f"page sent {time.monotonic() - started:.0f} s after the start")
    (delivery, *_) = store.deliveries()
    assert delivery.status is DeliveryStatus.SENT
    incident = store.incidents()[0]
    assert (incident.brand, incident.simulated) == ("Northwind Air", True)
    assert all(row.mention.flags & Flag.SIMULATED for row in store.mentions(1_000))
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/healthz") as answer:
        assert json.load(answer)["status"] == "ok"
    assert not firetower.log().count("Traceback")
    store.close()
