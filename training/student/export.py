"""The student as an ONNX graph: ranges of its activations on typical texts, then `training.student.graph`."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from training.student import graph
from training.student.network import Student
from training.student.texts import in_order

_BATCH = 64
_MARGIN = 1.02
"""Ranges reach a little further than what was met."""


def export(student: Student, tokens: Sequence[Sequence[int]]) -> bytes:
    """Return the graph of `student`, with the ranges that its activations have on the texts `tokens`."""
    student.eval()
    weights = {name: tensor.numpy() for name, tensor in student.state_dict().items()}
    return graph.build(weights, extents(student, tokens), student.bert.config.num_attention_heads)


def extents(student: Student, tokens: Sequence[Sequence[int]]) -> dict[str, graph.Extent]:
    """Return least and largest input per channel of every dense layer that is quantised."""
    found: dict[str, graph.Extent] = {}
    hooks = []
    for number, layer in enumerate(student.bert.encoder.layer):
        prefix = f"bert.encoder.layer.{number}"
        before = student.bert.encoder.layer[number - 1].output if number else student.bert.embeddings
        watched = [
            (f"{prefix}.attention.self.query", layer.attention.self.query, before.LayerNorm.bias),
            (f"{prefix}.attention.output.dense", layer.attention.output.dense, None),
            (f"{prefix}.intermediate.dense", layer.intermediate.dense, layer.attention.output.LayerNorm.bias),
            (f"{prefix}.output.dense", layer.output.dense, None),
        ]
        hooks += [part.register_forward_pre_hook(_Note(name, shift, found)) for name, part, shift in watched]
    with torch.no_grad():
        for batch in in_order(tokens, _BATCH):
            equal: dict[int, list[Sequence[int]]] = {}
            for place in batch:
                equal.setdefault(len(tokens[place]), []).append(tokens[place])
            for rows in equal.values():
                ids = torch.tensor([list(row) for row in rows])
                student(ids, torch.ones_like(ids))  # no padding in the ranges
    for hook in hooks:
        hook.remove()
    return found


class _Note:
    """Keeps the range of what goes into a layer."""

    def __init__(self, name: str, shift: Tensor | None, found: dict[str, graph.Extent]) -> None:
        self._name, self._shift, self._found = name, shift, found

    def __call__(self, _: nn.Module, given: tuple[Tensor, ...]) -> None:
        values = given[0] if self._shift is None else given[0] - self._shift
        low, high = (_MARGIN * each.numpy() for each in (values.amin(dim=(0, 1)), values.amax(dim=(0, 1))))
        before = self._found.get(self._name, (low, high))
        self._found[self._name] = (np.minimum(before[0], low), np.maximum(before[1], high))
