"""What was said in a week, as sums by brand, source and day: all that the index needs of the mentions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import from_seconds
from core.ports import Store
from core.records import Rollup
from pipeline.weekly.span import Span

QUARTER = 900
"""Seconds: every zone is off UTC by a multiple of 15 minutes, so a midnight never falls inside."""
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Mood:
    """Independent mentions, by what they are: expected counts, because probabilities are summed.

    The store keeps the weighted sum of P(negative) only. What is left is split into neutral and positive
    as the unweighted sums are.
    """

    negative: float = 0.0
    neutral: float = 0.0
    positive: float = 0.0

    @property
    def total(self) -> float:
        """Return how many there are."""
        return self.negative + self.neutral + self.positive

    @property
    def net(self) -> float | None:
        """Return net sentiment, 100 (P − N) / (P + N + U), or None without mentions."""
        return 100.0 * (self.positive - self.negative) / self.total if self.total > 0 else None

    def __add__(self, other: "Mood") -> "Mood":
        return Mood(
            self.negative + other.negative, self.neutral + other.neutral, self.positive + other.positive
        )


NOTHING = Mood()


@dataclass(frozen=True, slots=True)
class WeekSums:
    """One brand's week."""

    days: Mapping[tuple[int, str], Mood]
    """By day of the week, 0 is Monday, and source."""
    mentions: int

    @property
    def mood(self) -> Mood:
        """Return all of it together."""
        return sum(self.days.values(), NOTHING)

    def by_source(self) -> dict[str, Mood]:
        """Return the week's mood of each source."""
        found: dict[str, Mood] = defaultdict(Mood)
        for (_, source), mood in self.days.items():
            found[source] += mood
        return dict(found)


NO_SUMS = WeekSums({}, 0)


def read_sums(store: Store, span: Span, until: datetime) -> dict[str, WeekSums]:
    """Return each brand's sums of a week up to `until`; brands of which nothing was said are left out."""
    whole_hours = all(moment.timestamp() % HOUR == 0 for moment in (span.since, span.until))
    end = min(span.until, until)
    rollups = store.rollups(span.since, end, seconds=HOUR if whole_hours else QUARTER)
    brands: dict[str, list[Rollup]] = defaultdict(list)
    for rollup in rollups:
        brands[rollup.brand].append(rollup)
    return {brand: _sums(found, span) for brand, found in brands.items()}


def _sums(rollups: Iterable[Rollup], span: Span) -> WeekSums:
    days: dict[tuple[int, str], Mood] = defaultdict(Mood)
    mentions = 0
    for rollup in rollups:
        days[_day(rollup.minute, span), rollup.source] += mood_of(rollup)
        mentions += rollup.mentions
    return WeekSums(dict(days), mentions)


def _day(seconds: int, span: Span) -> int:
    return (from_seconds(seconds).astimezone(span.zone).date() - span.monday) // timedelta(days=1)


def mood_of(rollup: Rollup) -> Mood:
    """Return a rollup's independent mentions by class."""
    negative = min(rollup.independent_negative, rollup.independent)
    rest, others = rollup.independent - negative, rollup.neutral + rollup.positive
    positive = rest * rollup.positive / others if others > 0 else 0.0
    return Mood(negative, rest - positive, positive)
