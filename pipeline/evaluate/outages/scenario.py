"""What happens in one run: how busy the brand is, which sources fail how and when, where a storm is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import log2

import numpy as np

from core.clock import from_seconds

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday: history begins here."""
HISTORY = timedelta(days=15)
"""Enough for the 14-day tail that evidence is measured against."""
BEFORE = timedelta(hours=6)
"""Watched before anything fails."""
CALM_AFTER = timedelta(hours=24)
"""A false page within 24 h of a gap is what the reference counts (`reference/detection.md`, "Gap test")."""
AFTER_PEAK = timedelta(hours=6)
"""A storm counts as found from its onset to this long after its peak."""
ONSET_SHARE = 0.02
"""A storm begins when it passes this share of the usual stream."""


class Trouble(StrEnum):
    """How sources fail."""

    DIES = "dies"
    """Refuses for good until somebody mends it; what it would have brought is lost."""
    STALLS = "stalls"
    """No request is answered in time; afterwards everything comes at once."""
    CATCHES_UP = "catches up"
    """The same, but what it held back comes in order over hours."""
    REPEATS = "repeats a day"
    """Fails for a while; afterwards a whole day comes again."""
    GOES_STALE = "goes stale"
    """Answers all the time, but with nothing new; afterwards everything comes at once."""


@dataclass(frozen=True, slots=True)
class Source:
    """A simulated source."""

    name: str
    share: float
    """Part of the brand's stream."""
    interval: float
    """Seconds between two polls."""


SOURCES = (Source("news", 0.75, 300.0), Source("forum", 0.15, 300.0), Source("social", 0.10, 60.0))
"""Uneven, as in most workspaces; the default intervals of feeds and of Mastodon."""
_EVERY, _LARGEST, _OTHERS = (
    frozenset(names) for names in (("news", "forum", "social"), ("news",), ("forum", "social"))
)
_DOWN = (_EVERY, _LARGEST, _EVERY, _OTHERS)
"""What fails, in turn. Without the largest 25 % of the stream is seen, which is blindness; without the others
75 %."""
_PER_HOUR = (6.0, 20.0, 60.0)
_HOURS = (2.0, 6.0, 12.0, 24.0, 40.0)
_CATCH_UP_HOURS = (0.5, 3.0, 6.0)
_SIZES = (3.0, 5.0, 10.0)
_DOUBLINGS = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Storm:
    """A planted storm: extra mentions that double every `doubling` up to `size` times the usual stream."""

    onset: datetime
    size: float
    doubling: timedelta
    negative: float
    """Share of its mentions that are negative."""

    @property
    def peak(self) -> datetime:
        """When it is largest."""
        return self.onset + self.doubling * log2(self.size / ONSET_SHARE)

    @property
    def end(self) -> datetime:
        """Until when it can be found."""
        return self.peak + AFTER_PEAK


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run; everything follows from its number."""

    seed: int
    trouble: Trouble
    down: frozenset[str]
    """Names of the sources that fail."""
    per_hour: float
    begins: datetime
    ends: datetime
    caught_up: datetime
    """When all that was held back has come."""
    renumbered: bool
    """Whether what comes again bears new ids."""
    storm: Storm

    @property
    def watched_from(self) -> datetime:
        """When history ends."""
        return FIRST + HISTORY

    @property
    def blind(self) -> bool:
        """True when less than 30 % of the stream is seen: a source that answers, if stale, is not blind."""
        lost = sum(source.share for source in SOURCES if source.name in self.down)
        return self.trouble is not Trouble.GOES_STALE and lost > 0.7


def draw(seed: int) -> Scenario:
    """Return scenario number `seed`; kinds of trouble, sources and sizes take turns, times are random."""
    chance = np.random.default_rng([seed, 5])
    troubles = tuple(Trouble)
    begins = FIRST + HISTORY + BEFORE + timedelta(minutes=float(chance.uniform(0, 24 * 60)))
    ends = begins + timedelta(hours=float(chance.choice(_HOURS)))
    trouble = troubles[seed % len(troubles)]
    slow = timedelta(hours=float(chance.choice(_CATCH_UP_HOURS)))
    caught_up = ends + slow if trouble is Trouble.CATCHES_UP else ends
    size, doubling = float(chance.choice(_SIZES)), float(chance.choice(_DOUBLINGS))
    onset = caught_up + CALM_AFTER + timedelta(minutes=float(chance.uniform(0, 12 * 60)))
    negative = float(chance.uniform(0.5, 0.9))
    return Scenario(
        seed=seed,
        trouble=trouble,
        down=_DOWN[seed // len(troubles) % len(_DOWN)],
        per_hour=_PER_HOUR[seed // (len(troubles) * len(_DOWN)) % len(_PER_HOUR)],
        begins=begins,
        ends=ends,
        caught_up=caught_up,
        renumbered=bool(chance.integers(2)),
        storm=Storm(from_seconds(int(onset.timestamp())), size, timedelta(hours=doubling), negative),
    )
