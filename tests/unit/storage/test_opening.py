"""What a URL and the file behind it may be."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest

from core.errors import ConfigError, Permanent
from core.records import Step
from storage import open_log, open_store


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "memory://",
        "sqlite://",
        "postgresql://ann:secret@host/db",
        "sqlite+aiosqlite:////x/y.db",
    ],
)
def test_an_unknown_url_is_named_without_its_password(url: str) -> None:
    for open_it in (open_store, open_log):
        with pytest.raises(ConfigError, match=r"sqlite:////|memory://") as error:
            open_it(url)
        assert "secret" not in str(error.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        open_store(f"sqlite:///{tmp_path}/absent/firetower.db")


def test_a_file_that_is_no_database_is_left_as_it_is(path: Path, url: str) -> None:
    path.write_text("date,text\n" * 200)
    with pytest.raises(Permanent, match="no readable database"):
        open_store(url)
    assert path.read_text() == "date,text\n" * 200


def test_a_folder_in_the_place_of_the_file(path: Path, url: str) -> None:
    path.mkdir()
    with pytest.raises(Permanent, match="cannot be opened"):
        open_store(url)


def test_the_database_of_another_program_is_left_as_it_is(path: Path, url: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE photos (id INTEGER)")
    with pytest.raises(Permanent, match="another program"):
        open_store(url)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]


def test_a_torn_file_is_named(path: Path, url: str, steps: Callable[[int, int], Step]) -> None:
    store = open_store(url)
    store.commit(steps(0, 200))
    store.truncate_wal()
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(Permanent, match="no readable database"):
        open_store(url).mentions(10)


def test_many_may_open_a_new_file_at_once(url: str, steps: Callable[[int, int], Step]) -> None:
    start, failed = Barrier(6), []

    def work(number: int) -> None:
        start.wait()
        try:
            store = open_store(url)
            store.commit(steps(number * 10, 10))
            store.close()
        except Exception as error:  # whatever it is, the test shows it
            failed.append(error)

    threads = [Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert open_store(url).count_mentions() == 60


def test_one_name_in_memory_is_one_workspace(tmp_path: Path, steps: Callable[[int, int], Step]) -> None:
    open_store(f"memory://{tmp_path}/a").commit(steps(0, 3))
    assert open_store(f"memory://{tmp_path}/a").count_mentions() == 3
    assert open_store(f"memory://{tmp_path}/b").count_mentions() == 0


def test_only_its_owner_may_read_it(path: Path, url: str, steps: Callable[[int, int], Step]) -> None:
    store = open_store(url)
    store.commit(steps(0, 3))
    assert {each.name: each.stat().st_mode & 0o777 for each in path.parent.glob(f"{path.name}*")} == {
        path.name: 0o600,
        f"{path.name}-wal": 0o600,
        f"{path.name}-shm": 0o600,
    }
    store.close()
