"""A replay that is killed again and again ends exactly where an unbroken one ends."""

import json
import random
import signal
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower

START = datetime(2026, 3, 2, tzinfo=UTC)
SUBJECTS = ["kettle", "toaster", "lamp", "drill", "scooter", "blender", "heater", "camera"]
FAULTS = ["broke", "leaked", "smoked", "jammed", "failed", "cracked", "overheated", "vanished"]
ANGER = (
    "I am furious and want my money back",
    "worst company ever, they lie to everyone",
    "disgusting, nobody answers and I hate it",
    "shame on them, this is dangerous theft",
)
CALM = (
    "works fine so far",
    "lovely colour, happy with it",
    "does anybody know the opening hours",
    "ok I guess",
)


def _row(number: int, at: datetime, brand: str, angry: bool, chance: random.Random) -> dict[str, str]:
    thing, other = chance.choice(SUBJECTS), chance.choice(SUBJECTS)
    if angry:
        days = chance.randrange(2, 900)
        told = f"{brand} {thing} {chance.choice(FAULTS)} after {days} days, {chance.choice(ANGER)}"
    else:
        told = f"{brand} {thing} and {other} number {chance.randrange(9_999)}: {chance.choice(CALM)}"
    row = {"id": str(number), "created_at": at.isoformat(), "brand": brand, "author": f"user{number % 4_000}"}
    return {**row, "text": f"{told} ({chance.randrange(10**6)})"}


def _archive(path: Path, size: int) -> list[dict[str, str]]:
    """Three brands over days; in the last third outrage about one of them doubles every half hour."""
    chance = random.Random(size)
    storm = size // 6
    times = [START + timedelta(seconds=chance.uniform(0, 400 * 3600)) for _ in range(size - storm)]
    onset = START + timedelta(hours=300)
    burst = [onset + timedelta(hours=4) * chance.random() ** 0.25 for _ in range(storm)]
    rows = [
        _row(number, at, chance.choice(("Acme", "Zenith", "Halden")), chance.random() < 0.15, chance)
        for number, at in enumerate(times)
    ]
    rows += [_row(len(rows) + n, at, "Acme", chance.random() < 0.9, chance) for n, at in enumerate(burst)]
    rows += chance.sample(rows, size // 50)  # the same ids once more
    chance.shuffle(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return rows


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


def _compare(firetower: "Firetower", folder: Path, size: int, kills: int) -> None:
    rows = _archive(folder / "archive.jsonl", size)
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


def test_killed_five_times(firetower: "Firetower", tmp_path: Path) -> None:
    _compare(firetower, tmp_path, size=2_400, kills=5)


@pytest.mark.slow
def test_killed_twenty_times(firetower: "Firetower", tmp_path: Path) -> None:
    _compare(firetower, tmp_path, size=20_000, kills=20)
