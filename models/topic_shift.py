"""Mix of topics: are the complaints about something else than usual, however many they are?

The mean of the last negatives along the directions of `models.topics` is set against the brand's usual one:
the squared distance of two means, a maximum mean discrepancy with a linear kernel (Gretton et al. 2012, JMLR
13:723). Topics come in clumps and drift, so that no table tells how rare a distance is: what counts is by how
much it exceeds the brand's own usual one, in the brand's own standard deviations. It is judged once an hour;
`docs/design/detection.md`, "Mix of topics".
"""

from math import sqrt
from typing import ClassVar

from core.clock import from_seconds
from core.records import BIN_SECONDS, TopicChange
from models import stages
from models.fuse import of_topics
from models.judged import QUIET, Verdict
from models.seen import Seen
from models.topic_hours import HOUR, NOTHING, TopicHours
from models.topics import FIRST, UNIT, Code

ENOUGH = 240
"""Negatives that are compared: of the newest hours as many as hold them, at most two days of hours."""
_LEAST = 30
"""Fewer than this in two days say nothing."""
_KNOWN = 120.0
"""Negatives behind the usual mean below which nothing is called unusual."""
_KEEP = 0.5 ** (1.0 / 14.0)
"""What a day leaves of the usual mean: half-life 14 days, like that of the mix of sources."""
_GRAIN = 1024.0
"""Weights are multiples of 1/1024: sums are exact, and their 48 hourly states compress well."""
_CLUMP = 0.002
"""Mentions of one hour resemble each other, as in `models.share`."""
_CLIP = 3.0
_WHOLE = 0.95
"""Exposure under which a source is missing, and with it its topics."""
_PRIOR_LEVEL, _PRIOR_SPREAD, _PRIOR_HOURS = 1.0, 0.4, 168.0
"""What calm brands show, as a mean and a standard deviation, and the hours for which that counts."""
_MEMORY = 336.0
"""Hours over which a brand's own level is learned: 14 days."""
_FARTHEST = 3.0
_MOST = 20.0
BAR = 4.0
"""Standard deviations of the brand's own from which on complaints are about something else."""
_STRONG = 0.015
"""Least squared distance, in variances of one complaint: of thousands less would be beyond chance as well."""
_LEAST_VARIANCE = 0.02
"""A tenth of what complaints of one brand vary by, in squared lengths of an embedding."""
_HOURS_UP, _HOURS_DOWN = 2.0, 3.0
_ACCEPTED = 24.0
"""Hours after which the new mix is the usual one."""
_SLOW = 0.1
"""Pace of learning while complaints are about something else."""


