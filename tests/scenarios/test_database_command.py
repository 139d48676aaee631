"""`firetower db` and `firetower export` beside processes that write."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.workspace import database_url
from storage import open_store

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower


def stored(workspace: Path) -> int:
    if not (workspace / "firetower.db").exists():
        return 0
    store = open_store(database_url(workspace))
    try:
        return store.count_mentions()
    finally:
        store.close()


def result_of(workspace: Path) -> dict[str, Any]:
    """Return what people would see of a workspace: sums, incidents and pages."""
    store = open_store(database_url(workspace))
    try:
        return {
            "totals": [(total.brand, total.mentions) for total in store.totals()],
            "incidents": [(found.id, found.peak_stage, found.opened_at) for found in store.incidents()],
            "pages": sorted((page.incident_id, page.stage) for page in store.notifications()),
            "rows": [row.mention.id for row in store.mentions(100_000)],
        }
    finally:
        store.close()


def test_a_back_up_taken_while_a_replay_writes_goes_on_in_an_empty_folder(
    firetower: "Firetower", archive: Callable[[Path, int], list[dict[str, str]]], tmp_path: Path
) -> None:
    rows = archive(tmp_path / "archive.jsonl", 6_000)
    replay = ("replay", str(tmp_path / "archive.jsonl"), "--brand-column", "brand", "--workspace")
    first, second = tmp_path / "first", tmp_path / "second"
    process = firetower.start(*replay, str(first))
    while process.poll() is None and stored(first) < 500:
        time.sleep(0.02)
    copy = tmp_path / "copy.tar.gz"
    made = firetower.json("db", "backup", "--workspace", str(first), "--to", str(copy))
    assert made == {"file": str(copy), "bytes": copy.stat().st_size}
    assert process.wait(300) == 0

    assert firetower.json("db", "restore", str(copy), "--workspace", str(second))["kept"] == []
    assert firetower.json("db", "check", "--workspace", str(second)) == {"ok": True, "findings": []}
    distinct = len({row["id"] for row in rows})
    assert 500 <= stored(second) < distinct
    firetower.json(*replay, str(second))
    expected = result_of(first)
    assert result_of(second) == expected
    assert len(expected["rows"]) == distinct
    assert expected["pages"], "without a page the comparison would prove little"
    assert (second / "secret").read_bytes() == (first / "secret").read_bytes()


ROWS = """id,created_at,text,author,brand
1,2026-03-01T10:00:00Z,Acme kettle broke,somebody,Acme
2,2026-03-01T10:01:00Z,=cmd|calc Acme again,somebody,Acme
3,2026-03-01T10:02:00Z,Acme is fine,another,Acme
"""


@pytest.fixture
def replayed(firetower: "Firetower", tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    folder = tmp_path / "replayed"
    done = firetower.json(
        "replay", str(tmp_path / "rows.csv"), "--brand-column", "brand", "--workspace", str(folder)
    )
    assert done["new"] == 3
    return folder


def test_an_author_is_erased_and_an_export_shows_it(
    firetower: "Firetower", replayed: Path, tmp_path: Path
) -> None:
    place = ("--workspace", str(replayed))
    before = firetower.json("export", str(tmp_path / "before.csv"), *place)
    assert before["mentions"] == 3
    assert "'=cmd|calc" in (tmp_path / "before.csv").read_text(encoding="utf-8-sig")
    assert firetower.json("db", "erase", "--author", "nobody", *place) == {"erased": 0}
    assert firetower.json("db", "erase", "--author", "somebody", *place) == {"erased": 2}
    firetower.json("export", str(tmp_path / "after.jsonl"), *place)
    lines = (tmp_path / "after.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["", "", "Acme is fine"]
    assert firetower.json("db", "check", *place)["ok"]
    assert b"kettle" not in b"".join(path.read_bytes() for path in replayed.glob("firetower.db*"))


def test_old_text_is_pruned(firetower: "Firetower", replayed: Path) -> None:
    """The rows are of March 2026: more than a week ago, and less than a century."""
    (replayed / "firetower.toml").write_text("[retention]\nmention_days = 36500\n", encoding="utf-8")
    assert firetower.json("db", "prune", "--workspace", str(replayed)) == {"pruned": 0}
    (replayed / "firetower.toml").write_text("[retention]\nmention_days = 7\n", encoding="utf-8")
    assert firetower.json("db", "prune", "--workspace", str(replayed)) == {"pruned": 3}


def test_a_check_tells_sound_from_broken(firetower: "Firetower", replayed: Path) -> None:
    assert firetower.json("db", "check", "--workspace", str(replayed))["ok"]
    (replayed / "firetower.db").write_bytes(b"no database" * 1000)
    for name in ("firetower.db-wal", "firetower.db-shm"):
        (replayed / name).unlink(missing_ok=True)
    done = firetower.run("db", "check", "--workspace", str(replayed))
    assert done.returncode == 1
    assert "no readable database" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("db", "backup"), "no workspace"),
        (("db", "check"), "no workspace"),
        (("db", "erase", "--author", "somebody"), "no workspace"),
        (("db", "erase", "--author", " "), "--author should be a name"),
        (("db", "prune"), "no workspace"),
        (("db", "restore", "/nonexistent.tar.gz"), "/nonexistent.tar.gz does not exist"),
        (("export", "/nonexistent/a.csv"), "no workspace"),
    ],
)
def test_what_is_not_there_is_one_line(
    firetower: "Firetower", tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = firetower.run(*arguments, "--workspace", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
