"""A replay that is killed again and again ends exactly where an unbroken one ends."""

import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower


def _query(workspace: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{workspace}/firetower.db?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def _stored(workspace: Path) -> int:
    try:
        return int(_query(workspace, "SELECT count(*) FROM mention")[0][0])
    except sqlite3.OperationalError:
        return 0  # not made yet


def _sums(workspace: Path) -> tuple[list[Any], float]:
    counts = _query(workspace, "SELECT brand, sum(mentions) FROM rollup GROUP BY brand ORDER BY brand")
    return counts, float(_query(workspace, "SELECT sum(negative) FROM rollup")[0][0])


def _killed_run(
    firetower: "Firetower", arguments: tuple[str, ...], workspace: Path, kills: list[int]
) -> None:
    for threshold in kills:
        process = firetower.start(*arguments)
        while process.poll() is None and _stored(workspace) < threshold:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()


def _comparable(result: dict[str, Any]) -> dict[str, Any]:
    brands = {name: brand["mentions"] for name, brand in result["brands"].items()}
    return {"incidents": result["incidents"], "brands": brands}


def _compare(firetower: "Firetower", archive: Any, folder: Path, size: int, kills: int) -> None:
    rows = archive(folder / "archive.jsonl", size)
    common = ("replay", str(folder / "archive.jsonl"), "--brand-column", "brand")
    whole = firetower.json(*common, "--workspace", str(folder / "whole"))
    assert whole["new"] == len({row["id"] for row in rows}) == whole["matches"]
    assert whole["duplicates"] == len(rows) - whole["new"]
    assert whole["rejected"] == 0
    assert whole["pages"] >= 1, "without a page the comparison would prove little"

    chance = random.Random(kills)
    thresholds = sorted(chance.randrange(1, size) for _ in range(kills))
    broken = folder / "broken"
    _killed_run(firetower, (*common, "--workspace", str(broken)), broken, thresholds)
    resumed = firetower.json(*common, "--workspace", str(broken))
    assert _comparable(resumed) == _comparable(whole)
    assert _sums(broken)[0] == _sums(folder / "whole")[0]
    assert _sums(broken)[1] == pytest.approx(_sums(folder / "whole")[1], rel=1e-3)
    again = firetower.json(*common, "--workspace", str(broken))
    assert (again["new"], again["matches"], again["pages"]) == (0, 0, 0)
    assert _comparable(again) == _comparable(whole)
    _same_pages(broken, folder / "whole")


def _same_pages(one: Path, other: Path) -> None:
    pages = [_query(folder, "SELECT id, outcome FROM notification ORDER BY id") for folder in (one, other)]
    assert pages[0] == pages[1]
    assert {outcome for _, outcome in pages[0]} == {"replay"}


def test_killed_five_times(firetower: "Firetower", archive: Any, tmp_path: Path) -> None:
    _compare(firetower, archive, tmp_path, size=2_400, kills=5)


@pytest.mark.slow
def test_killed_twenty_times(firetower: "Firetower", archive: Any, tmp_path: Path) -> None:
    _compare(firetower, archive, tmp_path, size=20_000, kills=20)
