"""How good a student is on the validation parts."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.evaluate.sentiment import quality
from training.student.data import LANGUAGES, TASKS, Row
from training.student.network import CLASSES, Student, padded
from training.student.texts import Tokens, in_order

_BATCH = 64


def outputs(student: Student, tokens: Tokens) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
    """Return embeddings and logits of all texts, in their order."""
    student.eval()
    rows: list[tuple[torch.Tensor, dict[str, torch.Tensor]]] = []
    order: list[int] = []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for batch in in_order(tokens, _BATCH):
            rows.append(student(*padded([tokens[place] for place in batch])))
            order += batch
    student.train()
    back = np.argsort(order)
    embeddings = torch.cat([embedding for embedding, _ in rows]).numpy()[back]
    logits = {task: torch.cat([each[task] for _, each in rows]).numpy()[back] for task in TASKS}
    return embeddings, logits


def validate(student: Student, rows: Sequence[Row], tokens: Tokens) -> dict[str, float]:
    """Return macro recall on English ("semeval"), macro F1 per language and head, the languages' mean."""
    _, logits = outputs(student, tokens)
    result: dict[str, float] = {}
    for origin in dict.fromkeys(row.origin for row in rows):
        places = [place for place, row in enumerate(rows) if row.origin == origin]
        labels = [rows[place].label for place in places]
        if origin in CLASSES:
            result[origin] = _binary_f1(np.array(labels), logits[origin][places, 0] > 0)
        else:
            found = quality(labels, logits["sentiment"][places].argmax(axis=1))
            result[origin] = found.macro_recall if origin == "semeval" else found.macro_f1
    result["languages"] = float(np.mean([result[language] for language in LANGUAGES]))
    return {name: round(value, 4) for name, value in result.items()}


def _binary_f1(labels: NDArray[np.int64], found: NDArray[np.bool_]) -> float:
    """Return the mean F1 of yes and no."""
    scores = []
    for value in (0, 1):
        hits = ((labels == value) & (found == value)).sum()
        scores.append(2 * hits / max(1, (labels == value).sum() + (found == value).sum()))
    return float(np.mean(scores))
