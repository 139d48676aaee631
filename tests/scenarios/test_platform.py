"""A workspace of many brands compares each with the rest: the same after a restart, and explained again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.config import BrandConfig
from core.ports import Store
from core.records import Flag, Mention, Score, Scored
from models.signature import signature
from pipeline.coverage import FULL
from pipeline.detection import Detection
from pipeline.explain import explain_incident
from pipeline.neighbours import open_watches
from pipeline.scoring import Fresh
from pipeline.workspace import Purpose, open_workspace

START = datetime(2026, 3, 2, tzinfo=UTC)
STORM = START + timedelta(hours=50)
END = STORM + timedelta(hours=4)
BRANDS = [BrandConfig(name=f"Brand {number:02d}") for number in range(11)]
NAMES = [brand.name for brand in BRANDS]
STEP = timedelta(minutes=5)


def _fresh(number: int, at: datetime, lag: float, angry: bool, about: tuple[str, ...]) -> Fresh:
    text = f"case {number} of {random.Random(number).random()}: {'furious' if angry else 'fine'}"
    seen_at = at + timedelta(minutes=lag)
    mention = Mention("forum", str(number), text, at, seen_at, author=f"author {number}", flags=Flag.NONE)
    negative = random.Random(-number).uniform(0.6, 0.95) if angry else 0.05
    return Fresh(Scored(mention, Score(negative, 1.0 - negative, 0.0, signature(text))), about)


def _world() -> list[Fresh]:
    """Everyday of all brands, some of it late or about two of them; then two storms and a rise of all."""
    chance = random.Random(4)
    made = []
    for number in range(3 * 54 * len(NAMES)):
        at = START + timedelta(hours=54 * chance.random())
        about = tuple(chance.sample(NAMES, 2 if chance.random() < 0.1 else 1))
        made.append(_fresh(number, at, chance.choice([0.0, 1.0, 40.0]), chance.random() < 0.2, about))
    for place, name in enumerate(NAMES):
        for number in range(120 if place < 2 else 12):
            at = STORM + timedelta(hours=3 * chance.random())
            made.append(_fresh(10_000 + 500 * place + number, at, chance.choice([0.0, 7.0]), True, (name,)))
    return sorted(made, key=lambda each: each.scored.mention.seen_at)


@dataclass(slots=True)
class Live:
    """The chain as it runs, and at some moments a second one that was started anew."""

    store: Store
    restarted: int = 0
    asked: int = 0

    def detection(self) -> Detection:
        return Detection(
            self.store, open_watches(self.store, BRANDS, lambda brand: 0.5), lambda brand, now: FULL
        )

    def run(self) -> None:
        detection, world, now = self.detection(), _world(), START
        for name in NAMES:
            detection.watch(name, now)
        while now < END:
            now += STEP if now >= STORM else 6 * STEP
            while world and world[0].scored.mention.seen_at <= now:
                each = world.pop(0)
                detection.advance(each.scored.mention.seen_at)
                detection.count(each, each.scored.mention.seen_at)
            detection.commit()
            detection.advance(now)
            detection.tick(now)
            detection.commit()
            if now >= STORM and now.minute == 40:
                self.compare(detection, now)

    def compare(self, detection: Detection, now: datetime) -> None:
        again = self.detection()
        for name in NAMES:
            restored, running = again.watch(name, now), detection.watch(name, now)
            restored.advance(now, FULL)
            assert restored.detector.dump() == running.detector.dump(), (name, now)
            self.asked += running.detector.asked
        self.restarted += 1


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("platform")
    store = open_workspace(folder, Purpose.LIVE).store
    live = Live(store)
    live.run()
    assert (live.restarted, live.asked > 2) == (4, True)
    yield folder
    store.close()


def test_a_restart_is_exact_and_a_page_comes_out_again_with_what_it_was_compared_with(
    workspace: Path,
) -> None:
    space = open_workspace(workspace, Purpose.LIVE)
    paged = [each for each in space.store.incidents() if each.paged_at]
    space.close()
    stormy = set()
    for incident in paged:
        explained = explain_incident(workspace, incident.id)
        signal = explained.explanation.signal
        assert explained.exact
        assert signal.control is not None
        assert signal.control.neighbours.platform
        if signal.control.others >= 3:
            assert "roups of other brands rose too" in explained.text()
            stormy.add(incident.brand)
    assert stormy >= set(NAMES[:2])
