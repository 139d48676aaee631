"""What is in a model version: the labels in force, learned one after the other, measured and forgotten."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from core.ports import Store
from core.records import Correction, Drift, Flag, ModelVersion, Probabilities, Sentiment
from models.adaptation import Adaptation, Reading, most_probable, read_version
from models.drift import Asked, stretch
from models.learned import Learned
from models.score import TextScorer
from pipeline.relearning import Relearning
from pipeline.rescoring import as_shipped
from pipeline.versions import Versions

PORTION = 100
"""Corrections between two saves: a second's work."""
PAGE = 1_000
"""Corrections that are read at once."""


class Teaching:
    """Brings what people said into the version that learns.

    The version is a function of the one that it stands on and of the labels in force, in the order in which
    they were given: a label that was withdrawn or replaced leaves nothing behind.
    """

    def __init__(self, store: Store, scorer: TextScorer, versions: Versions) -> None:
        self._store, self._scorer, self._versions = store, scorer, versions
        self._relearning = Relearning(versions)
        self._given: dict[int, Correction] = {}
        """Every correction that was read, by position; the store only ever adds some."""
        self._stood: dict[tuple[int, Probabilities], Adaptation] = {}
        """The answer that `standing_on` gave last: it is asked each minute while a promotion waits."""

    def after(self, position: int) -> list[int]:
        """Return the positions of the next corrections, at most `PORTION`."""
        self._read_on()
        return [each for each in self._given if each > position][:PORTION]

    def take(self, version: ModelVersion, learned: Learned, new: list[int]) -> tuple[ModelVersion, Learned]:
        """Forget what is no longer in force and learn what is new; `new` is what `after` gave."""
        valid = in_force(self._given)
        version, learned, again = self._relearning.without(version, learned, self._given.keys() - valid)
        for position in (*again, *(each for each in new if each in valid)):
            version = self._learn(version, learned, position)
        learned.position = new[-1]
        return version, learned

    def recount(self, now: datetime, shares: Probabilities, mentions: int) -> tuple[ModelVersion, Learned]:
        """Return a version that knows what is in force of the one in use, on other shares of the classes."""
        version, learned, again = self._relearning.recount(now, shares, mentions)
        return self._learn_all(version, learned, again), learned

    def follow(self, now: datetime) -> None:
        """Let the version that learns stand on the one in use, where another one came into use below it.

        What it learned is learned again, and measured against the model in use as it is now.
        """
        astray = self._relearning.astray()
        if astray is None:
            return
        version, learned, again = astray
        self._read_on()
        gone = self._given.keys() - in_force(self._given)
        version, learned, older = self._relearning.without(version, learned, gone)
        self._versions.follow(self._learn_all(version, learned, {*older, *again}), learned, now)

    def standing_on(self, number: int, shares: Probabilities) -> Adaptation:
        """Return what version `number` had become on these shares of the classes."""
        own = self._versions.adaptation(number)
        if own is not None and own.shares == shares:
            return own
        if (number, shares) not in self._stood:
            self._stood = {(number, shares): self._taught(number, shares)}
        return self._stood[number, shares]

    def _taught(self, number: int, shares: Probabilities) -> Adaptation:
        learner, again, _ = self._relearning.standing_on(number, shares)
        for position in self._in_force(again):
            correction = self._given[position]
            reading = self._reading(correction.mention_id)
            if reading is not None and correction.label is not None:
                learner.learn_one(reading, correction.label)
        return learner.adaptation()

    def _read_on(self) -> None:
        while page := self._store.corrections(max(self._given, default=0), PAGE):
            self._given.update(page)

    def _in_force(self, positions: Iterable[int]) -> list[int]:
        self._read_on()
        return sorted(in_force(self._given).intersection(positions))

    def _learn_all(self, version: ModelVersion, learned: Learned, positions: Iterable[int]) -> ModelVersion:
        for position in self._in_force(positions):
            version = self._learn(version, learned, position)
        return version

    def _learn(self, version: ModelVersion, learned: Learned, position: int) -> ModelVersion:
        """Learn one label, if its text may be learned from; a new one is predicted before."""
        correction = self._given[position]
        reading = self._reading(correction.mention_id)
        if reading is None or correction.label is None:
            return version
        if position > learned.opened:
            version = _counted(version, learned, self._ask(learned, position, reading, correction.label))
        learned.learner.learn_one(reading, correction.label)
        lessons = None if version.learned is None else (*version.learned, position)
        return replace(version, corrections=version.corrections + 1, learned=lessons)

    def _ask(self, learned: Learned, position: int, reading: Reading, label: Sentiment) -> Asked:
        """Predict what is about to be learned (Dawid 1984, prequential)."""
        use = self._scorer.in_use.current
        row = use.apply([reading])[0] if use else reading.shipped
        return Asked(
            position,
            right=learned.learner.predict_one(reading) is label,
            used_right=most_probable(row) is label,
            shipped_right=most_probable(reading.shipped) is label,
            doubt=1.0 - max(row),
        )

    def drift(self, learned: Learned) -> Drift | None:
        """Return since when the model in use is wrong more often; None when it is not."""
        watch = learned.watch
        if watch.before is None or not watch.asked:
            return None
        return Drift(self._given[watch.asked[0].position].at, watch.before, stretch(watch.asked))

    def _reading(self, mention_id: str) -> Reading | None:
        """Return what the shipped model says of a mention; None when nothing may be learned from it."""
        rows = self._store.mention(mention_id)
        if not rows or rows[0].mention.flags & (Flag.NO_TRAINING | Flag.DELETED):
            return None
        mention, score = rows[0].mention, rows[0].score
        number = read_version(self._scorer.base, score.version)
        edited = mention.flags & Flag.EDITED  # the embedding is that of the former text
        if edited or not score.embedding or number is None or not self._versions.knows(number):
            return self._scorer.read([mention])[0]
        embeddings = {mention_id: score.embedding}
        shipped = as_shipped(self._versions, self._scorer.base, {mention_id: score}, embeddings)
        return Reading(shipped[mention_id], score.embedding)


def _counted(version: ModelVersion, learned: Learned, asked: Asked) -> ModelVersion:
    """Count a prediction; after a drift only those since count, so that no old lead promotes the version."""
    counted = [asked]
    if learned.watch.add(asked):
        counted = learned.watch.asked
        learned.won = learned.lost = 0
        version = replace(version, measured=0, right=0, base_right=0)
    learned.won += sum(each.right and not each.used_right for each in counted)
    learned.lost += sum(each.used_right and not each.right for each in counted)
    return replace(
        version,
        measured=version.measured + len(counted),
        right=version.right + sum(each.right for each in counted),
        base_right=version.base_right + sum(each.shipped_right for each in counted),
    )


def in_force(given: Mapping[int, Correction]) -> set[int]:
    """Return the positions of the corrections that count: the newest of each mention, unless it withdraws."""
    order = sorted(given, key=lambda position: (given[position].at, position))
    newest = {given[position].mention_id: position for position in order}
    return {position for position in newest.values() if given[position].label is not None}
