"""What a brand's namesakes are learned from: the configuration, people's answers, verdicts on incidents."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.config import BrandConfig
from core.ports import Store
from core.records import Action, Answer, Flag, Incident, Mention, MentionRow, RelevanceLabel, Selection
from models.adaptation import read_version
from models.naming import spelling
from models.relevance import Example
from models.score import TextScorer

PAGE = 1_000
"""Answers that are read at once."""
ANSWERS = 200
"""Newest answers of a brand that are learned from: a handful is enough, and learning stays under a second."""
JUDGED_WITHIN = timedelta(days=30)
"""How long a verdict on an incident teaches: what a namesake is in the news for passes."""
OF_VERDICT = 20
"""Newest negative mentions of an incident that a verdict teaches; copies of a text count once."""
LOOKED_THROUGH = 200
"""Newest negative mentions among which those are looked for."""
VERDICT_WEIGHT = 0.2
"""What each of them weighs beside one answer: a verdict is about most of a rise, not about each mention."""
NEGATIVE = 0.5
"""P(negative) above which a mention is called negative."""


class Lessons:
    """Gathers the examples of each brand, in the order in which they came."""

    def __init__(
        self, store: Store, scorer: TextScorer, brands: Iterable[BrandConfig], now: datetime
    ) -> None:
        self._store, self._scorer = store, scorer
        self._configured = {brand.name: self._from_configuration(brand, now) for brand in brands}
        self._labels: dict[int, RelevanceLabel] = {}
        """Every answer that was read, by position; the store only ever adds some."""
        self._verdicts: dict[str, tuple[Answer, tuple[MentionRow, ...]]] = {}
        """By incident: the verdict and the mentions that it is about."""

    def read_answers(self) -> bool:
        """Read people's answers about mentions; return whether there are new ones."""
        before = len(self._labels)
        while page := self._store.relevance_labels(max(self._labels, default=0), PAGE):
            self._labels.update(page)
        return len(self._labels) > before

    def read_verdicts(self, now: datetime) -> None:
        """Read which incidents were said to be about somebody else."""
        recent = [one for one in self._store.incidents(since=now - JUDGED_WITHIN) if not one.drill]
        for gone in self._verdicts.keys() - {one.id for one in recent}:
            del self._verdicts[gone]
        for incident in recent:
            if incident.id not in self._verdicts and incident.brand in self._configured:
                answer = self._store.answers(incident.id).get(Action.NOT_US)
                if answer is not None:
                    self._verdicts[incident.id] = (answer, self._rise(incident, answer))

    def examples(self, brand: str) -> tuple[Example, ...]:
        """Return what a brand learns from: the configuration, then verdicts and answers as they came."""
        answers = self._in_force(brand)
        said = {label.mention_id for label in answers}
        found = [(one.at, self._example(brand, one.mention_id, bool(one.ours), 1.0, True)) for one in answers]
        for answer, rows in self._verdicts.values():
            mine = [row.mention.id for row in rows if row.brand == brand and row.mention.id not in said]
            found += [(answer.at, self._example(brand, key, False, VERDICT_WEIGHT, False)) for key in mine]
        found.sort(key=lambda pair: pair[0])
        return (*self._configured[brand], *(example for _, example in found if example is not None))

    def _rise(self, incident: Incident, answer: Answer) -> tuple[MentionRow, ...]:
        """Return the mentions that a verdict is about."""
        which = Selection(
            brand=incident.brand,
            since=incident.started_at,
            until=answer.at,
            min_negative=NEGATIVE,
            not_us=None,
        )
        rows = self._store.mentions(LOOKED_THROUGH, which)
        return tuple([row for row in rows if row.copy_number == 1][:OF_VERDICT])

    def _in_force(self, brand: str) -> list[RelevanceLabel]:
        """Return the newest answer about each mention unless it was withdrawn, oldest first."""
        mine = [(label.at, position) for position, label in self._labels.items() if label.brand == brand]
        order = [self._labels[position] for _, position in sorted(mine)]
        newest = {label.mention_id: label for label in order}
        given = [label for label in newest.values() if label.ours is not None]
        return sorted(given, key=lambda label: label.at)[-ANSWERS:]

    def _example(
        self, brand: str, mention_id: str, ours: bool, weight: float, answer: bool
    ) -> Example | None:
        """Return a stored mention as an example; None when its source forbids that, or its text is gone."""
        rows = self._store.mention(mention_id)
        if not rows or rows[0].mention.flags & (Flag.NO_TRAINING | Flag.DELETED):
            return None
        mention, score = rows[0].mention, rows[0].score
        embedding = score.embedding
        edited = mention.flags & Flag.EDITED  # the embedding is that of the former text
        if edited or not embedding or read_version(self._scorer.base, score.version) is None:
            embedding = self._scorer.read([mention])[0].embedding
        return Example(embedding, spelling(brand, mention.body), ours, weight, answer)

    def _from_configuration(self, brand: BrandConfig, now: datetime) -> tuple[Example, ...]:
        texts = [(text, True) for text in brand.ours] + [(text, False) for text in brand.not_ours]
        readings = self._scorer.read([Mention("", text, text, now, now) for text, _ in texts])
        return tuple(
            Example(reading.embedding, spelling(brand.name, text), ours)
            for reading, (text, ours) in zip(readings, texts, strict=True)
        )
