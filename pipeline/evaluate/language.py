"""`evaluate sentiment`: the shipped model on every set that it never saw, and others beside it."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.telemetry import get_logger
from models.score import TextScorer, open_scorer
from pipeline.evaluate import airline, hard_cases, online, peers, pool, umsab
from pipeline.evaluate.sentiment import predict, quality, read


def evaluate(data: Path, most: int | None = None) -> dict[str, Any]:
    """Return the quality on TweetEval, airline tweets, eight languages and the hard cases, and the peers'.

    "ece" is the calibration error on TweetEval. `most` cuts what is tested on. Progress goes to the log.
    Raises `ConfigError` when `data` lacks one of the sets, before anything is computed.
    """
    test, tweets, languages = read(data, "test"), airline.read(data), umsab.tests(data)
    training = pool.read(data, read(data, "val").texts + test.texts)
    test = test.first(most)
    scorer = open_scorer()
    probabilities = predict(test.texts, scorer)
    tweeteval = quality(test.labels, probabilities.argmax(axis=1), probabilities)
    result = {
        "tweeteval": asdict(tweeteval),
        "airline": online.measure(tweets[:most], scorer),
        "umsab": umsab.measure({name: part.first(most) for name, part in languages.items()}, scorer),
        "ece": tweeteval.calibration_error,
        "peers": {name: asdict(found) for name, found in peers.measure(training, test).items()},
    }
    return result | _hard_cases(scorer, most)


def _hard_cases(scorer: TextScorer, most: int | None) -> dict[str, Any]:
    """Return nothing where the sentences are absent: they come with the sources, not with the package."""
    if not hard_cases.FOLDER.is_dir():
        get_logger("evaluate").info("the hard cases are left out", absent=str(hard_cases.FOLDER))
        return {}
    cases = {name: group[:most] for name, group in hard_cases.read(hard_cases.FOLDER).items()}
    return {"hard_cases": hard_cases.measure(cases, scorer)}
