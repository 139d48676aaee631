"""Simulated mentions of one brand with stored scores: everyday ones, and those of a storm.

The background is a log-normal Cox process with a daily and weekly rhythm, benign bursts and drifting moods:
not of the detector's negative-binomial family. Every text is its own; no encoder is asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.clock import from_seconds
from core.records import BIN_SECONDS, Mention, Rollup, Score, Scored
from models.signature import BYTES
from pipeline.evaluate.outages.scenario import FIRST, ONSET_SHARE, SOURCES, Scenario, Storm

BRAND = "Acme"
NEGATIVE_SHARE = 0.18
"""Of everyday mentions; 0.16 to 0.2 in public corpora of brands."""
SURE_NEGATIVE, SURE_OTHER = 0.75, 0.1
"""Mean P(negative) that a classifier of macro recall 0.7 gives a negative and another text."""
_SPREAD = 0.12
"""Standard deviation around them."""
_DAY = 288
_CLUMP = 0.02
"""Correlation of moods within a bin."""
_CROWD, _STRANGERS = 400, 0.3
"""Regular authors, and the share of mentions by somebody who never wrote before."""
_BURSTS_A_WEEK = 3
_FADE_HOURS = 3.0
"""A storm halves in so long after its peak."""

Values = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Traffic:
    """What is said of the brand, whatever of it can be seen."""

    history: tuple[Rollup, ...]
    """Sums of what came before the watch began."""
    live: tuple[Scored, ...]
    """Mentions from then on, by event time; `seen_at` is still their own time."""


def make(scenario: Scenario) -> Traffic:
    """Return the traffic of `scenario`, the same for the run with the outage and for the one without."""
    chance = np.random.default_rng([scenario.seed, 17])
    bins = _bins(FIRST, scenario.storm.end)
    counts = chance.poisson(_rates(bins, scenario.per_hour, chance))
    negatives = _moods(counts, chance)
    watched = _bins(FIRST, scenario.watched_from)
    history = _history(counts[:watched], negatives[:watched], chance)
    mentions = _everyday(scenario.watched_from, counts[watched:], negatives[watched:], chance)
    mentions += _storm(scenario.storm, scenario.per_hour, chance)
    return Traffic(tuple(history), tuple(sorted(mentions, key=lambda each: each.mention.event_at)))


def _bins(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds()) // BIN_SECONDS + 1


def _rates(bins: int, per_hour: float, chance: np.random.Generator) -> Values:
    place = np.arange(bins)
    rhythm = 1.0 + 0.6 * np.sin(2 * np.pi * (place / _DAY - 0.4)) + 0.15 * np.sin(4 * np.pi * place / _DAY)
    week = np.where(place // _DAY % 7 >= 5, 0.7, 1.1)
    rates: Values = per_hour / 12.0 * np.maximum(rhythm, 0.1) * week
    rates *= _drifting(bins, 0.25, 24.0, chance) * _drifting(bins, 0.4, 0.5, chance)
    for start in chance.integers(0, bins, _BURSTS_A_WEEK * bins // (7 * _DAY)):
        rates[start : start + chance.integers(3, 9)] *= chance.uniform(3.0, 8.0)
    return rates


def _drifting(size: int, spread: float, hours: float, chance: np.random.Generator) -> Values:
    """Return a random factor of mean about 1, log-normal, with a memory in hours."""
    keep = float(np.exp(-1.0 / (12.0 * hours)))
    noise = chance.normal(0.0, spread * np.sqrt(1.0 - keep * keep), size)
    values, value = np.empty(size), float(chance.normal(0.0, spread))
    for place in range(size):
        value = keep * value + noise[place]
        values[place] = value
    factors: Values = np.exp(values - spread * spread / 2.0)
    return factors


def _moods(counts: Counts, chance: np.random.Generator) -> Counts:
    """Return how many of each bin's mentions are negative; the share drifts by the hour."""
    mean = np.clip(NEGATIVE_SHARE * _drifting(len(counts), 0.3, 6.0, chance), 0.01, 0.9)
    size = 1.0 / _CLUMP - 1.0
    negatives: Counts = chance.binomial(counts, chance.beta(mean * size, (1.0 - mean) * size))
    return negatives


def _history(counts: Counts, negatives: Counts, chance: np.random.Generator) -> list[Rollup]:
    shares = [source.share for source in SOURCES]
    angry, others = chance.multinomial(negatives, shares), chance.multinomial(counts - negatives, shares)
    start = int(FIRST.timestamp())
    return [
        _rollup(
            source.name, start + BIN_SECONDS * place, int(angry[place, column]), int(others[place, column])
        )
        for place in range(len(counts))
        for column, source in enumerate(SOURCES)
        if angry[place, column] or others[place, column]
    ]


def _rollup(source: str, minute: int, angry: int, others: int) -> Rollup:
    negative, mentions = SURE_NEGATIVE * angry + SURE_OTHER * others, angry + others
    return Rollup(
        BRAND,
        source,
        minute,
        mentions,
        negative,
        neutral=mentions - negative,
        independent=float(mentions),
        independent_negative=negative,
    )


def _everyday(
    since: datetime, counts: Counts, negatives: Counts, chance: np.random.Generator
) -> list[Scored]:
    found = []
    for place, (count, angry) in enumerate(zip(counts.tolist(), negatives.tolist(), strict=True)):
        for number in range(count):
            at = since + timedelta(seconds=BIN_SECONDS * (place + float(chance.random())))
            found.append(_scored(f"{place}-{number}", at, number < angry, _author(chance), chance))
    return found


def _author(chance: np.random.Generator) -> str:
    """Return a stranger or one of a crowd of very unequal zeal."""
    if chance.random() < _STRANGERS:
        return f"stranger {chance.integers(1 << 40)}"
    return f"regular {int(_CROWD * chance.random() ** 3)}"


def _storm(storm: Storm, per_hour: float, chance: np.random.Generator) -> list[Scored]:
    """Return the extra mentions of a storm: mostly negative, by strangers, in every source."""
    found = []
    for place in range(_bins(storm.onset, storm.end)):
        at = storm.onset + timedelta(seconds=BIN_SECONDS * place)
        for number in range(int(chance.poisson(_extra(storm, per_hour, at) / 12.0))):
            moment = at + timedelta(seconds=BIN_SECONDS * float(chance.random()))
            angry = bool(chance.random() < storm.negative)
            author = f"angry {chance.integers(1 << 40)}"
            found.append(_scored(f"storm-{place}-{number}", moment, angry, author, chance))
    return found


def _extra(storm: Storm, per_hour: float, at: datetime) -> float:
    """Return the storm's own mentions an hour at a moment."""
    if at < storm.peak:
        return float(per_hour * ONSET_SHARE * 2.0 ** ((at - storm.onset) / storm.doubling))
    return float(per_hour * storm.size * 0.5 ** ((at - storm.peak) / timedelta(hours=_FADE_HOURS)))


def _scored(number: str, at: datetime, angry: bool, author: str, chance: np.random.Generator) -> Scored:
    at = from_seconds(int(at.timestamp()))
    source = SOURCES[int(chance.choice(len(SOURCES), p=[source.share for source in SOURCES]))].name
    mean = SURE_NEGATIVE if angry else SURE_OTHER
    negative = float(np.clip(chance.normal(mean, _SPREAD), 0.01, 0.98))
    mention = Mention(source, number, f"mention {number}", at, at, author=author)
    return Scored(mention, Score(negative, 0.99 - negative, 0.01, chance.bytes(BYTES)))
