"""`explain` of an incident that no page opened: the complaints turned to something else."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from core.records import Mention, Score, Scored
from models.signature import signature
from models.topics import AXES
from pipeline.coverage import FULL
from pipeline.detection import Detection
from pipeline.explain import explain_incident
from pipeline.scoring import Fresh
from pipeline.watch import open_watch
from pipeline.workspace import Purpose, open_workspace

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS, NEW_AFTER = 13, 11
AN_HOUR = 15
_AXES = np.load(AXES)
WORDS = {topic: f"the matter {chr(97 + topic) * 4} is a disgrace" for topic in range(8)}


def _complaints() -> list[Scored]:
    """Fifteen complaints an hour about seven matters; after eleven days most are about an eighth."""
    chance, made = random.Random(5), []
    for number in range(AN_HOUR * 24 * DAYS):
        at = START + timedelta(hours=number / AN_HOUR)
        new = at >= START + timedelta(days=NEW_AFTER) and chance.random() < 0.6
        topic = 7 if new else chance.randrange(7)
        text = f"{WORDS[topic]}, case {number} {chance.random()}"
        mention = Mention("forum", str(number), text, at, at + timedelta(seconds=3), author=f"a{number % 97}")
        score = Score(0.9, 0.1, 0.0, signature(text), embedding=bytes(_AXES[topic].tobytes()))
        made.append(Scored(mention, score))
    return made


def test_a_change_of_topics_comes_out_again_from_what_is_stored(tmp_path: Path) -> None:
    store = open_workspace(tmp_path, Purpose.LIVE).store
    detection = Detection(
        store, lambda brand, now: open_watch(brand, store, 0.5, now), lambda brand, now: FULL
    )
    for each in _complaints():
        now = each.mention.seen_at
        detection.advance(now)
        detection.count(Fresh(each, ("Acme",)), now)
        detection.tick(now)
        detection.commit()
    (incident,) = store.incidents(brand="Acme")
    store.close()
    assert incident.paged_at is None
    assert "hhhh" in incident.explanation.label
    explained = explain_incident(tmp_path, incident.id)
    assert explained.differences == ()
    assert explained.again == explained.explanation.signal
    assert explained.again.topics is not None
    assert "hhhh" in explained.text()
