"""What the next hours may bring: told and judged hour by hour, and the same after a restart."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import from_seconds
from core.ports import Store
from core.records import Growth, Signal, Stage, Step
from models.forecast import HORIZONS
from pipeline.outlooks import Outlooks
from storage import open_store

START = from_seconds(1_790_000_000 // 3600 * 3600)
HOUR = timedelta(hours=1)
STORM = Signal("Acme", START, Stage.SPREADING, 60.0, 10.0, hour_kappa=0.1, growth=Growth(0.0, -0.2, 0.2))


def _hour(number: int, seen: float = 60.0, stage: Stage = Stage.SPREADING) -> Signal:
    return replace(STORM, at=START + number * HOUR, seen=seen, stage=stage)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"memory://{tmp_path}")


def _counts(outlooks: Outlooks, number: int = 99) -> tuple[int, int]:
    outlook = outlooks.look(_hour(number)).outlook
    assert outlook is not None
    return outlook.held, outlook.judged


def test_a_forecast_is_judged_when_its_hour_has_come(store: Store) -> None:
    outlooks = Outlooks(store)
    outlooks.close("Acme", [_hour(0)], burning=True)
    told = outlooks.look(_hour(0)).outlook
    assert told is not None
    assert all(each.low < 60.0 < each.high for each in told.ahead)
    seen = {1: 60.0, 2: 1.0, 3: 60.0, 4: 60.0, 5: 60.0, 6: 900.0}
    found = []
    for number, came in seen.items():
        outlooks.close("Acme", [replace(_hour(number, came), at=_hour(number).at - HOUR / 12)], burning=False)
        outlooks.close("Acme", [_hour(number, came)], burning=False)
        found.append(_counts(outlooks, number))
    assert found == [(1, 1), (1, 2), (2, 3), (2, 3), (2, 3), (2, 4)]


def test_an_hour_that_is_scored_again_is_neither_told_nor_judged_twice(store: Store) -> None:
    outlooks = Outlooks(store)
    for hours in ([0], [0, 1], [0, 1, 1, 2], [1, 2]):
        outlooks.close("Acme", [_hour(number) for number in hours], burning=True)
    assert _counts(outlooks) == (3, 3)  # of hour 1 told at 0, of hour 2 at 0 and 1


def test_blind_hours_prove_nothing(store: Store) -> None:
    outlooks = Outlooks(store)
    outlooks.close("Acme", [_hour(0), _hour(1, 0.0, Stage.UNKNOWN), _hour(2, 0.0)], burning=True)
    outlooks.close("Acme", [_hour(3, 60.0)], burning=True)
    assert _counts(outlooks)[1] == 1  # of hour 3, told at 2
    assert outlooks.look(_hour(3, stage=Stage.UNKNOWN)).outlook is None


def test_intervals_widen_after_misses(store: Store) -> None:
    outlooks = Outlooks(store)
    before = outlooks.look(STORM).outlook
    for number in range(12):
        outlooks.close("Acme", [_hour(number, 60.0 if number % 2 else 2_000.0)], burning=True)
    after = outlooks.look(_hour(12)).outlook
    assert before is not None
    assert after is not None
    first, last = before.ahead[0], after.ahead[0]
    assert last.high > 1.05 * first.high
    assert last.low < 0.95 * first.low


def test_a_restart_goes_on_where_it_was(store: Store) -> None:
    outlooks = Outlooks(store)
    for number in range(12):
        outlooks.close("Acme", [_hour(number, 40.0 + 17.0 * (number % 5))], burning=number < 9)
        store.commit(Step(snapshots=tuple(outlooks.snapshots())))
        again = Outlooks(store)
        assert again.look(_hour(number)) == outlooks.look(_hour(number))
        outlooks = again if number % 3 == 0 else outlooks
    assert _counts(outlooks)[1] > 2 * len(HORIZONS)
    assert not tuple(outlooks.snapshots())


def test_where_nothing_burnt_nothing_is_kept(store: Store) -> None:
    outlooks = Outlooks(store)
    outlooks.close("Acme", [_hour(0), _hour(1)], burning=False)
    assert not tuple(outlooks.snapshots())


def test_what_is_shown_changes_once_a_minute(store: Store) -> None:
    outlooks, second = Outlooks(store), timedelta(seconds=1)
    first = outlooks.look(STORM).outlook
    louder = replace(STORM, seen=90.0, at=START + 59 * second)
    assert outlooks.look(louder).outlook is first
    later = outlooks.look(replace(louder, at=START + 60 * second)).outlook
    assert first is not None
    assert later is not None
    assert (first.seen, later.seen) == (60.0, 90.0)
    assert later.ahead[0].low > first.ahead[0].low
