"""One brand under the product's own detector, incidents and verdicts, bin by bin."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from alerts import incidents
from core.clock import from_seconds
from core.records import BIN_SECONDS, Action, Answer, Explanation, Incident, Signal, Stage
from models.bar import threshold
from models.evidence import Evidence
from models.forecast import Forecaster, present
from models.known import HOURS
from models.priors import load_priors
from models.verdicts import Verdicts
from models.windows import HOUR_BINS, Windows
from pipeline.evaluate.storms.planted import Storm
from pipeline.evaluate.storms.posts import SOURCES, Posts, contents
from pipeline.evaluate.storms.world import Stream
from pipeline.learning import LEAST_ALARMS
from pipeline.pace import BETWEEN

JUDGED_AFTER = 288
"""Bins after a page at which a person says whether it was needed: 24 hours."""
_KEPT = 3 * HOUR_BINS * BIN_SECONDS
_WEEK = HOURS * 3600


@dataclass(frozen=True, slots=True)
class Watching:
    """What came of one stream."""

    pages: list[int]
    """Bins at whose end an incident paged for the first time."""
    escalations: list[int] = field(default_factory=list)
    """Bins at whose end an incident that had paged did so again, because it had become a firestorm."""
    forecasts: list[bool] = field(default_factory=list)
    """Whether each 80 % interval held."""


class Watched:
    """The product's estimators, thresholds and incidents on a stream of one brand."""

    def __init__(self, brand: str, stream: Stream, needless_pages_per_week: float) -> None:
        self._brand, self._stream = brand, stream
        self._bar = threshold(load_priors(), needless_pages_per_week)
        self._state = Evidence(load_priors(), self._bar)
        self._windows = Windows()
        self._incident: Incident | None = None
        self._verdicts = Verdicts()
        self._moved_at = from_seconds(stream.start)
        self._learned = 0
        self._due: deque[tuple[int, Incident, bool]] = deque()
        self._answer: Answer | None = None
        self._forecaster = Forecaster()

    def run(self, posts: Posts, storms: list[Storm]) -> Watching:
        """Let the brand's history teach, then watch; a page during one of `storms` is a needed one."""
        watching = Watching([])
        known = _Sightings(posts, self._stream.start)
        for place, content in enumerate(contents(posts, self._stream.length)):
            start = self._stream.start + place * BIN_SECONDS
            known.tell(self._windows, start)
            if content is not None:
                self._windows.bins[start] = content
            self._windows.observe(start, 1.0, len(SOURCES))
            self._state.close(start, self._windows)
            if place % HOUR_BINS == 0:
                self._windows.drop(start - _KEPT)
            if place >= self._stream.warm:
                self._watch(place, storms, watching)
            elif place == self._stream.warm - 1:
                self._state.rest()
        return watching

    def _watch(self, place: int, storms: list[Storm], watching: Watching) -> None:
        while self._due and self._due[0][0] <= place:
            self._judge(*self._due.popleft())
        end = self._state.seen.start + BIN_SECONDS
        watching.forecasts.extend(self._forecaster.judge(end, self._state.seen.hour_negative))
        stage = self._state.stages.stage
        burning = self._incident is not None and self._incident.open
        if not burning and stage is Stage.CALM:
            return
        paged, again = self._advance(place, stage)
        if again:
            watching.escalations.append(place)
        elif paged and self._incident:
            watching.pages.append(place)
            needed = any(storm.onset <= place < storm.over for storm in storms)
            self._due.append((place + JUDGED_AFTER, self._incident, needed))
        if burning and place % HOUR_BINS == HOUR_BINS - 1:
            self._forecaster.tell(end, present(self._state))

    def _advance(self, place: int, stage: Stage) -> tuple[bool, bool]:
        """Move the incident as the product does; return whether it pages, and whether it had done so."""
        at = from_seconds(self._stream.start + (place + 1) * BIN_SECONDS)
        onset = self._state.growth.onset
        signal = Signal(self._brand, at, stage, onset=None if onset is None else from_seconds(onset))
        before, answer = self._incident, self._answer
        verdict = answer if before and answer and answer.incident_id == before.id else None
        moved = incidents.advance(
            before, signal, at, _unexplained, str(place), simulated=False, verdict=verdict
        )
        self._incident = moved.incident or before
        same = before is not None and moved.incident is not None and before.id == moved.incident.id
        return bool(moved.notifications), bool(moved.notifications and same and before and before.paged_at)

    def _judge(self, place: int, incident: Incident, needed: bool) -> None:
        """Give the true verdict; the bar moves as often as the product lets verdicts move it."""
        at = from_seconds(self._stream.start + place * BIN_SECONDS)
        self._verdicts.learn_one(self._brand, needed)
        self._learned += 1
        if not needed:
            self._answer = Answer(incident.id, Action.FALSE_ALARM, "duty", at)
        if self._learned >= LEAST_ALARMS and at - self._moved_at >= BETWEEN:
            self._state.threshold = self._verdicts.moved(self._brand, self._bar)
            self._learned, self._moved_at = 0, at


def _unexplained(signal: Signal) -> Explanation:
    """Pages are counted here, not read."""
    return Explanation(signal, "", (), "")


class _Sightings:
    """Tells the windows who spoke, a week at a time: `models.known` asks for the hour of each."""

    def __init__(self, posts: Posts, start: int) -> None:
        self._hours = (start + posts.bins * BIN_SECONDS) // 3600
        self._authors = posts.authors
        self._week = -1

    def tell(self, windows: Windows, start: int) -> None:
        """Remember all authors of the week that begins."""
        week = start // _WEEK
        if week == self._week:
            return
        self._week = week
        first, last = np.searchsorted(self._hours, [week * HOURS, (week + 1) * HOURS])
        windows.known.add_all(self._authors[first:last], self._hours[first:last])
