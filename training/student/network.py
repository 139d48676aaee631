"""The student: a BERT trunk, a projection that keeps the embedding, and four small heads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.student.data import TASKS

CLASSES = {task: 3 if task == "sentiment" else 1 for task in TASKS}
_TRUNK_DROPOUT = 0.1
_HEAD_DROPOUT = 0.1
_HIDDEN = -1e4
"""Stands in padding where a maximum is taken."""


class Student(nn.Module):
    """One pass over the tokens gives the embedding and the logits of every head."""

    def __init__(self, package: Path) -> None:
        super().__init__()
        self.bert = open_bert(package)
        size = self.bert.config.hidden_size
        for module in self.bert.modules():
            if isinstance(module, nn.Dropout):
                module.p = _TRUNK_DROPOUT
        self.projection = nn.Linear(size, size)
        nn.init.eye_(self.projection.weight)
        nn.init.zeros_(self.projection.bias)
        self.drop = nn.Dropout(_HEAD_DROPOUT)
        self.heads = nn.ModuleDict({task: nn.Linear(2 * size, count) for task, count in CLASSES.items()})

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return embeddings of length 1, shape (texts, dimensions), and per task logits (texts, classes)."""
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = mean_pool(states, mask)
        most = states.masked_fill(mask[..., None] == 0, _HIDDEN).max(dim=1).values
        pooled = self.drop(torch.cat([mean, most], dim=-1))
        embedding = nn.functional.normalize(self.projection(mean).float(), dim=-1)
        return embedding, {task: head(pooled).float() for task, head in self.heads.items()}

    def freeze(self, layers: int) -> None:
        """Leave the token table and the first `layers` layers as they are."""
        for part in (self.bert.embeddings, *self.bert.encoder.layer[:layers]):
            for parameter in part.parameters():
                parameter.requires_grad = False


def open_bert(package: Path) -> Any:
    """Return the packaged model without its pooler, which all-MiniLM-L6-v2 doesn't use."""
    from transformers import AutoModel

    return AutoModel.from_pretrained(str(package), add_pooling_layer=False, attn_implementation="sdpa")


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Return the mean over the tokens, shape (texts, dimensions)."""
    weights = mask[..., None].to(states.dtype)
    return (states * weights).sum(dim=1) / weights.sum(dim=1)


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return token ids and mask of shape (texts, tokens), the tokens a multiple of eight."""
    width = (max(map(len, rows)) + 7) // 8 * 8
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width, dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask
