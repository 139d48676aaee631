"""The training loop. It can be stopped at any time and goes on from its last check-point."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.telemetry import get_logger
from models.embed import packaged
from training.student.data import training_rows, validation_rows
from training.student.loss import Truth, loss, truth
from training.student.measure import validate
from training.student.network import Student, mean_pool, open_bert, padded
from training.student.recipe import Recipe
from training.student.texts import Tokens, in_order, shuffled, tokenise

_SAVE_EVERY = 400
"""Steps between two check-points, some two minutes on two cores."""
_SAY_EVERY = 100
_CLIP = 1.0
_log = get_logger("student")


@dataclass
class Course:
    """A student on its way."""

    student: Student
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    average: dict[str, Tensor]
    """Moving average of every weight that learns."""
    step: int = 0

    def save(self, path: Path) -> None:
        """Write everything that the rest follows from."""
        state: dict[str, Any] = {
            "student": self.student.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "average": self.average,
            "step": self.step,
        }
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        state = torch.load(path, weights_only=True)
        self.student.load_state_dict(state["student"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.average, self.step = state["average"], state["step"]


def train(data: Path, work: Path, recipe: Recipe) -> None:
    """Write `student-1.pt`, ... to `work`: averaged weights after each epoch; check-points go there, too."""
    work.mkdir(parents=True, exist_ok=True)
    rows, held_out = training_rows(data), validation_rows(data)
    tokens = tokenise([row.text for row in rows], packaged(), recipe.tokens)
    tests = tokenise([row.text for row in held_out], packaged(), recipe.tokens)
    _log.info("rows", **Counter(row.origin for row in rows))
    told = truth(rows, _embeddings(tokens, work / "embeddings.npy"))
    course = begin(recipe, len(rows))
    checkpoint = work / "course.pt"
    if checkpoint.exists():
        course.load(checkpoint)
        _log.info("goes on", step=course.step)
    per_epoch = len(in_order(tokens, recipe.batch))
    while course.step < recipe.epochs * per_epoch:
        epoch = course.step // per_epoch
        batches = shuffled(tokens, recipe.batch, recipe.seed + epoch)
        _epoch(course, tokens, told, batches[course.step % per_epoch :], recipe, checkpoint)
        averaged = averaged_student(course)
        torch.save(averaged.state_dict(), work / f"student-{epoch + 1}.pt")
        _log.info("validated", epoch=epoch + 1, **validate(averaged, held_out, tests))


def begin(recipe: Recipe, rows: int) -> Course:
    """Return a student that has learned nothing yet."""
    torch.manual_seed(recipe.seed)
    student = Student(packaged())
    student.freeze(recipe.frozen_layers)
    optimiser = torch.optim.AdamW(_groups(student, recipe), weight_decay=recipe.weight_decay)
    steps = recipe.epochs * -(-rows // recipe.batch)
    rising = max(1, int(recipe.warm_up * steps))

    def factor(step: int) -> float:
        return min((step + 1) / rising, max(0.0, (steps - step) / max(1, steps - rising)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, factor)
    learning = {name: p.detach().clone() for name, p in student.named_parameters() if p.requires_grad}
    return Course(student, optimiser, schedule, learning)


def averaged_student(course: Course) -> Student:
    """Return a copy of the student with the averaged weights."""
    copy = Student(packaged())
    copy.load_state_dict(course.student.state_dict() | course.average)
    return copy


def _groups(student: Student, recipe: Recipe) -> list[dict[str, Any]]:
    layers = list(student.bert.encoder.layer)
    above = reversed(range(len(layers)))
    parts = [(layer, recipe.rate * recipe.rate_decay**n) for n, layer in zip(above, layers, strict=True)]
    parts.append((student.bert.embeddings, recipe.rate * recipe.rate_decay ** len(layers)))
    parts += [(student.projection, recipe.head_rate), (student.heads, recipe.head_rate)]
    learning = [([p for p in part.parameters() if p.requires_grad], rate) for part, rate in parts]
    return [{"params": parameters, "lr": rate} for parameters, rate in learning if parameters]


def _epoch(
    course: Course,
    tokens: Tokens,
    told: Truth,
    batches: Sequence[list[int]],
    recipe: Recipe,
    checkpoint: Path,
) -> None:
    begun, recent = time.process_time(), []
    for batch in batches:
        torch.manual_seed(recipe.seed + course.step)  # drop-out after a stop is what it would have been
        with torch.autocast("cpu", dtype=torch.bfloat16):
            embedding, logits = course.student(*padded([tokens[place] for place in batch]))
        found = loss(told, batch, embedding, logits, recipe)
        course.optimiser.zero_grad(set_to_none=True)
        found.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(course.student.parameters(), _CLIP)
        course.optimiser.step()
        course.schedule.step()
        course.step += 1
        _follow(course, recipe.average)
        recent.append(found.item())
        if course.step % _SAY_EVERY == 0:
            mean, spent = float(np.mean(recent[-_SAY_EVERY:])), time.process_time() - begun
            _log.info("learning", step=course.step, loss=round(mean, 4), cpu_seconds=round(spent))
        if course.step % _SAVE_EVERY == 0:
            course.save(checkpoint)


def _follow(course: Course, decay: float) -> None:
    """Move the average; early on it forgets faster, so that it doesn't remember the beginning."""
    decay = min(decay, (1 + course.step) / (10 + course.step))
    with torch.no_grad():
        parameters = dict(course.student.named_parameters())
        kept = list(course.average.values())
        torch._foreach_lerp_(kept, [parameters[name] for name in course.average], 1.0 - decay)


def _embeddings(tokens: Tokens, path: Path) -> Tensor:
    """Return the packaged model's embeddings, computed once, shape (texts, dimensions)."""
    if path.exists():
        return torch.from_numpy(np.load(path))
    bert = open_bert(packaged()).eval()
    found = torch.zeros(len(tokens), bert.config.hidden_size, dtype=torch.float16)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for batch in in_order(tokens, 64):
            ids, mask = padded([tokens[place] for place in batch])
            mean = mean_pool(bert(input_ids=ids, attention_mask=mask).last_hidden_state, mask)
            found[batch] = torch.nn.functional.normalize(mean.float(), dim=-1).half()
    np.save(path, found.numpy())
    return found
