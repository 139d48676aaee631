"""When a brand is looked at: at once where something came, in turn where only time passes."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.clock import from_seconds
from core.records import Mention, Score, Scored
from models.signature import signature
from pipeline.coverage import FULL
from pipeline.detection import REFRESH, RESTING, TURNS, Detection
from pipeline.scoring import Fresh
from pipeline.watch import ENOUGH, open_watch
from storage import open_store

START = from_seconds(1_790_000_100)
"""The beginning of a bin."""
TICK = timedelta(seconds=0.5)


class Looked:
    """Brands under watch, and when each was looked at last."""

    def __init__(self, folder: Path, brands: list[str]) -> None:
        store = open_store(f"memory://{folder}")
        self._detection = Detection(
            store, lambda brand, now: open_watch(brand, store, 0.5, now), lambda brand, now: FULL
        )
        for brand in brands:
            self._detection.watch(brand, START)
        self._brands = brands
        self.number = 0

    def hear(self, brand: str, at: datetime, mentions: int = 1) -> None:
        self._detection.advance(at)
        for _ in range(mentions):
            self.number += 1
            one = Mention("feed", str(self.number), f"{brand} kettle number {self.number}", at, at)
            scored = Scored(one, Score(0.2, 0.6, 0.2, signature(one.body)))
            self._detection.count(Fresh(scored, (brand,)), at)

    def refresh(self, now: datetime) -> list[str]:
        """Let time pass to `now`; return which brands were looked at then."""
        self._detection.refresh(now)
        self._detection.commit()
        signals = {brand: self._detection.watch(brand, now).signal for brand in self._brands}
        return [brand for brand, signal in signals.items() if signal is not None and signal.at == now]


@pytest.fixture
def looked(tmp_path: Path) -> Looked:
    found = Looked(tmp_path, ["Acme", "Zenith"])
    found.hear("Acme", START, ENOUGH)
    assert found.refresh(START) == ["Acme", "Zenith"]
    return found


def test_where_something_came_it_is_looked_at_the_next_tick(looked: Looked) -> None:
    looked.hear("Acme", START + TICK)
    assert looked.refresh(START + TICK) == ["Acme"]
    looked.hear("Zenith", START + 2 * TICK)
    assert looked.refresh(START + 2 * TICK) == ["Zenith"]


def test_without_news_not_every_tick_looks_at_what_is_restless(looked: Looked) -> None:
    assert looked.refresh(START + TICK) == []
    assert looked.refresh(START + RESTING) == ["Acme"]
    assert looked.refresh(START + RESTING + TICK) == []
    assert looked.refresh(START + REFRESH) in (["Acme"], ["Zenith"])


def test_the_end_of_a_bin_is_looked_at_once(looked: Looked) -> None:
    end = START + timedelta(minutes=5)
    looked.hear("Acme", end - TICK)
    assert looked.refresh(end - TICK) == ["Acme", "Zenith"]
    assert looked.refresh(end + 0.2 * TICK) == ["Acme"]


def test_many_that_wait_are_looked_at_in_turn(tmp_path: Path) -> None:
    brands = [f"Brand {number}" for number in range(30)]
    looked = Looked(tmp_path, brands)
    for brand in brands:
        looked.hear(brand, START, ENOUGH)
    assert looked.refresh(START) == brands
    found = [looked.refresh(START + RESTING + tick * TICK) for tick in range(TURNS)]
    assert {len(some) for some in found} == {len(brands) // TURNS}
    assert sorted(brand for some in found for brand in some) == sorted(brands)
