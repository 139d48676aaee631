"""What was planned is recorded with what was seen, so that a restart and `explain` see the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from core.config import BrandConfig
from core.ports import Store
from core.records import Mention, Score, Scored
from models.explain import explain
from models.signature import signature
from pipeline.coverage import FULL
from pipeline.detection import Detection
from pipeline.neighbours import open_watches
from pipeline.scoring import Fresh
from pipeline.watch import open_watch

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EVENT = {"name": "launch", "starts": START + 62 * MINUTE, "ends": START + 150 * MINUTE, "factor": 4.0}
BRAND = BrandConfig.model_validate({"name": "Acme", "event": [EVENT]})


def _live(store: Store) -> Detection:
    """Let four hours pass, with a mention every three minutes of which some are late, and look every two."""
    detection = Detection(store, open_watches(store, [BRAND], lambda brand: 0.5), lambda brand, now: FULL)
    detection.watch("Acme", START)
    for number in range(120):
        now = START + 2 * number * MINUTE
        if number % 3:
            text = f"Acme kettle number {number}"
            at = now - (40 * MINUTE if number % 10 == 0 else MINUTE)
            mention = Mention("rss", str(number), text, at, now, author=f"author {number}")
            detection.advance(now)
            detection.count(Fresh(Scored(mention, Score(0.5, 0.5, 0.0, signature(text))), ("Acme",)), now)
        detection.refresh(now)
        detection.commit()
    return detection


def test_each_point_tells_what_was_planned(new_store: Callable[[], Store]) -> None:
    store = new_store()
    _live(store)
    points = store.signals("Acme", START, START + 5 * 60 * MINUTE)
    during = [point for point in points if START + 65 * MINUTE < point.at <= START + 150 * MINUTE]
    assert {(point.planned, point.event) for point in during} == {(4.0, "launch")}
    assert {(point.planned, point.event) for point in points if point not in during} == {(1.0, "")}
    before = [point for point in points if point.at <= START + 65 * MINUTE]
    assert during[-1].bin_expected > 2.5 * before[-1].bin_expected


def test_a_restart_sees_what_was_planned_though_the_file_says_no_more(new_store: Callable[[], Store]) -> None:
    store = new_store()
    live = _live(store)
    now = START + 238 * MINUTE
    again = open_watch("Acme", store, 0.5, now)
    assert again.detector.dump() == live.watch("Acme", now).detector.dump()


def test_the_explanation_says_what_was_expected(new_store: Callable[[], Store]) -> None:
    watch = _live(new_store()).watch("Acme", START)
    during = watch.look(START + 100 * MINUTE, FULL)
    assert (during.planned, during.event) == (4.0, "launch")
    said = " ".join(explain(during, [], "Acme").sentences)
    assert "Expected because of launch: 4 times the usual volume." in said
    after = watch.look(START + 200 * MINUTE, FULL)
    assert "Expected because of" not in " ".join(explain(after, [], "Acme").sentences)
