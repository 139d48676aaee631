"""What a hundred corrections are worth: tweets to six airlines, 2015-02-17 to 02-24, labelled by people.

The corrections are drawn from the first half of the archive by time, the accuracy is that on the second half.
The real role learns them, from a store, and takes them back at the end. No setting was chosen on this data:
its labels serve here only, `docs/design/language.md`.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from core.clock import ManualClock
from core.ports import Store
from core.records import BIN_SECONDS, Correction, Match, Score, Scored, Step
from core.telemetry import get_logger
from models.adaptation import most_probable
from models.score import TextScorer, open_scorer
from pipeline.evaluate.airline import Tweet, read
from pipeline.learning import Learning
from storage import open_store

CORRECTIONS = 100
SEED = 2015
_WHO = "evaluation"
_BRAND = "airlines"
_CHUNK = 1024  # texts between two lines of progress


def evaluate(data: Path, corrections: int = CORRECTIONS, most: int | None = None) -> dict[str, Any]:
    """Return the accuracy on the second half without the corrections, with them, and after a roll-back.

    `most` cuts the second half. Progress goes to the log. Raises `ConfigError` when `data` does not hold the
    archive.
    """
    rows = read(data)
    half = len(rows) // 2
    second = rows[half:][:most]
    taught = [rows[place] for place in sorted(Random(SEED).sample(range(half), corrections))]  # noqa: S311 - a draw that anybody can repeat, no secret
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/firetower.db")
        try:
            return {"corrections": corrections, "seed": SEED, **_run(store, open_scorer(), taught, second)}
        finally:
            store.close()


def _run(
    store: Store, scorer: TextScorer, taught: Sequence[Tweet], second: Sequence[Tweet]
) -> dict[str, Any]:
    """Teach, promote, roll back; score the second half before, between and after."""
    # a promotion takes effect at the end of its bin, which is the beginning of the second half
    clock = ManualClock(second[0].mention.event_at - timedelta(seconds=BIN_SECONDS))
    learning = Learning(store, scorer, clock, needless_pages_per_week=0.5)
    before = _score(scorer, second)
    _teach(store, scorer, taught)
    while learning.study():
        pass
    version = learning.promote_now(_WHO)
    between = _score(scorer, second)
    learning.roll_back_now(_WHO)
    after = _score(scorer, second)
    return {
        "texts": len(second),
        "accuracy_without": _accuracy(before, second),
        "accuracy_with": _accuracy(between, second),
        "accuracy_after_rollback": _accuracy(after, second),
        "scores_restored_exactly": before == after,
        "prequential": {
            "measured": version.measured,
            "right": version.right,
            "base_right": version.base_right,
        },
    }


def _teach(store: Store, scorer: TextScorer, taught: Sequence[Tweet]) -> None:
    mentions = [row.mention for row in taught]
    scored = tuple(Scored(*pair) for pair in zip(mentions, scorer.score(mentions), strict=True))
    matches = tuple(Match(mention.id, _BRAND, mention.event_at) for mention in mentions)
    store.commit(Step(scored=scored, matches=matches))
    for row in taught:
        store.add_correction(Correction(row.mention.id, row.label, _WHO, row.mention.event_at))


def _score(scorer: TextScorer, rows: Sequence[Tweet]) -> list[Score]:
    log = get_logger("evaluate")
    scores: list[Score] = []
    for start in range(0, len(rows), _CHUNK):
        scores += scorer.score([row.mention for row in rows[start : start + _CHUNK]])
        log.info("learning", version=scorer.version, done=len(scores), of=len(rows))
    return scores


def _accuracy(scores: Sequence[Score], rows: Sequence[Tweet]) -> float:
    said = [most_probable((score.negative, score.neutral, score.positive)) for score in scores]
    return sum(one is row.label for one, row in zip(said, rows, strict=True)) / len(rows)
