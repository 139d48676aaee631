"""The student's trunk on ONNX Runtime: no torch, half a second to start."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.artefact import GRAPH, TOKENIZER
from models.features import MAX_CHARACTERS, clean
from models.wording import worded

MAX_TOKENS = 128
"""Longer texts are cut; the model was trained on 128 tokens (its model card)."""

_NO_TELEMETRY = "ORT_DISABLE_TELEMETRY"
"""Since 1.29 the runtime reports processes and models to its makers unless this is set when it is imported;
`disable_telemetry_events` comes too late for the first of them
(https://github.com/kibae/onnxruntime-server/releases/tag/v1.29.0)."""

BATCH = 32  # larger ones don't pay on a CPU, `docs/design/language.md`


@dataclass(frozen=True, slots=True)
class Passed:
    """What one pass over some texts gives, a row per text."""

    embedding: NDArray[np.float32]
    """Shape (texts, dimensions), rows of length 1."""
    pooled: NDArray[np.float32]
    """Shape (texts, 2 * dimensions): mean and maximum over the tokens, which the heads read."""


class OnnxEncoder:
    """The shipped model on ONNX Runtime. A row depends on its own text only.

    `folder` holds graph and tokenizer, `name` goes into the scores' version.
    """

    def __init__(self, folder: Path, name: str, threads: int) -> None:
        os.environ[_NO_TELEMETRY] = "1"
        import onnxruntime
        from tokenizers import Tokenizer

        self.name = name
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the board shares the cores
        self._session = onnxruntime.InferenceSession(
            str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
        )
        self.dimensions: int = self._session.get_outputs()[0].shape[1]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape `(len(texts), dimensions)`, rows of length 1, in the order of `texts`."""
        return self.read(texts).embedding

    def read(self, texts: Sequence[str]) -> Passed:
        """Return embeddings and what the heads read, in the order of `texts`."""
        tokens = [self._tokenizer.encode(worded(clean(text))[:MAX_CHARACTERS]).ids for text in texts]
        embedding = np.empty((len(texts), self.dimensions), dtype=np.float32)
        pooled = np.empty((len(texts), 2 * self.dimensions), dtype=np.float32)
        for batch in _batches([len(ids) for ids in tokens]):
            ids = np.array([tokens[index] for index in batch], dtype=np.int64)
            embedding[batch], pooled[batch] = self._session.run(None, {"input_ids": ids})
        return Passed(embedding, pooled)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of texts with the same number of tokens, so that no batch needs padding."""
    equal: dict[int, list[int]] = {}
    for place, length in enumerate(lengths):
        equal.setdefault(length, []).append(place)
    for places in equal.values():
        for start in range(0, len(places), BATCH):
            yield places[start : start + BATCH]


def spare_cores() -> int:
    """Return how many cores this process may use, less one for the rest, at least one."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (usable or 1) - 1)
