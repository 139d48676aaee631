"""Five services at once into one real workspace: what they sent is stored, once, through a kill -9."""

import signal
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.records import Flag, Selection, SourceStatus
from monitors.catalog import catalog
from storage import open_store
from tests.scenarios.services import Services
from tests.unit.monitors.reddit_server import CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower

Stored = dict[str, set[str]]


@pytest.fixture
def services(shared: Path, shift: Callable[..., bytes]) -> Iterator[Services]:
    found = Services(shared, shift)
    yield found
    found.close()


def _configure(folder: Path, services: Services, port: int) -> None:
    folder.mkdir()
    tables = "".join(f"[[source]]\n{table}\n" for table in services.tables())
    (folder / "firetower.toml").write_text(
        f'[board]\nport = {port}\n[[brand]]\nname = "Everyday"\nquery = "the OR and"\n{tables}',
        encoding="utf-8",
    )


def _stored(workspace: Path) -> Stored:
    """Return the native ids in the database by source; reading keeps nobody from writing."""
    found: Stored = defaultdict(set)
    try:
        with closing(sqlite3.connect(f"file:{workspace}/firetower.db?mode=ro", uri=True)) as database:
            for source, native_id in database.execute("SELECT source, native_id FROM mention"):
                found[source].add(native_id)
    except sqlite3.OperationalError:  # not made yet
        pass
    return dict(found)


def test_what_five_services_send_is_stored_once_through_a_kill(
    services: Services,
    firetower: "Firetower",
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    free_port: int,
    wait: Callable[..., None],
) -> None:
    monkeypatch.setenv("REDDIT_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("REDDIT_CLIENT_SECRET", CLIENT_SECRET)
    workspace = tmp_path / "workspace"
    _configure(workspace, services, free_port)
    run = ("run", "--workspace", str(workspace))

    first = firetower.start(*run)
    wait("a connection to Jetstream", lambda: services.bluesky.connections, 60)
    services.publish(0.4)
    wait("the first part", lambda: _stored(workspace) == services.wanted(), 180)

    before = _count(_stored(workspace))
    services.publish(0.7)
    wait("the beginning of the second part", lambda: _count(_stored(workspace)) > before, 60)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert _stored(workspace) != services.wanted(), "it was killed too late to prove anything"
    services.publish(1.0)  # the rest comes while nobody listens

    firetower.start(*run)
    wait("all of it", lambda: _stored(workspace) == services.wanted(), 180)
    store = open_store(f"sqlite:///{workspace}/firetower.db")
    total = _count(services.wanted())
    (brand,) = store.totals()
    assert (store.count_mentions(), brand.mentions) == (total, total)
    assert all(len(ids) >= 5 for ids in services.wanted().values())
    well = dict.fromkeys(services.all, SourceStatus.OK)
    wait("good news", lambda: {state.name: state.status for state in store.sources()} == well, 30)
    closed = {kind for kind in services.all if not vars(catalog()[kind])["may_train"]}
    kept = store.mentions(total, Selection(brand="Everyday"))
    assert {row.mention.source for row in kept if Flag.NO_TRAINING in row.mention.flags} == closed
    firetower.stop_all()
    assert CLIENT_SECRET not in firetower.log()
    assert "Unclosed" not in firetower.log()


def _count(found: Stored) -> int:
    return sum(map(len, found.values()))