class TopicShift:
    """What a brand's complaints are usually about, and how far the last ones are from it."""

    estimator: ClassVar[str] = "topics"
    __slots__ = (
        "_above",
        "_below",
        "_day",
        "_hours",
        "_level",
        "_spread",
        "_usual",
        "deviations",
        "judged",
        "told",
    )

    def __init__(self) -> None:
        self._usual = (0.0,) * len(NOTHING)
        self._day = 0.0
        self._level, self._spread, self._hours = _PRIOR_LEVEL, _PRIOR_SPREAD, 0.0
        self._above = self._below = 0.0
        self.judged = 0.0
        """End of the last hour that was judged, in seconds since the epoch."""
        self.told = 0.0
        """Hours for which it has been said that complaints are about something else; 0 while they are not."""
        self.deviations = 0.0
        """By how many of the brand's own standard deviations the last judged hours exceed its usual."""

    @property
    def verdict(self) -> Verdict:
        """What a bin comes to in which nothing else is unusual: another topic alone never pages."""
        return Verdict(stages.SMOULDERING, (of_topics(self.deviations),)) if self.told else QUIET

    def change(self, hours: TopicHours) -> TopicChange | None:
        """Return what complaints are about instead of the usual; None while nothing is told."""
        if not self.told:
            return None
        since, recent = hours.recent(int(self.judged), ENOUGH)
        if not recent[0]:
            return None
        way = tuple(round(UNIT * part) for part in self._way(recent))
        return TopicChange(from_seconds(since), recent[0], way)

    def score_one(self, seen: Seen) -> float:
        """Return by how many standard deviations the negatives of `seen.topics` are about something else."""
        figure = self._figure(seen)
        return 0.0 if figure is None else self._beyond(figure)

    def learn_one(self, seen: Seen) -> None:
        """Judge the hour that ends with this bin, if one does, then take it in."""
        if (seen.start + BIN_SECONDS) % HOUR:
            return
        self.judged = float(seen.start + BIN_SECONDS)
        figure = self._figure(seen)
        self.deviations = 0.0 if figure is None else self._beyond(figure)
        unusual = self.deviations >= BAR and self._apart(seen.topics) >= _STRONG
        self._tell(unusual, seen.topics or NOTHING)
        speed = min(seen.speed, _SLOW) if self.told or self._above else seen.speed
        if figure is not None and speed == 1.0:
            self._learn_level(figure)
        self._learn_usual(seen, speed)

    def _way(self, recent: Code) -> tuple[float, ...]:
        """Return the way from the usual mean to the recent one, in units of an embedding's length."""
        held = zip(recent[FIRST:], self._usual[FIRST:], strict=True)
        return tuple((new / recent[0] - old / self._usual[0]) / UNIT for new, old in held)

    def _apart(self, recent: Code) -> float:
        """Return the squared distance of the two means, in variances of one usual complaint."""
        total, squares, *sums = self._usual
        variance = (squares / total - sum((each / total) ** 2 for each in sums)) / UNIT**2
        return sum(part * part for part in self._way(recent)) / max(_LEAST_VARIANCE, variance)

    def _figure(self, seen: Seen) -> float | None:
        """Return the squared distance times the negatives that are independent; None without judgement."""
        count = seen.topics[0] if seen.topics else 0
        if seen.exposure < _WHOLE or self._usual[0] < _KNOWN or count < _LEAST:
            return None
        return count / (1.0 + _CLUMP * (count - 1.0)) * self._apart(seen.topics)

    def _beyond(self, figure: float) -> float:
        return min(_MOST, max(0.0, (figure - self._level) / self._spread))

    def _tell(self, unusual: bool, recent: Code) -> None:
        """Tell after two hours in a row, until three hours are usual or the new mix has become so."""
        self._above = self._above + 1.0 if unusual else 0.0
        self._below = 0.0 if unusual else self._below + 1.0
        if self.told or self._above >= _HOURS_UP:
            self.told += 1.0
        if self._below >= _HOURS_DOWN:
            self.told = 0.0
        if self.told > _ACCEPTED:
            self.told = self._above = 0.0
            self._usual = tuple(map(float, recent))

    def _learn_level(self, figure: float) -> None:
        off = min(figure, self._level + _FARTHEST * self._spread) - self._level
        rate = 1.0 / min(_MEMORY, self._hours + _PRIOR_HOURS)
        self._level += rate * off
        self._spread = sqrt((1.0 - rate) * (self._spread**2 + rate * off**2))
        self._hours = min(_MEMORY, self._hours + 1.0)

    def _learn_usual(self, seen: Seen, speed: float) -> None:
        """Take in an hour's negatives; a burst is cut off, what is unusual teaches slowly."""
        day = float((seen.start + BIN_SECONDS) // (24 * HOUR))
        if self._day and day > self._day:
            keep = _KEEP ** (day - self._day)
            self._usual = tuple(_grain(keep * held) for held in self._usual)
        self._day = day
        count = seen.topics_hour[0] if seen.topics_hour else 0
        if count and seen.exposure >= _WHOLE:
            limit = _CLIP * (HOUR / BIN_SECONDS) * seen.expected_negative + 1.0
            weight = _grain(speed * min(1.0, limit / count))
            told = zip(self._usual, seen.topics_hour, strict=True)
            self._usual = tuple(held + weight * new for held, new in told)

    def rest(self) -> None:
        """End of history: nothing is being said."""
        self.told = self._above = self._below = self.deviations = 0.0

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        learned = (self._level, self._spread, self._hours, self._day)
        now = (self.judged, self.deviations, self.told, self._above, self._below)
        return (*learned, *now, *self._usual)

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self._level, self._spread, self._hours, self._day = state[:4]
        self.judged, self.deviations, self.told, self._above, self._below = state[4:9]
        self._usual = state[9:]


def with_topics(seen: Seen, hours: TopicHours) -> Seen:
    """Return the bin with what its hour and the hours before were about, where it ends a clock hour."""
    end = seen.start + BIN_SECONDS
    seen.topics = seen.topics_hour = NOTHING
    if end % HOUR == 0:
        seen.topics, seen.topics_hour = hours.recent(end, ENOUGH)[1], hours.hour(end - HOUR)
    return seen


def _grain(value: float) -> float:
    return round(value * _GRAIN) / _GRAIN
