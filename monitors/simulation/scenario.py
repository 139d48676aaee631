"""What happens in a simulated world: brands, and the storms, bursts and campaigns they live through."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2
from random import Random
from typing import Literal

from monitors.simulation.brands import BRANDS, RIVALS, Brand
from monitors.simulation.noise import key

HISTORY = timedelta(weeks=3)
"""Past that the demo brings along: the longest memory in detection is 14 days."""

CATCH_UP = timedelta(hours=3)
"""How long before now the demo's texts begin."""


@dataclass(frozen=True, slots=True)
class Storm:
    """A firestorm: doubles steadily up to a peak, stays there, then halves until it is over."""

    brand: str
    starts_at: datetime
    doubling_minutes: float
    peak_per_hour: float
    plateau_minutes: float
    theme: str
    """Key of the trade's `storms`."""
    first_per_hour: float = 6.0
    """Rate at which it starts; a few per cent of what is said anyway."""
    halving_minutes: float = 90.0
    negative: float = 0.85
    """Share of negative mentions; the rest asks or defends."""
    retweets: float = 0.0
    """Share of copies of a few posts that everybody passes on."""

    @property
    def rise_minutes(self) -> float:
        """Minutes from its start to its peak."""
        return self.doubling_minutes * log2(self.peak_per_hour / self.first_per_hour)

    @property
    def minutes(self) -> float:
        """Minutes from its start until it is back at its first rate."""
        fall = self.halving_minutes * log2(self.peak_per_hour / self.first_per_hour)
        return self.rise_minutes + self.plateau_minutes + fall


@dataclass(frozen=True, slots=True)
class Burst:
    """A harmless rush: a launch or a joke, in the brand's usual mood."""

    brand: str
    starts_at: datetime
    minutes: float
    times: float
    """Peak rate as a multiple of what is usual at that hour."""
    topic: Literal["launch", "joke"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """One text, posted again and again by accounts that look like different people."""

    brand: str
    starts_at: datetime
    minutes: float
    per_hour: float
    theme: str


Event = Storm | Burst | Campaign


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole simulated world; the same fields always give the same mentions."""

    seed: int
    brands: tuple[Brand, ...]
    events: tuple[Event, ...]
    """New ones go to the end: an event's place here is part of its mentions' identity."""
    begins_at: datetime
    """From here on there are texts; before it only `history`."""

    def with_events(self, events: tuple[Event, ...]) -> "Scenario":
        """Return this world with further events."""
        return Scenario(self.seed, self.brands, self.events + events, self.begins_at)


def demo_scenario(now: datetime, seed: int = 1) -> Scenario:
    """Return the demo's world around `now`, cut to the minute.

    Northwind Air's refund storm began 2 h 45 before `now` and is near its peak then; Orchard
    Mobile launches a phone; somebody runs a campaign of copies against Zenith Bank; Halden
    Energy had a power cut yesterday. Rivals are talked about too; small bursts are strewn over all weeks.
    """
    now = now.replace(second=0, microsecond=0)
    begins_at = now - CATCH_UP
    told: tuple[Event, ...] = (
        Storm(
            brand="Northwind Air",
            starts_at=now - timedelta(hours=2, minutes=45),
            doubling_minutes=24,
            peak_per_hour=600,
            plateau_minutes=120,
            theme="refunds",
            first_per_hour=12,
            retweets=0.12,
        ),
        Burst("Orchard Mobile", now - timedelta(minutes=100), 40, 4.0, "launch"),
        Campaign("Zenith Bank", now - timedelta(minutes=70), 60, 150, "balances"),
        Storm(
            brand="Halden Energy",
            starts_at=now - timedelta(hours=27),
            doubling_minutes=30,
            peak_per_hour=160,
            plateau_minutes=60,
            theme="power_cut",
        ),
    )
    return Scenario(
        seed, (*BRANDS, *RIVALS), told + _bursts(begins_at - HISTORY, now + HISTORY, seed), begins_at
    )


def _bursts(since: datetime, until: datetime, seed: int) -> tuple[Burst, ...]:
    """Return about three harmless bursts a week and brand, of 15 to 40 minutes and 3 to 8 times the usual."""
    random = Random(key("bursts", seed))  # noqa: S311 - no secret: the same seed gives the same bursts
    minutes = int((until - since).total_seconds()) // 60
    found = []
    for each in (*BRANDS, *RIVALS):
        for _ in range(round(3 * minutes / 10_080)):
            at = since + timedelta(minutes=random.randrange(minutes))
            topic: Literal["launch", "joke"] = random.choice(("launch", "joke"))
            found.append(Burst(each.name, at, random.uniform(15, 40), random.uniform(3, 8), topic))
    return tuple(found)
