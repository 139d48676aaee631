"""Scores of texts that were read before, kept on disk: a second run over the same texts needs no encoder."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.ports import Scorer
from core.records import Mention, Probabilities, Score, Tone
from core.telemetry import get_logger
from models import artefact
from models.embed import DEFAULT
from models.signature import signature

_TELL = 4_096
"""Texts between two lines of progress."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS score (text BLOB PRIMARY KEY, negative REAL, neutral REAL, positive REAL, "
    "version TEXT, embedding BLOB, offensive REAL, irony REAL, anger REAL, language TEXT) WITHOUT ROWID"
)


class KeptScorer:
    """Scores with the model that ships, which is opened when the first unknown text comes.

    The file's name holds the digest of the weights. It holds digests of texts, never a text. Brands are not
    known here, so nothing is read towards one of several.
    """

    def __init__(self, folder: Path, open_scorer: Callable[[], Scorer]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        weights = artefact.version()
        self.version = f"{DEFAULT}@{weights}"
        self._path = folder / f"scores-{weights}-{artefact.FORMAT}.db"
        self._open = open_scorer
        self._scorer: Scorer | None = None
        self._read = 0
        with closing(self._connection()) as db:
            db.execute(_TABLE)

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return one score per mention, in order; see `core.ports.Scorer`."""
        keys = [_key(mention) for mention in mentions]
        known = self._known(keys)
        missing = {key: mention for key, mention in zip(keys, mentions, strict=True) if key not in known}
        if missing:
            known |= self._fresh(missing)
        self._tell(len(mentions))
        return [
            replace(known[key], signature=signature(mention.body))
            for key, mention in zip(keys, mentions, strict=True)
        ]

    def towards(self, mentions: Sequence[Mention]) -> list[dict[str, Probabilities]]:
        """Return nothing: an archive's own column says what each row is about."""
        return [{} for _ in mentions]

    def _known(self, keys: Iterable[bytes]) -> dict[bytes, Score]:
        with closing(self._connection()) as db:
            rows = [db.execute("SELECT * FROM score WHERE text = ?", (key,)).fetchone() for key in keys]
        return {row[0]: _score(row) for row in rows if row is not None}

    def _fresh(self, missing: dict[bytes, Mention]) -> dict[bytes, Score]:
        if self._scorer is None:
            self._scorer = self._open()
        fresh = dict(zip(missing, self._scorer.score(list(missing.values())), strict=True))
        with closing(self._connection()) as db, db:
            rows = [_row(key, score) for key, score in fresh.items()]
            db.executemany("INSERT OR IGNORE INTO score VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return fresh

    def _connection(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=60.0)

    def _tell(self, count: int) -> None:
        before, self._read = self._read, self._read + count
        if before // _TELL != self._read // _TELL:
            get_logger("evaluate").info("replays", read=self._read)


def _key(mention: Mention) -> bytes:
    return hashlib.blake2b(mention.body.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _row(key: bytes, score: Score) -> tuple[Any, ...]:
    tone = score.tone or Tone(0.0, 0.0, 0.0)
    return (
        key,
        score.negative,
        score.neutral,
        score.positive,
        score.version,
        score.embedding,
        tone.offensive,
        tone.irony,
        tone.anger,
        score.language,
    )


def _score(row: tuple[Any, ...]) -> Score:
    _, negative, neutral, positive, version, embedding, *tones, language = row
    return Score(negative, neutral, positive, b"", version, embedding, Tone(*tones), language)
