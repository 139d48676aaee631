"""Learn: one owner turns corrected labels and verdicts into model versions.

What people say goes into a shadow version, which is measured on each correction before it learns it.
The shadow is promoted at most once a day when it has proved better than the version in use, or at once when
somebody asks; a roll-back restores the former version. How common the classes are is counted without labels,
and comes into use as a version, too. `docs/design/language.md` has the reasons.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from math import sqrt
from typing import TypeVar

from core.codec import dumps
from core.ports import Clock, Store
from core.records import (
    CLASS_SHARES,
    LEARNED_BARS,
    MODEL_DRIFT,
    PROMOTION_WAITS,
    TEXT_DRIFT,
    Action,
    ClassShares,
    Incident,
    ModelVersion,
)
from core.telemetry import get_logger
from core.words import percent
from models.bar import moved_budget, threshold
from models.priors import load_priors
from models.score import TextScorer
from models.verdicts import Verdicts
from pipeline.counting import Counting
from pipeline.pace import BETWEEN, LARGEST_STEP, RECENT
from pipeline.rescoring import change, rescore
from pipeline.shifts import Shifts
from pipeline.supervise import Role
from pipeline.teaching import Teaching
from pipeline.versions import ITSELF, Versions, bin_end

LOOK_SECONDS = 2.0
"""How often corrections are looked for: somebody who corrects twenty sees the count grow."""
LEAST_MEASURED = 20
"""Measured corrections under which nothing is promoted: an evening's work on the board."""
LEAST_ALARMS = 3
"""Verdicts that promote a shadow by themselves: one bad evening is no habit, and the shift is bounded."""
CLEARLY = 2.5
"""Standard deviations of the sign test. It is looked at after each label: of fair coins, 15 % are past 2 at
some time within 50 throws, and 4 % past 2.5."""
MOST_AGAINST = 0.05
"""Share of late mentions that may be read wrongly without a person, if the version that a person put into use
last (or what ships) is right about its own certainty. Who teaches nonsense is met well by what learned it, so
the sign test alone would let it pass. One in twenty, over all steps together."""
LOOK_BACK_EVERY = timedelta(minutes=1)
"""How often verdicts are looked for and a promotion is weighed: both read more than a few rows."""
JUDGED_WITHIN = timedelta(days=30)
"""Older verdicts were learned, or given before there was a learner."""
SETTLED = timedelta(days=1)
"""An acknowledged alarm that nobody called false for so long after its end was a true one."""

T = TypeVar("T")


