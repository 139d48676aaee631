"""Back-ups of a database that is in use, and the way back."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from core.errors import ConfigError, Permanent
from core.records import Step
from storage import backup, integrity, open_store, restore
from tests.unit.storage.former import fill_former

T0 = datetime(2026, 3, 1, tzinfo=UTC)
Steps = Callable[[int, int], Step]


def test_a_copy_taken_while_somebody_writes_is_whole(url: str, tmp_path: Path, steps: Steps) -> None:
    store, done = open_store(url), Event()
    store.commit(steps(0, 500))
    written = [500]

    def write() -> None:
        while not done.is_set():
            store.commit(steps(written[0], 20))
            written[0] += 20

    writer = Thread(target=write)
    writer.start()
    copies = [tmp_path / f"copy{number}" for number in range(5)]
    for copy in copies:
        least = written[0]
        backup(url, copy)
        new = f"sqlite:///{copy}"
        assert integrity(new) == []
        opened = open_store(new)
        assert opened.count_mentions() >= least
        opened.close()
    done.set()
    writer.join()
    assert store.count_mentions() == written[0] > 500
    store.close()


def test_the_original_may_be_restored_over_and_is_kept(
    url: str, path: Path, tmp_path: Path, steps: Steps
) -> None:
    store = open_store(url)
    store.commit(steps(0, 100))
    backup(url, tmp_path / "copy")
    store.commit(steps(100, 50))
    store.close()
    kept = restore(tmp_path / "copy", url, T0)
    assert kept == path.with_name("firetower.db.before-restore-20260301T000000Z")
    for place, count in ((path, 100), (kept, 150)):
        opened = open_store(f"sqlite:///{place}")
        assert (opened.count_mentions(), len(opened.mentions(999))) == (count, count)
        opened.close()


KILLED = """
import os, sys
from datetime import datetime, UTC
from core.records import Answer, Action
from storage import open_store
store = open_store(sys.argv[1])
store.answer(Answer("i1", Action.ACKNOWLEDGE, "duty", datetime(2026, 3, 1, tzinfo=UTC)))
os._exit(9)
"""


def test_what_a_killed_process_left_in_its_log_is_kept_too(
    url: str, path: Path, tmp_path: Path, steps: Steps
) -> None:
    """The write-ahead log of the replaced database goes with it, and not into the restored one."""
    store = open_store(url)
    store.commit(steps(0, 10))
    store.truncate_wal()
    backup(url, tmp_path / "copy")
    store.close()
    subprocess.run([sys.executable, "-c", KILLED, url], check=False, timeout=60)
    assert path.with_name("firetower.db-wal").stat().st_size > 0
    kept = restore(tmp_path / "copy", url, T0)
    restored, before = open_store(url), open_store(f"sqlite:///{kept}")
    assert restored.answers("i1") == {}
    assert len(before.answers("i1")) == 1
    restored.close()
    before.close()


def test_into_an_empty_folder(url: str, tmp_path: Path, steps: Steps) -> None:
    store = open_store(url)
    store.commit(steps(0, 10))
    backup(url, tmp_path / "copy")
    store.close()
    (tmp_path / "new").mkdir()
    new = f"sqlite:///{tmp_path}/new/firetower.db"
    assert restore(tmp_path / "copy", new, T0) is None
    assert [found.name for found in (tmp_path / "new").iterdir()] == ["firetower.db"]
    opened = open_store(new)
    assert opened.count_mentions() == 10
    opened.close()


@pytest.mark.parametrize("target", ["copy", "no/copy"])
def test_where_a_copy_cannot_go(url: str, tmp_path: Path, target: str) -> None:
    open_store(url).close()
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(ConfigError, match=r"exists already|make it first"):
        backup(url, tmp_path / target)
    assert (tmp_path / "copy").read_text() == "precious"


def test_there_is_nothing_to_copy(url: str, path: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to back up"):
        backup(url, tmp_path / "copy")
    with pytest.raises(ConfigError, match="memory"):
        backup("memory://x", tmp_path / "copy")
    assert not path.exists()


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")


def torn(copy: Path) -> None:
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2])


def flipped(copy: Path) -> None:
    whole = bytearray(copy.read_bytes())
    for at in range(40_960, len(whole), 4096):
        whole[at : at + 64] = b"\xff" * 64
    copy.write_bytes(whole)


def foreign(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as file:
        file.execute("CREATE TABLE photos (id INTEGER)")


@pytest.mark.parametrize("harm", [newer, torn, flipped, foreign, Path.unlink])
def test_a_copy_that_cannot_be_used_changes_nothing(
    url: str, tmp_path: Path, steps: Steps, harm: Callable[[Path], None]
) -> None:
    store = open_store(url)
    store.commit(steps(0, 300))
    backup(url, tmp_path / "copy")
    store.commit(steps(300, 10))
    harm(tmp_path / "copy")
    with pytest.raises((Permanent, ConfigError)):
        restore(tmp_path / "copy", url, T0)
    assert store.count_mentions() == 310
    assert not list(tmp_path.glob("*before-restore*"))
    store.close()


def test_a_copy_of_a_former_schema_is_upgraded_when_it_is_opened(url: str, tmp_path: Path) -> None:
    """The file is put back as it is; opening brings it up to date, as an upgrade of the program does."""
    fill_former(tmp_path / "old.db")
    restore(tmp_path / "old.db", url, T0)
    store = open_store(url)
    assert store.count_mentions() == 4
    store.close()


def test_times_in_names_are_utc(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    backup(url, tmp_path / "copy")
    kept = restore(tmp_path / "copy", url, T0 + timedelta(hours=13))
    assert kept is not None
    assert kept.name.endswith("20260301T130000Z")
