"""People can answer while the machine is busy: a replay ingests, the board's link acknowledges."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from core.config import ensure_secret
from core.records import Action
from core.signing import Grant, Signer
from storage import open_store

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").json()["status"] in {"ok", "stale"}
    except (httpx.HTTPError, ValueError):
        return False


def test_a_link_acknowledges_while_a_replay_ingests(
    firetower: "Firetower", archive: Any, tmp_path: Path, free_port: int, wait: Any
) -> None:
    archive(tmp_path / "archive.jsonl", 4_000)
    workspace = tmp_path / "replay"
    replay = firetower.start(
        "replay", str(tmp_path / "archive.jsonl"), "--brand-column", "brand", "--workspace", str(workspace)
    )
    wait("the database", (workspace / "firetower.db").exists, 60)
    store = open_store(f"sqlite:///{workspace}/firetower.db")
    firetower.start("board", "--workspace", str(workspace), "--port", str(free_port))
    with httpx.Client(base_url=f"http://127.0.0.1:{free_port}") as client:
        wait("the board", lambda: _answers(client), 60)
        wait("an incident", store.incidents, 120)
        incident = store.incidents()[-1]
        before = store.count_mentions()
        assert replay.poll() is None, "the archive is too small: the replay has ended already"
        token = Signer(ensure_secret(workspace)).sign(Grant(incident.id, "mail"), datetime.now(UTC))
        done = client.post(
            f"/ack/{token}",
            data={"action": "acknowledge"},
            headers={"Origin": str(client.base_url).rstrip("/")},
        )
    assert done.status_code in {200, 303}, done.text[:300]
    first = store.answers(incident.id)[Action.ACKNOWLEDGE]
    assert first.who == "mail"
    assert replay.wait(300) == 0, firetower.log()
    assert store.count_mentions() > before
    assert store.answers(incident.id) == {Action.ACKNOWLEDGE: first}
    store.close()
