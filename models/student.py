"""The model that ships: one pass over a text gives its embedding, its sentiment and its tone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import Permanent
from models import artefact
from models.embed import DEFAULT
from models.features import canonical
from models.heads import Heads
from models.languages import identify
from models.onnx_encoder import OnnxEncoder, spare_cores

PROBES = {
    "Worst service ever, I want my money back and nobody answers": 0,
    "The shop opens at nine on Tuesday": 1,
    "I love it, thank you so much!": 2,
}
"""Texts whose class must come out right at every start: a processor whose 8-bit sums saturate is found so."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the student says of some texts, a row per text."""

    embedding: NDArray[np.float32]
    """Shape (texts, dimensions), rows of length 1."""
    sentiment: NDArray[np.float32]
    """Probabilities of negative, neutral and positive, shape (texts, 3)."""
    tones: NDArray[np.float32]
    """Probabilities of `models.heads.TONES`, shape (texts, 3)."""
    languages: tuple[str, ...]
    """As `models.languages` names them."""


class Student:
    """Encoder and heads, made for each other. A row depends on its own text only."""

    def __init__(self, folder: Path = artefact.FOLDER, threads: int | None = None) -> None:
        self.name = f"{DEFAULT}@{artefact.version(folder)}"
        self.encoder = OnnxEncoder(folder, self.name, threads or spare_cores())
        self.heads = Heads.load(folder)
        self._check()

    def read(self, texts: Sequence[str]) -> Read:
        """Read texts as `features.canonical` gives them, in order."""
        passed, languages = self.encoder.read(texts), identify(texts)
        sentiment = self.heads.sentiment(texts, languages, passed.pooled)
        return Read(passed.embedding, sentiment, self.heads.tones(passed.pooled), tuple(languages))

    def _check(self) -> None:
        found = self.read([canonical(text) for text in PROBES]).sentiment.argmax(axis=1).tolist()
        if found != list(PROBES.values()):
            raise Permanent(
                f"the shipped model reads plain sentences wrongly on this machine: classes {found}, expected"
                f" {list(PROBES.values())}. Install the onnxruntime of requirements.txt or use another one"
            )