class Learning:
    """The role, and what jobs ask of it. One step at a time; a step is cut in two without harm."""

    def __init__(
        self, store: Store, scorer: TextScorer, clock: Clock, needless_pages_per_week: float
    ) -> None:
        self._store, self._scorer, self._clock = store, scorer, clock
        self._budget = needless_pages_per_week
        self._bar = threshold(load_priors(), needless_pages_per_week)
        self._versions = Versions(store, scorer.base, scorer.dimensions, clock.now())
        self._teaching = Teaching(store, scorer, self._versions)
        self._counting = Counting(store, scorer.base, self._versions, self._teaching)
        self._shifts = Shifts(store)
        self.bars_moved = asyncio.Event()
        """Set when a change of versions moved a bar: brands have to be opened again with their `budget`."""
        self._turn = asyncio.Lock()
        self._log = get_logger("learning")
        self._looked_at: datetime | None = None
        self._told: dict[str, str] = {}
        """What the board was told, by meta key."""
        self._again = False
        """True while mentions that came in just before a change may carry the former version."""
        self._verdicts = self._adapt()
        """What moves the bars; replaced as a whole, so that any thread may ask for a `budget`."""

    async def run(self) -> None:
        """Learn until cancelled."""
        while True:
            await self._in_turn(self.step)
            await asyncio.sleep(LOOK_SECONDS)

    async def promote(self, arguments: Mapping[str, str]) -> str:
        """Do the job `promote`: put the shadow into use now; `who` says who asked."""
        version = await self._in_turn(self.promote_now, arguments.get("who", ""))
        count = "1 correction is" if version.corrections == 1 else f"{version.corrections} corrections are"
        return f"version {version.number} is in use; {count} in it"

    async def rollback(self, arguments: Mapping[str, str]) -> str:
        """Do the job `rollback`: put the former version back; `who` says who asked."""
        version = await self._in_turn(self.roll_back_now, arguments.get("who", ""))
        return f"version {version.number} is in use again" if version else "the shipped model is in use again"

    async def _in_turn(self, work: Callable[..., T], *given: str) -> T:
        async with self._turn:
            before = self._verdicts.dump()
            result = await asyncio.to_thread(work, *given)
            if self._verdicts.dump() != before:
                self.bars_moved.set()
            return result

    def budget(self, brand: str) -> float:
        """Return the budget that puts the bar of `brand` where verdicts moved it."""
        higher = self._verdicts.moved(brand, self._bar) - self._bar
        return moved_budget(load_priors(), self._budget, higher)

    def step(self) -> None:
        """Learn what is new, promote and count when it is time, finish scoring again."""
        self._teaching.follow(self._clock.now())  # where a crash kept it from doing so
        while self.study():
            pass
        if MODEL_DRIFT not in self._told:
            self._tell_drift()
            self._tell_shares()
        now = self._clock.now()
        if self._looked_at is None or now - self._looked_at >= LOOK_BACK_EVERY:
            self._looked_at = now
            self.judge()
            self._promote_when_due()
            self._count_when_due()
            self._tell_shifts(now)
        changed = self._versions.changed_at
        if self._again and changed and now >= bin_end(changed):
            self._score_again()
            self._again = False

    def promote_now(self, who: str) -> ModelVersion:
        """Put the shadow into use; raises `Permanent` when nothing was learned."""
        self._teaching.follow(self._clock.now())
        version = self._versions.promote(self._clock.now(), who)
        self._changed()
        return version

    def roll_back_now(self, who: str) -> ModelVersion | None:
        """Put the former version back, None for the shipped one; raises `Permanent` when there is none."""
        version = self._versions.roll_back(self._clock.now(), who)
        self._changed()
        return version

    def _changed(self) -> None:
        self._verdicts = self._adapt()
        self._teaching.follow(self._clock.now())
        self._tell_drift()
        self._tell_shares()
        self._tell(PROMOTION_WAITS, "")
        self._store.set_meta(LEARNED_BARS, self._verdicts.words(self._bar))
        self._log.info("model changed", version=self._scorer.version, scored_again=self._score_again())

    def _adapt(self) -> Verdicts:
        """Put the version in use into the scorer; return what it says of the bars."""
        in_use = self._versions.in_use()
        self._scorer.adapt(in_use)
        self._again = in_use.since is not None
        return self._versions.learned(self._versions.promoted).verdicts

    def _score_again(self) -> int:
        return rescore(self._store, self._versions, self._scorer.base, self._clock.now() - RECENT)

    def study(self) -> bool:
        """Take in the next corrections; return whether there were any."""
        new = self._teaching.after(self._versions.newest().position)
        if not new:
            return False
        version, learned = self._versions.open_shadow(self._clock.now())
        self._versions.save(*self._teaching.take(version, learned, new))
        self._tell_drift()
        return True

    def _tell_drift(self) -> None:
        drift = self._teaching.drift(self._versions.learned(self._versions.shadow))
        self._tell(MODEL_DRIFT, dumps(drift) if drift else "")

    def _tell_shares(self) -> None:
        learned = self._versions.learned(self._versions.promoted)
        shares = ClassShares(*learned.learner.shares, learned.counted)
        self._tell(CLASS_SHARES, dumps(shares) if learned.counted else "")

    def _tell_shifts(self, now: datetime) -> None:
        found = self._shifts.due(now)
        if found is not None:
            self._tell(TEXT_DRIFT, dumps(found))

    def _tell(self, key: str, words: str) -> None:
        if self._told.get(key) != words:
            self._store.set_meta(key, words)
            self._told[key] = words

    def judge(self) -> None:
        """Learn the verdicts on pages that are not learned yet."""
        since = self._clock.now() - JUDGED_WITHIN
        known = set(self._versions.newest().judged)
        paged = [one for one in self._store.incidents(since=since) if one.paged_at and not one.drill]
        verdicts = [(one, self._verdict(one)) for one in reversed(paged) if one.id not in known]
        new = [(incident, true) for incident, true in verdicts if true is not None]
        if not new:
            return
        version, learned = self._versions.open_shadow(self._clock.now())
        for incident, true in new:
            learned.verdicts.learn_one(incident.brand, true)
            learned.judged.append(incident.id)
            learned.alarms += 1
        self._versions.save(version, learned)

    def _verdict(self, incident: Incident) -> bool | None:
        """Return whether the alarm was a true one; None while nobody said, and for "not us".

        "Not us" says that the mentions were about somebody else, which is no matter of the bar.
        """
        answers = self._store.answers(incident.id)
        if Action.FALSE_ALARM in answers or Action.NOT_US in answers:
            return None if Action.NOT_US in answers else False
        settled = incident.closed_at is not None and self._clock.now() - incident.closed_at >= SETTLED
        return True if settled and Action.ACKNOWLEDGE in answers else None

    def _promote_when_due(self) -> None:
        """Put a shadow that has earned it into use, unless a person has to decide: the board says why."""
        shadow = self._versions.shadow
        earned = shadow is not None and self._earned(shadow)
        waits = self._hindrance(shadow) if shadow and earned else ""
        self._tell(PROMOTION_WAITS, waits)
        if earned and not waits:
            self.promote_now(ITSELF)

    def _count_when_due(self) -> None:
        """Put shares of the classes into use that fit the mentions of late better."""
        now = self._clock.now()
        found = self._counting.due(now)
        if found is not None:
            self._versions.use(*found, now, ITSELF)
            self._changed()

    def _earned(self, shadow: ModelVersion) -> bool:
        """Return whether the shadow is clearly better and the last change is a day ago."""
        changed = self._versions.changed_at
        if changed is not None and self._clock.now() - changed < BETWEEN:
            return False
        learned = self._versions.learned(shadow)
        lead = learned.won - learned.lost
        # sign test over what only one of the two predicted rightly
        clear = lead >= CLEARLY * sqrt(learned.won + learned.lost) > 0.0
        better = shadow.measured >= LEAST_MEASURED and clear
        return better or (learned.alarms >= LEAST_ALARMS and lead >= 0)

    def _hindrance(self, shadow: ModelVersion) -> str:
        """Return why the shadow is not to be used without a person, "" when it may."""
        learned, since = self._versions.learned(shadow), self._clock.now() - RECENT
        trusted, adaptation = learned.vouched, learned.learner.adaptation()
        # on the same shares: who counts the classes is not to be mistaken for a wrong teacher
        sure = self._teaching.standing_on(trusted, learned.learner.shares)
        found = change(self._store, self._versions, self._scorer.base, adaptation, sure, since)
        if found is not None and found.against > MOST_AGAINST:
            name = f"version {trusted}" if trusted else "the shipped model"
            return (
                f"By what {name} is sure of, it would read {percent(found.against)} more of late mentions "
                f"wrongly; by itself it goes no further than {percent(MOST_AGAINST)}."
            )
        if found is not None and found.ratio > LARGEST_STEP:
            return (
                f"It would change the negative share of late mentions {found.ratio:.1f} times, "
                "which may look like a storm."
            )
        return ""


async def until(event: asyncio.Event, role: Role) -> None:
    """Run a role until `event`; what ends the role before is raised here."""
    running, stop = asyncio.ensure_future(role()), asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        event.clear()
    finally:
        for task in (running, stop):
            task.cancel()
        await asyncio.gather(running, stop, return_exceptions=True)
