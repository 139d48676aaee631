"""The stateless models together: what is known of a mention from its own text."""

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core.ports import Encoder
from core.records import Mention, Score, Tone
from core.vectors import pack_vector
from models.adaptation import Adaptation, Reading, name_version
from models.embed import DEFAULT, open_encoder
from models.fast_path import FastPath
from models.features import canonical
from models.signature import signature
from models.student import Student

REMEMBERED = 20_000
"""Texts whose reading is kept, some 15 MB: copies of a storm's posts cost nothing."""

SKIMMED = "+skimmed"
"""Ends the version of a score for which nobody read the text in full."""


@dataclass(frozen=True, slots=True)
class InUse:
    """Which version scores what: `current` what happened from `since` on, `former` what happened before.

    None stands for the shipped model as it is.
    """

    current: Adaptation | None = None
    former: Adaptation | None = None
    since: datetime | None = None

    def at(self, event_at: datetime) -> Adaptation | None:
        """Return the version for a mention of that time: so a bin never mixes two, however late one comes."""
        return self.current if self.since is None or event_at >= self.since else self.former


class TextScorer:
    """Signature, embedding and sentiment of mentions. The same text gets the same numbers in every batch.

    Safe to call from several threads.
    """

    def __init__(
        self, student: Student, encoder: Encoder | None = None, remembered: int = REMEMBERED
    ) -> None:
        self._student = student
        self._encoder = encoder
        """Gives the embeddings in the student's stead, where somebody chose another one."""
        self._recent = _Recent(remembered)
        self._fast_path = FastPath(student.heads)
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="signatures")
        self.in_use = InUse()
        """What scores now; replaced as a whole by `adapt`, so that a thread never sees half of a change."""
        self.base = f"{student.name}+{encoder.name}" if encoder else student.name
        """Version of what ships, whatever was learned on top."""
        self.version = self.base
        """Version of what scores new mentions."""
        self.dimensions = (encoder or student.encoder).dimensions

    def adapt(self, in_use: InUse) -> None:
        """Score with these versions from now on; a batch that is under way keeps the ones it began with."""
        self.in_use = in_use
        self.version = self._version(in_use.current)

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return one score per mention, in order.

        Signatures are made on a thread of their own: while the encoder computes, the interpreter is free.
        """
        signatures = self._beside.submit(_signatures, mentions)
        readings = self.read(mentions)
        return self._scores(mentions, readings, signatures.result(), self.in_use)

    def read(self, mentions: Sequence[Mention]) -> list[Reading]:
        """Return what the shipped models say of each mention, in order."""
        return self._readings([canonical(mention.body) for mention in mentions])

    def skim(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return a quick score per mention; see `core.ports.Skimmer`. Nothing learned is in it."""
        looks, version = self._fast_path.look([mention.body for mention in mentions]), self.base + SKIMMED
        return [Score(*row, own, version) for row, own in zip(looks.sentiment, looks.signatures, strict=True)]

    def remembers(self, mentions: Sequence[Mention]) -> list[bool]:
        """Tell which mentions cost nothing to score; see `core.ports.Scorer`."""
        keys = [_key(canonical(mention.body)) for mention in mentions]
        found = self._recent.get(keys)
        return [key in found for key in keys]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the shipped model's negative, neutral and positive per text, shape `(len(texts), 3)`."""
        rows = [reading.shipped for reading in self._readings([canonical(text) for text in texts])]
        return np.array(rows, dtype=np.float64).reshape(-1, 3)

    def _scores(
        self,
        mentions: Sequence[Mention],
        readings: Sequence[Reading],
        signatures: Sequence[bytes],
        use: InUse,
    ) -> list[Score]:
        found: dict[int, Score] = {}
        versions = [use.at(mention.event_at) for mention in mentions]
        for version in {id(version): version for version in versions}.values():
            places = [place for place, one in enumerate(versions) if one is version]
            mine = [readings[place] for place in places]
            rows = version.apply(mine) if version else [reading.shipped for reading in mine]
            name = self._version(version)
            for place, reading, row in zip(places, mine, rows, strict=True):
                own = signatures[place]
                found[place] = Score(*row, own, name, reading.embedding, reading.tone, reading.language)
        return [found[place] for place in range(len(mentions))]

    def _version(self, version: Adaptation | None) -> str:
        return name_version(self.base, version.number if version else 0)

    def _readings(self, texts: Sequence[str]) -> list[Reading]:
        keys = [_key(text) for text in texts]
        found = self._recent.get(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if new:
            fresh = dict(zip(new, self._encode(list(new.values())), strict=True))
            self._recent.put(fresh)
            found |= fresh
        return [found[key] for key in keys]

    def _encode(self, texts: list[str]) -> list[Reading]:
        read = self._student.read(texts)
        vectors = self._encoder.encode(texts) if self._encoder else read.embedding
        return [
            Reading(tuple(sentiment), pack_vector(vector), Tone(*tones), language)
            for sentiment, vector, tones, language in zip(
                read.sentiment.tolist(), vectors, read.tones.tolist(), read.languages, strict=True
            )
        ]


class _Recent:
    """The readings of the texts that came last, by the digest of the text."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[bytes, Reading] = OrderedDict()
        self._lock = Lock()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Reading]:
        with self._lock:
            found = {key: self._rows[key] for key in keys if key in self._rows}
            for key in found:
                self._rows.move_to_end(key)
        return found

    def put(self, rows: dict[bytes, Reading]) -> None:
        with self._lock:
            self._rows.update(rows)
            while len(self._rows) > self._capacity:
                self._rows.popitem(last=False)


def open_scorer(encoder: str = DEFAULT, remembered: int = REMEMBERED) -> TextScorer:
    """Return the scorer that ships; `encoder` names another one for the embeddings (`models.embed`)."""
    return TextScorer(Student(), None if encoder == DEFAULT else open_encoder(encoder), remembered)


def _signatures(mentions: Sequence[Mention]) -> list[bytes]:
    return [signature(mention.body) for mention in mentions]


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8"), digest_size=16).digest()
