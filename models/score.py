"""The stateless models together: what is known of a mention from its own text."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.ports import Encoder
from core.records import Mention, Score
from models.embed import open_encoder
from models.features import canonical
from models.sentiment import SentimentHead
from models.signature import signature

REMEMBERED = 20_000
"""Texts whose result is kept, some 6 MB: copies of a storm's posts cost nothing."""

Probabilities = tuple[float, float, float]
"""Of negative, neutral, positive."""


class TextScorer:
    """Signature and sentiment of mentions. The same text gets the same numbers in every batch.

    Safe to call from several threads.
    """

    def __init__(self, encoder: Encoder, head: SentimentHead) -> None:
        if encoder.name != head.encoder:
            raise ConfigError(
                f"the sentiment head was trained on the embeddings of {head.encoder}, not of {encoder.name}: "
                "use that encoder, or train a head with `python -m training.sentiment`"
            )
        self._encoder = encoder
        self._head = head
        self._recent = _Recent(REMEMBERED)
        self.version = f"{encoder.name}+sentiment-{head.version}"

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return one score per mention, in order."""
        bodies = [mention.body for mention in mentions]
        rows = self._probabilities([canonical(body) for body in bodies])
        return [
            Score(*row, signature=signature(body), version=self.version)
            for row, body in zip(rows, bodies, strict=True)
        ]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return negative, neutral and positive per text, shape `(len(texts), 3)`."""
        rows = self._probabilities([canonical(text) for text in texts])
        return np.array(rows, dtype=np.float64).reshape(-1, 3)

    def _probabilities(self, texts: list[str]) -> list[Probabilities]:
        keys = [_key(text) for text in texts]
        found = self._recent.get(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if new:
            fresh = dict(zip(new, self._predict(list(new.values())), strict=True))
            self._recent.put(fresh)
            found |= fresh
        return [found[key] for key in keys]

    def _predict(self, texts: list[str]) -> list[Probabilities]:
        rows = self._head.predict(texts, self._encoder.encode(texts))
        return [(float(row[0]), float(row[1]), float(row[2])) for row in rows]


class _Recent:
    """The results of the texts that came last, by the digest of the text."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[bytes, Probabilities] = OrderedDict()
        self._lock = Lock()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Probabilities]:
        with self._lock:
            found = {key: self._rows[key] for key in keys if key in self._rows}
            for key in found:
                self._rows.move_to_end(key)
        return found

    def put(self, rows: dict[bytes, Probabilities]) -> None:
        with self._lock:
            self._rows.update(rows)
            while len(self._rows) > self._capacity:
                self._rows.popitem(last=False)


def open_scorer() -> TextScorer:
    """Return the scorer that ships: the packaged encoder and the sentiment head made for it."""
    return TextScorer(open_encoder(), SentimentHead.load())


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8"), digest_size=16).digest()
