"""What the student is told of its mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.student.data import TASKS, Row
from training.student.recipe import Recipe

_HEADS = TASKS[1:]


@dataclass(frozen=True)
class Truth:
    """Labels of all rows, and how common the classes are where each row comes from."""

    labels: Tensor
    """Shape (rows,)."""
    tasks: Tensor
    """Shape (rows,), indices into `TASKS`."""
    shares: Tensor
    """Logarithm of the share of each class in the row's data set, shape (rows, 3); for a head with a single
    logit the first column holds the logarithm of yes against no."""
    embeddings: Tensor
    """The packaged model's embeddings, shape (rows, dimensions)."""


def truth(rows: Sequence[Row], embeddings: Tensor) -> Truth:
    """Return the labels of `rows` with the shares of their classes.

    The shares are added to the logits while learning, so that the logits themselves hold for equal shares
    (Menon et al. 2021, https://arxiv.org/abs/2007.07314).
    """
    counts: dict[str, Tensor] = {}
    for row in rows:
        counts.setdefault(row.origin, torch.full((3,), 1e-3))[row.label] += 1
    logs = {origin: (count / count.sum()).log() for origin, count in counts.items()}
    odds = {origin: torch.stack([log[1] - log[0], log[0], log[0]]) for origin, log in logs.items()}
    shares = [logs[row.origin] if row.task == "sentiment" else odds[row.origin] for row in rows]
    labels = torch.tensor([row.label for row in rows])
    return Truth(
        labels, torch.tensor([TASKS.index(row.task) for row in rows]), torch.stack(shares), embeddings
    )


def loss(
    told: Truth, places: Sequence[int], embedding: Tensor, logits: dict[str, Tensor], recipe: Recipe
) -> Tensor:
    """Return the mean loss of a batch."""
    at = torch.tensor(places)
    labels, tasks, shares = told.labels[at], told.tasks[at], told.shares[at]
    cosine = (embedding * told.embeddings[at].float()).sum(dim=-1)
    total = recipe.likeness * (1.0 - cosine).mean()
    mine = tasks == 0
    classes = logits["sentiment"][mine] + shares[mine]
    smooth = recipe.smoothing
    entropy = nn.functional.cross_entropy(classes, labels[mine], label_smoothing=smooth, reduction="sum")
    total = total + entropy / len(places)
    for number, task in enumerate(_HEADS, start=1):
        mine = tasks == number
        single = logits[task][mine, 0] + shares[mine, 0]
        entropy = nn.functional.binary_cross_entropy_with_logits(
            single, labels[mine].float(), reduction="sum"
        )
        total = total + recipe.others * entropy / len(places)
    return total
