"""A restarted detector stands where the one before it stood, bit for bit, whatever could be seen."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.clock import from_seconds
from core.ports import Store
from core.records import Mention, Neighbours, Score, Scored, SignalPoint, SourceState, SourceStatus, Stage
from models.signature import signature
from pipeline.coverage import Coverage, Recorded, Seen
from pipeline.detection import Detection
from pipeline.scoring import Fresh
from pipeline.watch import open_watch
from storage import open_store

START = from_seconds(1_790_000_100)
"""The beginning of a bin, in the middle of an hour."""
SOURCES = ("forum", "news", "shop")
BRANDS = (("Acme",), ("Acme",), ("Acme", "Globex"), ("Globex",))
MINUTE = timedelta(minutes=1)
BLIND_FROM, BLIND_UNTIL = START + timedelta(hours=2, minutes=12), START + timedelta(hours=4, minutes=33)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    memory = request.param == "memory"
    opened = open_store(f"memory://{tmp_path}" if memory else f"sqlite:///{tmp_path}/firetower.db")
    yield opened
    opened.close()


class World:
    """Three sources, of which one is blind for a while; mentions, with a quiet stretch."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.coverage = Coverage()
        self.chance = random.Random(7)
        self.number = 0

    def detection(self) -> Detection:
        beside = {"Acme": Neighbours(("Globex",))}
        return Detection(
            self.store,
            lambda brand, now: open_watch(brand, self.store, 0.5, now, beside.get(brand, Neighbours())),
            self.coverage.seen,
        )

    def minute(self, detection: Detection, now: datetime) -> None:
        """Let a minute's mentions come and be looked at, as `Flow` does."""
        self.coverage.update(self.state(name, now) for name in SOURCES)
        quiet = timedelta(hours=2) <= now - START < timedelta(hours=3, minutes=40)
        fresh = [self.mention(now) for _ in range(0 if quiet else self.chance.randrange(3))]
        detection.advance(now)
        for each in fresh:
            detection.count(each, now)
            self.coverage.note(each.brands[0], each.scored.mention.source, 1.0, now)
        detection.commit()
        detection.refresh(now)
        detection.commit()

    def state(self, name: str, now: datetime) -> SourceState:
        heard = BLIND_FROM if name == "news" and BLIND_FROM <= now < BLIND_UNTIL else now
        return SourceState(name, "rss", SourceStatus.OK, heard - MINUTE, interval_seconds=20.0)

    def mention(self, now: datetime) -> Fresh:
        self.number += 1
        at = now - timedelta(seconds=self.chance.randrange(400))  # some are late, into a closed bin
        source = self.chance.choice(SOURCES)
        negative = self.chance.choice((0.1, 0.9))
        text = f"Acme kettle number {self.number}"
        mention = Mention(source, str(self.number), text, at, now, author=f"author {self.number}")
        score = Score(negative, 0.05, 0.95 - negative, signature(mention.body))
        names_another = self.number % 3 == 0  # then the brand counts with a reading of its own
        towards = {"Acme": (0.95 - negative, 0.05, negative)} if names_another else {}
        return Fresh(Scored(mention, score), BRANDS[self.number % 4], towards)


def test_a_restart_is_exact_though_a_source_went_blind_in_between(store: Store) -> None:
    world = World(store)
    detection = world.detection()
    detection.watch("Acme", START)
    observed, compared = set(), False
    for number in range(7 * 60):
        now = START + number * MINUTE
        world.minute(detection, now)
        watch = detection.watch("Acme", now)
        assert watch.signal is not None
        observed.add(watch.signal.observable)
        compared |= watch.signal.control is not None
        if number % 23 == 22:
            again = open_watch("Acme", store, 0.5, now, Neighbours(("Globex",)))
            assert again.detector.dump() == watch.detector.dump(), now
    assert observed == {2, 3}
    assert compared
    points = store.signals("Acme", START, now)
    assert {point.observable for point in points} == {2, 3}


def test_bins_that_were_not_stored_saw_what_the_one_before_them_saw() -> None:
    recorded = Recorded([_point(1, 1.0, 3), _point(12, 0.5, 2)], Seen(observable=9))
    assert list(recorded.until(_end(1))) == [(_end(1), _seen(1.0, 3)), (_end(1), _seen(1.0, 3))]
    assert list(recorded.until(_end(11))) == [(_end(11), _seen(1.0, 3))]
    steps = [(_end(11), _seen(1.0, 3)), (_end(12), _seen(0.5, 2)), (_end(14), _seen(0.5, 2))]
    assert list(recorded.until(_end(14))) == steps
    assert recorded.end(_end(14)) == _end(14)


def test_points_of_a_former_version_say_nothing_of_the_number() -> None:
    """Nor were the bins stored at which it changed: those before a point saw as it did."""
    recorded = Recorded([_point(1, 1.0, None), _point(12, 0.5, None)], Seen(observable=9))
    assert recorded.end(_end(5)) == _end(12)
    found = list(recorded.until(_end(13)))
    assert found == [(_end(1), _seen(1.0, 9)), (_end(12), _seen(0.5, 9)), (_end(13), Seen(1.0, 9))]


def _seen(exposure: float, observable: int) -> Seen:
    return Seen(exposure, observable, planned=(1.0, ""))


def _end(number: int) -> datetime:
    return START + number * timedelta(minutes=5)


def _point(number: int, coverage: float, observable: int | None) -> SignalPoint:
    return SignalPoint(_end(number), Stage.CALM, 0, 0, 0, 0, 0, 0, 0, 0, coverage, observable)
