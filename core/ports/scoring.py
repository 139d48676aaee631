"""The models that read texts."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.records import Mention, Probabilities, Score


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape `(len(texts), dimensions)`, rows of length 1."""


class Scorer(Protocol):
    """The stateless models together: signature, embedding, sentiment."""

    @property
    def version(self) -> str:
        """Which models, and what a workspace has taught them."""

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return one score per mention, in order. CPU-bound: call it off the event loop."""

    def towards(self, mentions: Sequence[Mention]) -> list[dict[str, Probabilities]]:
        """Return, for each mention that names several brands, what it says of each; of others nothing."""


class Skimmer(Scorer, Protocol):
    """A scorer that can also look at a text quickly, for a backlog."""

    def skim(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return a quick score per mention, in order: no embedding, no tone, no language."""

    def remembers(self, mentions: Sequence[Mention]) -> list[bool]:
        """Tell of each mention, in order, whether `score` would cost nothing: its text was read lately."""
