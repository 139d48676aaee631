"""The commands as people use them: right, wrong, twice, and on the wrong folder."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import ConfigError
from pipeline.archive import ReplayRequest, archive_name, replay_files
from storage import open_store

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower

ROWS = "id,created_at,text,brand\n1,2026-03-01T10:00:00Z,Acme kettle broke,Acme\n"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture
def live(firetower: "Firetower", tmp_path: Path) -> Path:
    folder = tmp_path / "live"
    done = firetower.run("init", "--workspace", str(folder), "--brand", "Acme")
    assert done.returncode == 0, done.stderr
    return folder


def test_help_names_every_command(firetower: "Firetower") -> None:
    text = firetower.run("--help").stdout
    assert all(name in text for name in ("run", "init", "check", "replay", "evaluate", "board"))


def test_a_workspace_is_written_once(firetower: "Firetower", live: Path) -> None:
    assert firetower.json("check", "--workspace", str(live))["findings"]
    again = firetower.run("init", "--workspace", str(live), "--brand", "Zenith")
    assert again.returncode == 2
    assert "Acme" in (live / "firetower.toml").read_text(encoding="utf-8")


def test_a_wrong_key_is_named_with_its_place_and_the_nearest_right_one(
    firetower: "Firetower", live: Path
) -> None:
    path = live / "firetower.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("public_url", "publik_url"), encoding="utf-8")
    for command in ("check", "run"):
        done = firetower.run(command, "--workspace", str(live))
        assert done.returncode == 2
        assert "publik_url" in done.stdout + done.stderr
        assert "public_url" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "--workspace", "/nonexistent/place"), "firetower init"),
        (("replay", "/nonexistent.csv", "--brand", "Acme"), "nonexistent.csv"),
        (("evaluate", "sentiment", "--data", "/nonexistent"), "/nonexistent"),
        (("board", "--workspace", "/nonexistent/place"), "/nonexistent/place"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    firetower: "Firetower", arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    extra = ("--workspace", str(tmp_path / "w")) if arguments[0] == "replay" else ()
    done = firetower.run(*arguments, *extra)
    assert done.returncode in {1, 2}
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_live_workspace_takes_no_archive(firetower: "Firetower", live: Path, rows: Path) -> None:
    from pipeline.workspace import Purpose, open_workspace

    open_workspace(live, Purpose.LIVE).close()
    done = firetower.run("replay", str(rows), "--brand", "Acme", "--workspace", str(live))
    assert done.returncode == 1
    assert "live workspace" in done.stderr


def test_a_demo_never_replaces_a_workspace(firetower: "Firetower", live: Path, free_port: int) -> None:
    before = (live / "firetower.toml").read_bytes()
    done = firetower.run("run", "--demo", "--workspace", str(live), "--port", str(free_port))
    assert done.returncode == 1
    assert "not a demo workspace" in done.stderr
    assert (live / "firetower.toml").read_bytes() == before


def test_a_second_run_is_told_who_runs(firetower: "Firetower", live: Path, free_port: int, wait: Any) -> None:
    first = firetower.start("run", "--workspace", str(live), "--port", str(free_port))
    wait("the lock", lambda: (live / "firetower.lock").exists() and (live / "firetower.lock").read_text(), 60)
    second = firetower.run("run", "--workspace", str(live))
    assert second.returncode == 1
    assert f"process {first.pid}" in second.stderr
    wait("a sign of life", lambda: _lives(live), 60)
    first.terminate()
    assert first.wait(30) == 0, "a stopped run ends in order"


def _lives(folder: Path) -> bool:
    """Tell whether the main process has told that its roles run."""
    store = open_store(f"sqlite:///{folder}/firetower.db")
    try:
        return store.pulse() is not None
    finally:
        store.close()


def test_a_taken_port_is_said_before_anything_starts(
    firetower: "Firetower", live: Path, mailbox: Any
) -> None:
    done = firetower.run("run", "--workspace", str(live), "--port", str(mailbox.port))
    assert done.returncode == 1
    assert f"{mailbox.port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_replay_sets_broken_rows_aside_and_reads_the_rest(firetower: "Firetower", tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    good = [f"{n},2026-03-01T10:{n:02d}:00Z,Acme kettle number {n} is fine,Acme" for n in range(10)]
    bad = [b"20,not a date,Acme kettle,Acme", b"21,2026-03-01T11:00:00Z,Acme \xff kettle,Acme", b"22,too,few"]
    lines = [line.encode() for line in ["id,created_at,text,brand", *good[:5]]]
    path.write_bytes(b"\n".join([*lines, *bad, *(line.encode() for line in good[5:])]) + b"\n")
    done = firetower.run(
        "replay", str(path), "--brand-column", "brand", "--workspace", str(tmp_path / "w"), "--json"
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["mentions"], result["new"], result["rejected"], result["duplicates"]) == (13, 10, 3, 0)
    assert done.stderr.count("set aside") == 3
    assert all(f"line {number} " in done.stderr for number in (7, 8, 9))


def test_a_damaged_archive_is_read_as_far_as_it_goes_and_is_no_success(
    firetower: "Firetower", tmp_path: Path
) -> None:
    rows = "".join(f"{n},2026-03-01T10:00:00Z,Acme kettle {n**7},Acme\n" for n in range(200))
    packed = gzip.compress(f"id,created_at,text,brand\n{rows}".encode())
    (tmp_path / "rows.2026.csv.gz").write_bytes(packed[: len(packed) // 2])
    arguments = ("replay", str(tmp_path / "rows.2026.csv.gz"), "--brand", "Acme", "--json")
    done = firetower.run(*arguments, "--workspace", str(tmp_path / "w"))
    assert done.returncode == 1, done.stderr
    assert 0 < json.loads(done.stdout)["new"] < 200
    assert "rows.2026.csv.gz: damaged" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("files", "options", "says"),
    [
        (("none.csv",), ("--brand", "Acme"), "none.csv does not exist"),
        ((".",), ("--brand", "Acme"), "is no file"),
        (("rows.csv", "d/rows.csv"), ("--brand", "Acme"), "several archives are called 'rows': rename one"),
        (("rows.csv",), (), "--brand-column COLUMN"),
        (("rows.csv",), ("--brand", ""), "--brand should be a name"),
        (("rows.csv",), ("--brand", "A" * 81), "1 to 80 characters"),
        (("rows.csv",), ("--brand", "Acme", "--brand-column", "brand"), "not both"),
        (("head.csv",), ("--brand", "Acme"), "has a header and no rows"),
        (("rows.csv",), ("--brand", "Acme", "--gaps", "no.csv"), "--gaps: no.csv does not exist"),
    ],
)
def test_a_replay_that_cannot_be_leaves_nothing_behind(
    tmp_path: Path, files: tuple[str, ...], options: tuple[str, ...], says: str
) -> None:
    (tmp_path / "d").mkdir()
    for name in ("rows.csv", "d/rows.csv"):
        (tmp_path / name).write_text(ROWS.replace(",brand", ",firm"), encoding="utf-8")
    (tmp_path / "head.csv").write_text("id,created_at,text\n", encoding="utf-8")
    values = dict(zip(options[::2], options[1::2], strict=True))
    request = ReplayRequest(
        tuple(tmp_path / name for name in files),
        tmp_path / "w",
        values.get("--brand"),
        values.get("--brand-column"),
        gaps=Path(values["--gaps"]) if "--gaps" in values else None,
    )
    with pytest.raises(ConfigError, match=re.escape(says)):
        replay_files(request, lambda line: None)
    assert not (tmp_path / "w").exists()


def test_archives_keep_the_part_of_their_names_that_tells_them_apart() -> None:
    names = ("t.2024.csv", "t.2025.csv.gz", "t.JSONL", ".csv", "t.v1.2")
    assert [archive_name(Path(name)) for name in names] == ["t.2024", "t.2025", "t", ".csv", "t.v1.2"]
    assert ReplayRequest((Path("x/t.2024.csv"),), None).folder == Path("replay-t.2024")


def test_a_gap_makes_a_brand_unknown_not_calm(firetower: "Firetower", tmp_path: Path, archive: Any) -> None:
    archive(tmp_path / "archive.jsonl", 600)
    gaps = tmp_path / "gaps.csv"
    gaps.write_text("from,until\n2026-03-14T10:00Z,2026-03-14T18:00Z\n", encoding="utf-8")
    common = ("replay", str(tmp_path / "archive.jsonl"), "--brand-column", "brand")
    firetower.json(*common, "--workspace", str(tmp_path / "w"), "--gaps", str(gaps))
    from datetime import UTC, datetime

    store = open_store(f"sqlite:///{tmp_path}/w/firetower.db")
    day = datetime(2026, 3, 14, tzinfo=UTC)
    points = store.signals("Acme", day.replace(hour=11), day.replace(hour=17))
    assert points
    assert {point.stage.value for point in points} == {"unknown"}
    store.close()


def test_a_full_disk_is_a_clear_message_and_costs_only_itself(
    firetower: "Firetower", tmp_path: Path, archive: Any
) -> None:
    if sys.platform != "linux" or shutil.which("prlimit") is None:
        pytest.skip("needs prlimit to give a process a small disk")
    archive(tmp_path / "archive.jsonl", 1_200)
    workspace = tmp_path / "w"
    common = [
        "replay",
        str(tmp_path / "archive.jsonl"),
        "--brand-column",
        "brand",
        "--workspace",
        str(workspace),
    ]
    small = subprocess.run(
        ["prlimit", "--fsize=900000", sys.executable, "-m", "pipeline", *common],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert small.returncode == 1, small.stderr
    assert "full" in small.stderr
    assert "Traceback" not in small.stderr
    result = firetower.json(*common)
    whole = firetower.json(*common[:-1], str(tmp_path / "whole"))
    assert result["brands"].keys() == whole["brands"].keys()
    assert result["incidents"] == whole["incidents"]
    assert {n: b["mentions"] for n, b in result["brands"].items()} == {
        n: b["mentions"] for n, b in whole["brands"].items()
    }
