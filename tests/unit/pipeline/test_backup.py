"""A workspace as one file, and back."""

import io
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError, FiretowerError, Permanent, WorkspaceBusy
from core.records import Match, Mention, Score, Scored, Step
from pipeline.backup import back_up_workspace, restore_workspace
from pipeline.lock import hold
from pipeline.workspace import DATABASE, database_url
from storage import integrity, open_store

T0 = datetime(2026, 3, 1, 3, 4, 5, tzinfo=UTC)
SETTINGS = """
[[channel]]
name = "mail"
url_file = "mail.url"
[[channel]]
name = "chat"
url_file = "hidden/chat.txt"
[heartbeat]
url_file = "/etc/passwd"
"""


def fill(folder: Path, start: int, count: int) -> None:
    store = open_store(database_url(folder))
    mentions = [
        Mention("rss", f"n{number}", "late again", T0 + timedelta(seconds=number), T0)
        for number in range(start, start + count)
    ]
    scored = tuple(Scored(one, Score(0.5, 0.3, 0.2)) for one in mentions)
    store.commit(Step(scored, tuple(Match(one.id, "Acme", one.event_at) for one in mentions)))
    store.close()


def count(folder: Path) -> int:
    store = open_store(database_url(folder))
    try:
        return len(store.mentions(10_000))
    finally:
        store.close()


@pytest.fixture
def live(tmp_path: Path) -> Path:
    folder = tmp_path / "live"
    (folder / "hidden").mkdir(parents=True)
    (folder / "firetower.toml").write_text(SETTINGS)
    (folder / "secret").write_text("not-guessable-at-all")
    (folder / "mail.url").write_text("mailto://user:password@mail.example")
    (folder / "hidden" / "chat.txt").write_text("slack://token")
    (folder / "notes.txt").write_text("not ours")
    fill(folder, 0, 100)
    return folder


def test_everything_that_a_workspace_needs_comes_back(live: Path, tmp_path: Path) -> None:
    archive = back_up_workspace(live, tmp_path / "copy.tar.gz", T0)
    assert archive.stat().st_mode & 0o777 == 0o600
    new = tmp_path / "some" / "where"
    assert restore_workspace(archive, new, T0) == []
    names = {str(path.relative_to(new)) for path in new.rglob("*") if path.is_file()}
    wanted = {"firetower.toml", "secret", "mail.url", "hidden/chat.txt", "firetower.db"}
    assert names - {"firetower.lock", "firetower.db-wal", "firetower.db-shm"} == wanted
    for name in wanted - {"firetower.db"}:
        assert (new / name).read_bytes() == (live / name).read_bytes()
        assert (new / name).stat().st_mode & 0o777 == 0o600
    assert count(new) == 100
    assert integrity(database_url(new)) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.tar.gz", "live", "some"]


def test_its_name_tells_workspace_and_time(
    live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert back_up_workspace(live, None, T0) == Path("live-20260301T030405Z.tar.gz")


def test_what_stood_there_is_kept(live: Path, tmp_path: Path) -> None:
    archive = back_up_workspace(live, tmp_path / "copy.tar.gz", T0)
    fill(live, 100, 50)
    (live / "firetower.toml").write_text('timezone = "UTC"\n')
    kept = restore_workspace(archive, live, T0)
    assert [path.name for path in kept] == [
        "firetower.db.before-restore-20260301T030405Z",
        "firetower.toml.before-restore-20260301T030405Z",
    ]
    assert kept[1].read_text() == 'timezone = "UTC"\n'
    assert (live / "firetower.toml").read_text() == SETTINGS
    assert count(live) == 100
    before = open_store(f"sqlite:///{kept[0]}")
    assert before.count_mentions() == 150
    before.close()


def test_a_back_up_never_replaces_a_file(live: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.tar.gz").write_text("precious")
    with pytest.raises(ConfigError, match="exists already"):
        back_up_workspace(live, tmp_path / "copy.tar.gz", T0)
    assert (tmp_path / "copy.tar.gz").read_text() == "precious"


def test_there_must_be_something_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no workspace"):
        back_up_workspace(tmp_path, tmp_path / "copy.tar.gz", T0)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_the_back_up_must_exist(live: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make it first"):
        back_up_workspace(live, tmp_path / "no" / "copy.tar.gz", T0)


def test_nothing_is_restored_under_a_running_process(live: Path, tmp_path: Path) -> None:
    archive = back_up_workspace(live, tmp_path / "copy.tar.gz", T0)
    fill(live, 100, 50)
    with hold(live, "run"), pytest.raises(WorkspaceBusy, match="firetower run"):
        restore_workspace(archive, live, T0)
    assert count(live) == 150


def packed(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


WRONG: dict[str, tuple[Callable[[Path], Path], str]] = {
    "text": (lambda place: place / "text", "damaged or no back-up"),
    "no database": (
        lambda place: packed(place / "a", (member("firetower.toml"), b"")),
        "holds no firetower.db",
    ),
    "a way out": (lambda place: packed(place / "a", (member("../evil"), b"x")), "'../evil'.*does not belong"),
    "absolute": (lambda place: packed(place / "a", (member("/tmp/evil"), b"x")), "does not belong"),
    "a link": (
        lambda place: packed(place / "a", (member("secret", tarfile.SYMTYPE, "/etc/passwd"), b"")),
        "does not belong",
    ),
    "no database inside": (
        lambda place: packed(place / "a", (member(DATABASE), b"not a database" * 99)),
        "no readable database",
    ),
    "an empty database": (
        lambda place: packed(place / "a", (member(DATABASE), b"")),
        "no Firetower database",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_back_up_changes_nothing(live: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "text").write_text("date,text\n" * 50)
    make, says = WRONG[name]
    before = {path: path.stat().st_mtime_ns for path in live.rglob("*") if path.name != "firetower.lock"}
    with pytest.raises(Permanent, match=says):
        restore_workspace(make(tmp_path), live, T0)
    after = {path: path.stat().st_mtime_ns for path in live.rglob("*") if path.name != "firetower.lock"}
    assert {path: after.get(path) for path in before if path.is_file()} == {
        path: at for path, at in before.items() if path.is_file()
    }
    assert count(live) == 100


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_torn_back_up_is_refused(live: Path, tmp_path: Path, share: float) -> None:
    whole = back_up_workspace(live, tmp_path / "copy.tar.gz", T0).read_bytes()
    (tmp_path / "torn.tar.gz").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FiretowerError):
        restore_workspace(tmp_path / "torn.tar.gz", tmp_path / "new", T0)
    assert not (tmp_path / "new" / DATABASE).exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        restore_workspace(tmp_path / "nothing", tmp_path / "new", T0)
