"""Whether a mention is about our brand or about a namesake: learned from examples, answers and verdicts.

A brand's model is made anew from its examples whenever one is added or withdrawn, so it is a function of the
configuration and of the rows in force. `docs/design/language.md` has the reasons.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from core.codec import dumps
from core.config import BrandConfig
from core.ports import Clock, Store
from core.records import RELEVANCE, Mention, MentionRow, Relevance, Score, Scored, Selection
from core.relevance import stands_apart
from core.telemetry import get_logger
from models.adaptation import read_version
from models.naming import spelling
from models.relevance import Course
from models.score import TextScorer
from pipeline.lessons import Lessons

LOOK_SECONDS = 2.0
"""How often answers are looked for, as in `pipeline.learning`."""
LOOK_BACK_EVERY = timedelta(minutes=1)
"""How often verdicts are looked for and stored mentions are judged again: both read more than a few rows."""
RECENT = timedelta(hours=48)
"""How far back stored mentions are judged again, as far as they are scored again."""
MOST = 10_000
"""Newest mentions of a brand that are."""
MOVED = 0.05
"""Change of a probability that is worth a write."""


class Namesakes:
    """The role, and the judgement that counting asks for. `judge` may be called from any thread."""

    def __init__(self, store: Store, scorer: TextScorer, brands: Iterable[BrandConfig], clock: Clock) -> None:
        self._store, self._base, self._clock = store, scorer.base, clock
        configured = tuple(brands)
        self._lessons = Lessons(store, scorer, configured, clock.now())
        self._courses = {brand.name: Course() for brand in configured}
        self._stale = set(self._courses)
        """Brands whose stored mentions have to be judged again."""
        self._reads_late = False
        """True while storm mode left mentions that nobody judged, as nobody had read them."""
        self._looked_at: datetime | None = None
        self._told = ""
        self._log = get_logger("relevance")
        self._lessons.read_answers()
        self._lessons.read_verdicts(clock.now())
        self._study()

    async def run(self) -> None:
        """Learn until cancelled."""
        while True:
            await asyncio.to_thread(self.step)
            await asyncio.sleep(LOOK_SECONDS)

    def judge(self, brand: str, scored: Scored) -> float | None:
        """Return the probability that a mention is about `brand`; None where nothing was taught."""
        return self._judge(brand, scored.mention, scored.score, scored.score.embedding)

    def step(self) -> None:
        """Learn what is new; every minute look at verdicts, and judge stored mentions again."""
        new, now = self._lessons.read_answers(), self._clock.now()
        due = self._looked_at is None or now - self._looked_at >= LOOK_BACK_EVERY
        if due:
            self._looked_at = now
            self._lessons.read_verdicts(now)
            self._look_for_late_ones()
        if new or due:
            self._study()
        if due:
            self._judge_again(now)

    def _study(self) -> None:
        """Make each brand's model anew where its examples are others, and tell the board."""
        for brand, course in self._courses.items():
            if course.take(self._lessons.examples(brand)):
                self._stale.add(brand)
        told = dumps(tuple(_summary(brand, course) for brand, course in self._courses.items()))
        if told != self._told:
            self._store.set_meta(RELEVANCE, told)
            self._told = told

    def _look_for_late_ones(self) -> None:
        """Judge again what was read in full since the last look, after storm mode skimmed it."""
        reads_late = bool(self._store.unread(1))
        if reads_late or self._reads_late:
            self._stale.update(self._courses)
        self._reads_late = reads_late

    def _judge_again(self, now: datetime) -> None:
        """Bring what was stored of late to what the examples say now."""
        while self._stale:
            brand = self._stale.pop()
            moved = self._store.judge(self._changes(brand, now - RECENT))
            if moved:
                self._log.info("mentions judged again", brand=brand, moved=moved)

    def _changes(self, brand: str, since: datetime) -> dict[tuple[str, str], float | None]:
        """Return the new probabilities of a brand's stored mentions, those that moved."""
        apart_only = True if self._courses[brand].relevance is None else None
        rows = self._store.mentions(MOST, Selection(brand=brand, since=since, not_us=apart_only))
        embeddings = self._store.embeddings(row.mention.id for row in rows)
        found: dict[tuple[str, str], float | None] = {}
        for row in rows:
            embedding = embeddings.get(row.mention.id, b"")
            ours = self._judge(brand, row.mention, row.score, embedding)
            if _moved(row, ours):
                found[row.mention.id, brand] = ours
        return found

    def _judge(self, brand: str, mention: Mention, score: Score, embedding: bytes) -> float | None:
        course = self._courses.get(brand)
        relevance = course.relevance if course else None
        if relevance is None or read_version(self._base, score.version) is None:
            return None
        return relevance.ours(embedding, spelling(brand, mention.body))


def _moved(row: MentionRow, ours: float | None) -> bool:
    if ours is None or row.ours is None:
        return ours is not row.ours
    return abs(ours - row.ours) >= MOVED or stands_apart(ours, row.said_ours) != row.not_us


def _summary(brand: str, course: Course) -> Relevance:
    asked = course.asked
    hidden = [one for one in asked if one.hidden]
    return Relevance(
        brand,
        ours=sum(example.ours for example in course.examples),
        not_ours=sum(not example.ours for example in course.examples),
        answers=len(asked),
        hidden=len(hidden),
        hidden_rightly=sum(not one.ours for one in hidden),
        said_not_us=sum(not one.ours for one in asked),
    )
