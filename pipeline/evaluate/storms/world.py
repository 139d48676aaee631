"""Backgrounds: what is said of a brand while nothing is wrong with it.

Archives are taken as they are. Volumes of NAB (numenta/NAB, MIT) are thinned and filled with real texts. Two
kinds are simulated, neither of the detector's own family, the negative binomial: a log-normal Cox process,
and a Hawkes process whose mentions cause others for a long while (power law), as reposts do.
"""

import csv
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import numpy as np

from core.errors import ConfigError
from core.records import BIN_SECONDS
from pipeline.evaluate.storms.bursts import burst, when
from pipeline.evaluate.storms.people import Crowd
from pipeline.evaluate.storms.posts import Posts, Real, Whole, joined
from pipeline.evaluate.storms.texts import Archive, Texts

DAY = 288
"""Bins."""
WARM_DAYS = 14
"""A brand's own tail is full after two weeks; storms and needless pages count from there on."""
DAYS = 56
"""Length of a simulated stream, about that of NAB's."""
EPOCH = 1_425_168_000
"""2015-03-01, in the time of NAB's streams; a Sunday."""
VOLUMES = (6, 60, 1500)
"""Mentions an hour at which storms are counted."""
_LEAST = 0.6
"""A NAB stream with less than this part of a volume says nothing about brands of that size."""
_OFFSPRING, _SHORTEST, _POWER = 0.5, 2.0, 0.6
"""Of the Hawkes process: mentions that a mention causes, and a delay in bins whose tail falls as t^-1.6."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A background that many streams can be drawn from."""

    kind: str
    """`spotify`, `stocknet`, `nab`, `cox` or `hawkes`."""
    name: str
    volume: int
    """One of `VOLUMES`; 0: its own rate, whatever that is."""

    @property
    def real(self) -> bool:
        """True where volumes are real."""
        return self.kind in {"spotify", "stocknet", "nab"}


@dataclass(frozen=True, slots=True)
class Stream:
    """A background drawn once."""

    start: int
    """Seconds since the epoch."""
    length: int
    """Bins."""
    posts: Posts
    crowd: Crowd

    @property
    def warm(self) -> int:
        """The first bin that counts."""
        return WARM_DAYS * DAY

    @property
    def weeks(self) -> float:
        """Weeks that count."""
        return (self.length - self.warm) / (7 * DAY)

    @property
    def rate(self) -> float:
        """Mean mentions a bin."""
        return len(self.posts) / self.length


class World:
    """All backgrounds of one side, `odd` or `even`, of the alphabetical lists."""

    def __init__(self, texts: Texts, nab: dict[str, tuple[int, Whole]], side: int, simulated: int) -> None:
        self.texts = texts
        self._nab = nab
        self._side = side
        self._simulated = simulated

    def content(self) -> bytes:
        """Return what streams depend on beside the code."""
        archives = (self.texts.spotify, *self.texts.stocknet)
        pools = (self.texts.outrage, self.texts.praise, self.texts.jokes, self.texts.complaints)
        columns = [column for each in archives for column in (each.posts.bins, each.posts.negative)]
        counts = [counts for _, counts in self._nab.values()]
        return b"".join(column.tobytes() for column in (*pools, *columns, *counts))

    def brands(self) -> list[Brand]:
        """Return the backgrounds in a fixed order."""
        made = [Brand("stocknet", archive.brand, 0) for archive in self.texts.stocknet]
        if self._side == 0:
            made.append(Brand("spotify", "spotify", VOLUMES[0]))
        for volume in VOLUMES:
            made += [Brand("nab", name, volume) for name in sorted(self._nab) if self._fits(name, volume)]
            for kind in ("cox", "hawkes"):
                numbers = range(1 + self._side, 2 * self._simulated + 1, 2)
                made += [Brand(kind, f"{kind}-{number:02d}", volume) for number in numbers]
        return made

    def _fits(self, name: str, volume: int) -> bool:
        return 12.0 * float(self._nab[name][1].mean()) >= _LEAST * volume

    def length(self, brand: Brand) -> int:
        """Return how many bins each stream of a brand has."""
        if brand.kind in {"spotify", "stocknet"}:
            return self._archive(brand).days * DAY
        return self._nab[brand.name][1].size if brand.kind == "nab" else DAYS * DAY

    def _archive(self, brand: Brand) -> Archive:
        archives = (*self.texts.stocknet, self.texts.spotify)
        return next(each for each in archives if each.brand == brand.name)

    def draw(self, brand: Brand, chance: np.random.Generator) -> Stream:
        """Return one stream of a brand; the same chance gives the same stream."""
        if brand.kind in {"spotify", "stocknet"}:
            return self._archived(brand, chance)
        start, counts = self._counts(brand, chance)
        crowd = Crowd(12.0 * float(counts.mean()), chance)
        posts = _filled(counts, crowd, self.texts, chance)
        rate = float(counts.mean())
        bursts = [
            burst(at, rate, crowd, self.texts, chance, number + 1)
            for number, at in enumerate(when(counts.size, chance))
        ]
        every = joined([posts, *bursts])
        return Stream(start, counts.size, every.where(every.bins < counts.size), crowd)

    def _archived(self, brand: Brand, chance: np.random.Generator) -> Stream:
        archive = self._archive(brand)
        length, posts = archive.days * DAY, archive.posts
        if brand.volume:
            share = brand.volume / 12.0 * length / len(posts)
            posts = posts.where(chance.random(len(posts)) < share)
        return Stream(archive.start, length, posts, Crowd.of(posts.authors))

    def _counts(self, brand: Brand, chance: np.random.Generator) -> tuple[int, Whole]:
        if brand.kind == "nab":
            start, counts = self._nab[brand.name]
            share = brand.volume / (12.0 * float(counts.mean()))
            return start, counts if share >= 1.0 else chance.binomial(counts, share)
        make = cox if brand.kind == "cox" else hawkes
        return EPOCH, make(brand.volume, chance)


