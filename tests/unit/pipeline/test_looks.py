"""When a brand is looked at: at once where something came, in turn where only time passes."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.clock import from_seconds
from core.records import Mention, Rollup, Score, Scored, Stage
from models.signature import signature
from pipeline.coverage import FULL, Seen
from pipeline.detection import REFRESH, RESTING, TURNS, Detection
from pipeline.scoring import Fresh
from pipeline.watch import ENOUGH, open_watch
from storage import open_store

START = from_seconds(1_790_000_100)
"""The beginning of a bin."""
TICK = timedelta(seconds=0.5)
MINUTE = timedelta(minutes=1)


class Looked:
    """Brands under watch, and when each was looked at last."""

    def __init__(self, folder: Path, brands: list[str]) -> None:
        store = self.store = open_store(f"memory://{folder}")
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


class Raised:
    """A brand that a look into the open bin calls spreading, though no closed bin would."""

    LATER = START + timedelta(minutes=10)

    def __init__(self, folder: Path) -> None:
        self.store = open_store(f"memory://{folder}")
        three_days = range(int(START.timestamp()) // 60 - 3 * 1440, int(START.timestamp()) // 60, 7)
        usual = [Rollup("Acme", "forum", 60 * minute, 1, 0.2, 0.6, 0.2, 1.0, 0.2) for minute in three_days]
        self.store.import_rollups(usual, ())
        self.detection = self._start()
        for number in range(24):
            self.hear(START + timedelta(seconds=25 * number), 0.9)
        self.look(self.LATER)

    def _start(self) -> Detection:
        return Detection(self.store, lambda brand, now: open_watch(brand, self.store, 0.5, now), self._see)

    @staticmethod
    def _see(_brand: str, _now: datetime) -> Seen:
        return Seen(1.0, 2)

    def hear(self, at: datetime, negative: float) -> None:
        name = f"{at:%H%M%S}"
        chance = random.Random(name)
        text = f"kettle {chance.random()} broke {chance.random()} on {name}"
        one = Mention("forum", name, text, at, at, author=name)
        self.detection.advance(at)
        score = Score(negative, 0.95 - negative, 0.05, signature(one.body))
        self.detection.count(Fresh(Scored(one, score), ("Acme",)), at)

    def look(self, now: datetime) -> Stage:
        """Return what detection itself says at `now`."""
        self.detection.watch("Acme", now)
        self.detection.tick(now)
        self.detection.commit()
        signal = self.detection.watch("Acme", now).signal
        assert signal is not None
        return signal.stage

    def take_back(self) -> None:
        """Let later readings find that half of it was no complaint."""
        for row in self.store.mentions(12):
            self.detection.watch("Acme", self.LATER).reread(
                row, replace(row.score, negative=0.0, neutral=0.95)
            )

    def restart(self) -> None:
        self.detection = self._start()

    def said(self) -> tuple[list[Stage], Stage, int]:
        """Return the incident's stages, the one on the board, and how many pages there are."""
        (incident,), (state,) = self.store.incidents(), self.store.states()
        return [change.stage for change in incident.stages], state.stage, len(self.store.notifications())


def test_a_stage_that_one_look_raised_does_not_flap(tmp_path: Path) -> None:
    raised, once = Raised(tmp_path), ([Stage.SPREADING], Stage.SPREADING, 1)
    assert raised.said() == once
    raised.take_back()
    assert raised.look(raised.LATER + 4 * MINUTE) is Stage.CALM
    assert raised.said() == once
    raised.restart()
    raised.take_back()
    assert raised.look(raised.LATER + 5 * MINUTE) is Stage.CALM
    assert raised.said() == once
    for number in range(12):
        raised.hear(raised.LATER + 5 * MINUTE + timedelta(seconds=50 * number), 0.9)
    assert raised.look(raised.LATER + 15 * MINUTE) is Stage.SPREADING
    assert raised.said() == once


def test_what_may_come_is_told_of_a_burning_brand_on_the_board_alone(tmp_path: Path, looked: Looked) -> None:
    """An explanation is repeated bit for bit later; what was told of the future then is not its matter."""
    raised = Raised(tmp_path / "raised")
    (state,), (incident,) = raised.store.states(), raised.store.incidents()
    assert state.outlook is not None
    assert [each.hours for each in state.outlook.ahead] == [1, 2, 3, 6]
    assert all(each.low <= each.expected <= each.high for each in state.outlook.ahead)
    assert incident.explanation.signal.outlook is None
    assert [one.outlook for one in looked.store.states()] == [None, None]


def test_a_stage_that_one_look_raised_ends_through_cooling(tmp_path: Path) -> None:
    raised = Raised(tmp_path)
    raised.take_back()
    for minutes in (4, 119, 120, 180):
        raised.look(raised.LATER + minutes * MINUTE)
    assert raised.said() == ([Stage.SPREADING, Stage.COOLING, Stage.CALM], Stage.CALM, 1)
