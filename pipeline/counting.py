"""Counts, without labels, how common the classes are in a workspace, and makes the version that knows it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.ports import Store
from core.records import Flag, Incident, MentionRow, ModelVersion, Probabilities, Score, Selection
from models.adaptation import read_version
from models.label_shift import LEAST_CHANGE, LEAST_TEXTS, between, distance, estimate
from models.learned import Learned
from pipeline.pace import BETWEEN, LARGEST_STEP, RECENT
from pipeline.rescoring import as_shipped, change
from pipeline.teaching import Teaching
from pipeline.versions import Versions

WINDOW = timedelta(days=28)
"""How far back mentions are counted: four weeks hold each day of the week equally often."""
MOST = 10_000
"""Newest mentions that are looked at: a second of work, and what an estimate errs by is no longer chance."""
EVERY = timedelta(hours=1)
"""How often is looked whether enough is there and differs."""
PARTS = (1.0, 0.5, 0.25, 0.125)
"""Parts of the way that are tried, until the step is small enough; the rest follows on the next days."""
_LEFT_OUT = Flag.SIMULATED | Flag.NO_TRAINING | Flag.DELETED
"""Made up, of a source whose terms forbid learning, or no longer there."""


class Counting:
    """Weighs whether the shares in use still fit. Stateless but for when it looked last."""

    def __init__(self, store: Store, base: str, versions: Versions, teaching: Teaching) -> None:
        self._store, self._base, self._versions, self._teaching = store, base, versions, teaching
        self._looked_at: datetime | None = None

    def due(self, now: datetime) -> tuple[ModelVersion, Learned] | None:
        """Return a version with shares that fit better, ready to be used; None while there is no need.

        Never within a day after another change of versions, and never while an incident is open: a storm is
        not what is usual.
        """
        if self._looked_at is not None and now - self._looked_at < EVERY:
            return None
        self._looked_at = now
        changed = self._versions.changed_at
        if changed is not None and now - changed < BETWEEN:
            return None
        incidents = self._store.incidents(limit=1_000)
        if any(incident.open for incident in incidents):
            return None
        rows = self._shipped(calm(self._store.mentions(MOST, Selection(since=now - WINDOW)), incidents))
        if len(rows) < LEAST_TEXTS:
            return None
        shares = estimate(rows)
        clear = distance(shares, self._versions.shares()) >= LEAST_CHANGE
        return self._bounded(now, shares, len(rows)) if clear else None

    def _bounded(
        self, now: datetime, shares: Probabilities, mentions: int
    ) -> tuple[ModelVersion, Learned] | None:
        """Return the version that goes as far towards `shares` as detection does not take for a storm.

        None where that would be what a person took back.
        """
        for part in PARTS:
            nearer = between(self._versions.shares(), shares, part)
            if any(distance(nearer, each) < LEAST_CHANGE for each in self._versions.refused()):
                return None
            version, learned = self._teaching.recount(now, nearer, mentions)
            made = learned.learner.adaptation()
            found = change(self._store, self._versions, self._base, made, None, now - RECENT)
            if found is None or found.ratio <= LARGEST_STEP:
                return version, learned
        return None

    def _shipped(self, scores: dict[str, Score]) -> list[Probabilities]:
        """Return what the shipped model said of each, whatever version made the score."""
        known = {key: score for key, score in scores.items() if self._readable(score)}
        embeddings = {key: row for key, row in self._store.embeddings(known).items() if row}
        kept = {key: known[key] for key in known if key in embeddings}
        return list(as_shipped(self._versions, self._base, kept, embeddings).values())

    def _readable(self, score: Score) -> bool:
        number = read_version(self._base, score.version)
        return number is not None and self._versions.knows(number)


def calm(rows: Iterable[MentionRow], incidents: Iterable[Incident]) -> dict[str, Score]:
    """Return the scores of what counts, by mention id: the first of each text, outside of every incident.

    An incident begins with the first mention of its rise, long before it is opened.
    """
    spans: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for one in incidents:
        spans.setdefault(one.brand, []).append((one.started_at, one.closed_at))
    found, stormy = dict[str, Score](), set[str]()
    for row in rows:
        at, mention = row.mention.event_at, row.mention
        if any(start <= at and (end is None or at <= end) for start, end in spans.get(row.brand, ())):
            stormy.add(mention.id)
        elif row.copy_number == 1 and not mention.flags & _LEFT_OUT:
            found[mention.id] = row.score
    return {key: score for key, score in found.items() if key not in stormy}
