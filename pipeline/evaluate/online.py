"""Airline tweets, a language that the shipped model never learned: unlabelled, and while it is taught.

Unlabelled, the product counts how common the classes are and reads with that (`unlabelled`).
Online, every tweet is predicted by what was learned from the earlier ones, then its label is revealed and
learned (prequential evaluation, Gama et al. 2013, https://doi.org/10.1007/s10994-012-5320-9). The product's
learner with its shipped settings does it, on the shares that it counted; none was chosen on this data.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.records import Sentiment
from core.telemetry import get_logger
from models.adaptation import CLASSES, Reading
from models.label_shift import EQUAL
from models.learner import Learner
from models.score import TextScorer
from pipeline.evaluate.airline import Tweet
from pipeline.evaluate.sentiment import CHUNK, LABELS, quality
from pipeline.evaluate.texts import fingerprint
from pipeline.evaluate.unlabelled import Step, read_with, steps


def measure(tweets: Sequence[Tweet], scorer: TextScorer) -> dict[str, Any]:
    """Return the quality on `tweets`, which are sorted by time: without a label, and learning online.

    "transfer_accuracy_plain" is that of the shipped model alone, "estimated_shares" are the last
    ones that were counted, beside the true ones. Online, copies of an earlier text are left out, and
    "online_shipped_accuracy" is the shipped model's on the same texts. Progress goes to the log.
    """
    readings = _read(tweets, scorer)
    shipped = _numbers(readings)
    labels = [CLASSES.index(tweet.label) for tweet in tweets]
    kept = first_of_each_text([tweet.mention.body for tweet in tweets])
    times = [tweet.mention.event_at for tweet in tweets]
    counted = steps(readings, times, kept)
    transfer = quality(labels, read_with(readings, counted).argmax(axis=1))
    online_readings = [readings[at] for at in kept]
    online_counted = steps(online_readings, [times[at] for at in kept], range(len(kept)))
    said = predict_then_learn(online_readings, [tweets[at].label for at in kept], online_counted)
    predicted, truth = np.array([CLASSES.index(one) for one in said]), [labels[at] for at in kept]
    online, half = quality(truth, predicted), len(kept) // 2
    return {
        "texts": transfer.texts,
        "transfer_accuracy": transfer.accuracy,
        "transfer_macro_f1": transfer.macro_f1,
        "transfer_accuracy_plain": quality(labels, shipped).accuracy,
        "estimated_shares": dict(zip(LABELS, counted[-1].shares, strict=True)),
        "true_shares": {name: labels.count(place) / len(labels) for place, name in enumerate(LABELS)},
        "online_texts": online.texts,
        "online_accuracy": online.accuracy,
        "online_macro_f1": online.macro_f1,
        "online_second_half_accuracy": quality(truth[half:], predicted[half:]).accuracy,
        "online_shipped_accuracy": quality(truth, shipped[kept]).accuracy,
    }


def first_of_each_text(texts: Sequence[str]) -> list[int]:
    """Return the places of the texts that are no copy of an earlier one, compared by `fingerprint`."""
    first: dict[str, int] = {}
    for place, text in enumerate(texts):
        first.setdefault(fingerprint(text), place)
    return list(first.values())


def predict_then_learn(
    readings: Sequence[Reading], labels: Sequence[Sentiment], counted: Sequence[Step] = (Step(0, EQUAL),)
) -> list[Sentiment]:
    """Return what the learner said of each text before it was told the label, and then learned it.

    Where other shares of the classes were counted, it learns anew on those, as the product does.
    """
    log, said = get_logger("evaluate"), list[Sentiment]()
    begins = {step.first: step.shares for step in counted}
    for place, (reading, label) in enumerate(zip(readings, labels, strict=True)):
        if place in begins:
            learner = Learner(len(reading.embedding), shares=begins[place])  # one byte a dimension
            for earlier, known in zip(readings[:place], labels, strict=False):
                learner.learn_one(earlier, known)
        said.append(learner.predict_one(reading))
        learner.learn_one(reading, label)
        if len(said) % CHUNK == 0:
            log.info("online", done=len(said), of=len(readings))
    return said


def _read(tweets: Sequence[Tweet], scorer: TextScorer) -> list[Reading]:
    log, readings = get_logger("evaluate"), list[Reading]()
    for start in range(0, len(tweets), CHUNK):
        readings += scorer.read([tweet.mention for tweet in tweets[start : start + CHUNK]])
        log.info("airlines", done=len(readings), of=len(tweets))
    return readings


def _numbers(readings: Sequence[Reading]) -> NDArray[np.int64]:
    return np.asarray(np.array([reading.shipped for reading in readings]).argmax(axis=1))