def cox(per_hour: float, chance: np.random.Generator, days: int = DAYS) -> Whole:
    """Return counts whose rate is log-normal, with a memory of a day and another of half an hour."""
    rate = _rhythm(per_hour, days, chance)
    rate = rate * drifting(rate.size, 0.25, 24.0, chance) * drifting(rate.size, 0.4, 0.5, chance)
    return chance.poisson(rate).astype(np.int64)


def hawkes(per_hour: float, chance: np.random.Generator, days: int = DAYS) -> Whole:
    """Return counts of mentions that cause half a mention each, after delays with a power-law tail."""
    rate = _rhythm(per_hour * (1.0 - _OFFSPRING), days, chance)
    times = np.repeat(np.arange(rate.size, dtype=np.float64), chance.poisson(rate))
    times += chance.random(times.size)
    every = [times]
    while times.size:
        parents = np.repeat(times, chance.poisson(_OFFSPRING, times.size))
        times = parents + _SHORTEST * chance.pareto(_POWER, parents.size)
        times = times[times < rate.size]
        every.append(times)
    return np.bincount(np.concatenate(every).astype(np.int64), minlength=rate.size)


def _rhythm(per_hour: float, days: int, chance: np.random.Generator) -> Real:
    """Return rates per bin with a day and a week of the brand's own."""
    place = np.arange(days * DAY)
    turn, depth, weekend = chance.random(), chance.uniform(0.2, 0.7), chance.uniform(0.6, 1.1)
    day = 1.0 + depth * np.sin(2.0 * np.pi * (place / DAY - turn))
    week = np.where(place // DAY % 7 >= 5, weekend, 1.0)
    shape: Real = day * week
    return np.asarray(per_hour / 12.0 * shape / shape.mean())


def drifting(size: int, spread: float, hours: float, chance: np.random.Generator) -> Real:
    """Return a positive factor of mean 1, log-normal, with the given memory in hours."""
    keep = float(np.exp(-1.0 / (12.0 * hours)))
    noise = chance.normal(0.0, spread * np.sqrt(1.0 - keep * keep), size)
    noise[0] = chance.normal(0.0, spread)
    values = np.array(list(accumulate(noise.tolist(), lambda value, step: keep * value + step)))
    return np.asarray(np.exp(values - spread * spread / 2.0))


_USUAL_SHARE = (0.08, 0.3)
"""Part of what is said of a brand that is said to its support: brands differ."""
_SHARE_DRIFT, _SHARE_HOURS, _CLUMP = 0.3, 6.0, 0.02
"""How moods wander, and how much mentions of one bin resemble each other (`models.share`)."""


def _filled(counts: Whole, crowd: Crowd, texts: Texts, chance: np.random.Generator) -> Posts:
    """Give each count a text: complaints and ordinary talk, in a mix that drifts."""
    usual = chance.uniform(*_USUAL_SHARE)
    mean = np.clip(usual * drifting(counts.size, _SHARE_DRIFT, _SHARE_HOURS, chance), 0.01, 0.9)
    size = 1.0 / _CLUMP - 1.0
    share = chance.beta(mean * size, (1.0 - mean) * size)
    bins = np.repeat(np.arange(counts.size), counts)
    angry = chance.random(bins.size) < share[bins]
    negative = np.where(
        angry, chance.choice(texts.complaints, bins.size), chance.choice(texts.talk, bins.size)
    )
    return crowd.written(bins, negative, chance)


def read_nab(data: Path, side: int) -> dict[str, tuple[int, Whole]]:
    """Return start and counts of every second NAB stream; raises `ConfigError` where they are absent."""
    paths = sorted((data / "nab" / "realTweets").glob("*.csv"))
    if not paths:
        raise ConfigError(f"{data / 'nab' / 'realTweets'} is absent: name the folder with --data DIR")
    return {path.stem.removeprefix("Twitter_volume_"): _nab(path) for path in paths[side::2]}


def _nab(path: Path) -> tuple[int, Whole]:
    try:
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        start = int(datetime.fromisoformat(rows[0]["timestamp"]).replace(tzinfo=UTC).timestamp())
        counts = np.array([int(float(row["value"])) for row in rows], np.int64)
    except (KeyError, ValueError, IndexError) as error:
        raise ConfigError(f"{path} is not a stream as NAB published it ({error!r})") from error
    return start // BIN_SECONDS * BIN_SECONDS, counts


def chance(*address: object) -> np.random.Generator:
    """Return random numbers that follow from an address alone."""
    return np.random.default_rng(zlib.crc32(repr(address).encode()))
