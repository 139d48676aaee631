"""The packaged encoder on ONNX Runtime: no torch, about a second to start."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
MAX_TOKENS = 128
"""Longer texts are cut; the model was trained on 128 tokens (its model card)."""

MAX_CHARACTERS = 4_000
"""128 tokens of the longest everyday words; it bounds the work on a text of a megabyte."""

BATCH = 32  # larger ones don't pay on a CPU, `docs/design/language.md`


class OnnxEncoder:
    """The packaged model on ONNX Runtime. A row depends on its own text only.

    `folder` is what `models.artefact.ensure` made, `name` goes into the scores' version.
    """

    def __init__(self, folder: Path, name: str, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.disable_telemetry_events()
        self.name = name
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the board shares the cores
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )
        self.dimensions: int = self._session.get_outputs()[0].shape[1]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape `(len(texts), 384)`, rows of length 1, in the order of `texts`."""
        tokens = [self._tokenizer.encode(clean(text)).ids for text in texts]
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for batch in _batches([len(ids) for ids in tokens]):
            ids = np.array([tokens[index] for index in batch], dtype=np.int64)
            rows[batch] = self._session.run(None, {"input_ids": ids})[0]
        return rows


def clean(text: str) -> str:
    """Return the part of `text` that is read, as valid Unicode: feeds send lone surrogates, too."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of texts with the same number of tokens, so that no batch needs padding."""
    equal: dict[int, list[int]] = {}
    for place, length in enumerate(lengths):
        equal.setdefault(length, []).append(place)
    for places in equal.values():
        for start in range(0, len(places), BATCH):
            yield places[start : start + BATCH]
