"""What detection would have said of a stretch of time had other mentions come."""

from collections.abc import Iterable
from datetime import datetime

from core.records import BIN_SECONDS, MentionRow, Neighbours, Scored, Stage
from models.ahead import glance_until
from models.detect import SCHEMA
from models.evidence import Evidence
from models.packing import unpack, unpack_states
from models.priors import load_priors
from models.windows import Windows, bin_start


class Rehearsal:
    """A copy of a detector's statistics, without its copies and narratives, that scores bins again.

    What a mention weighs and which text it copies is taken as it was counted.
    """

    def __init__(self, state: bytes, threshold: float) -> None:
        """Copy the detector that dumped `state`; raises `ValueError` on another schema."""
        header, blobs = unpack(SCHEMA, state)
        rivals, others = header["groups"]
        self._evidence = Evidence(load_priors(), threshold, Neighbours(tuple(rivals), tuple(others)))
        present, *held = unpack_states(blobs["states"], self._evidence.state())
        self._evidence.reload(present, blobs["tails"])
        self._windows = Windows()
        self._windows.load(header["names"], blobs)
        self._windows.beside.load(header["neighbours"], blobs["beside"])
        self._checkpoints = list(zip(header["checkpoints"], held, strict=True))
        self._edge: int | None = header["edge"]

    def reaches_back(self, since: int) -> bool:
        """Return whether bins from `since` on can be scored again."""
        return self._edge is not None and bool(self._checkpoints) and self._checkpoints[0][0] <= since

    def stand_in(self, since: int, rows: Iterable[tuple[MentionRow, str]]) -> None:
        """Put `rows`, each with the key of its text's copies, in the place of all bins from `since` on."""
        kept = {start: content for start, content in self._windows.bins.items() if start < since}
        self._windows.bins = kept
        for row, text in rows:
            start = bin_start(row.mention.event_at.timestamp())
            scored = Scored(row.mention, row.felt)
            self._windows.add(scored, start, row.weight, text, row.copy_number)

    def play(
        self, since: int, now: datetime, exposure: float, observable: int, planned: float = 1.0
    ) -> tuple[int, Stage, float]:
        """Score again from `since` to `now`; return rank, stage and the hour's independent negatives."""
        start, state = next(each for each in reversed(self._checkpoints) if each[0] <= since)
        evidence = self._evidence
        evidence.restore(state)
        for each in range(start, self._edge or start, BIN_SECONDS):
            evidence.close(each, self._windows)
        glance_until(evidence, self._windows, self._edge, now.timestamp(), exposure, observable, planned)
        return evidence.stages.rank, evidence.stages.stage, evidence.spike.hour_negative
