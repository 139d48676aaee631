"""What passed while nothing ran is blind, never calm."""

from datetime import timedelta
from itertools import pairwise

import pytest

from core.clock import from_seconds
from core.ports import Store
from core.records import Mention, Score, Scored, Stage
from models.signature import signature
from pipeline.coverage import FULL
from pipeline.detection import Detection
from pipeline.scoring import Fresh
from pipeline.watch import open_watch
from storage import open_store

START = from_seconds(1_790_000_100)
DOWN, UP = START + timedelta(hours=6), START + timedelta(hours=9)


@pytest.fixture
def store() -> Store:
    return open_store("memory://downtime")


def _detection(store: Store) -> Detection:
    return Detection(store, lambda brand, now: open_watch(brand, store, 0.5, now), lambda brand, now: FULL)


def _fresh(mention: Mention) -> Fresh:
    return Fresh(Scored(mention, Score(0.2, 0.6, 0.2, signature(mention.body))), ("Acme",))


def _run(detection: Detection) -> None:
    """A mention every ten minutes until the process dies."""
    for number in range(36):
        at = START + timedelta(minutes=10 * number)
        mention = Mention("feed", str(number), f"acme kettle number {number}", at, at)
        detection.advance(at)
        detection.count(_fresh(mention), at)
    detection.commit()


def test_downtime_is_blind(store: Store) -> None:
    _run(_detection(store))
    after = _detection(store)
    after.watch("Acme", UP)
    after.sleep(DOWN, UP)
    after.refresh(UP)
    after.commit()
    points = store.signals("Acme", START, UP + timedelta(minutes=10))
    gap = [point for point in points if DOWN + timedelta(minutes=5) < point.at <= UP - timedelta(minutes=5)]
    assert len(gap) == 12 * 3 - 2
    assert {(point.stage, point.coverage) for point in gap} == {(Stage.UNKNOWN, 0.0)}
    assert all(b.at - a.at == timedelta(minutes=5) for a, b in pairwise(gap))
    assert all(point.stage is Stage.CALM for point in points if point.at <= DOWN)


def test_a_restart_remembers_the_gap(store: Store) -> None:
    _run(_detection(store))
    first = _detection(store)
    first.watch("Acme", UP)
    first.sleep(DOWN, UP)
    mention = Mention("feed", "after", "acme again", UP, UP)
    first.count(_fresh(mention), UP)
    first.commit()
    second = _detection(store)
    again = second.watch("Acme", UP)
    for hours in (6.5, 7.5, 8.5):
        start = int((START + timedelta(hours=hours)).timestamp()) // 300 * 300
        assert again.detector.window(start).exposure == 0.0
