"""How much is said when, by whom and in which tone: everything of a mention but its words.

Each minute of each brand is drawn on its own by address (`simulation.noise`), so any slice of time
can be asked for and always holds the same mentions. The rate is a log-normal Cox process around a
daily and weekly rhythm: counts are over-dispersed, as real ones are (a plain Poisson stream would
make detection look too easy).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitors.simulation.brands import CHANNELS, TONES, Brand
from monitors.simulation.noise import Floats, Ints, address, key, minute_of, poisson, uniform, wander
from monitors.simulation.scenario import Burst, Campaign, Event, Scenario, Storm

REGULARS = 400
"""Authors who write about a brand again and again."""

MAX_PER_MINUTE = 300.0
"""Highest simulated rate of one event; `noise.poisson` works up to 700."""

NEWS = CHANNELS.index("news")

_RHYTHM, _MOOD, _COUNT, _SECOND, _CHANNEL, _TONE, _AUTHOR, _COPY, _TEXT = range(9)
"""First part of each address: what the number is for."""

_JOINS_AT = np.array([0.0, 1.0, 2.5, 2.0])
"""Doublings after which each channel takes up a storm: social at once, then forum, news, reviews."""

_STORM_CHANNELS = np.array([0.72, 0.13, 0.09, 0.06])
"""Shares of the channels in a storm once all have joined."""

_NEWCOMERS = 0.25, 0.75
"""Share of authors never seen before: on ordinary days, and in events (people who come for the outrage)."""


class Draft(NamedTuple):
    """One row of `Drafts`."""

    at: int
    component: int
    channel: int
    tone: int
    author: int
    copy_of: int
    key: int


@dataclass(frozen=True, slots=True)
class Drafts:
    """Mentions of one brand without their words; parallel arrays in order of `at`."""

    at: Ints
    """Event time, seconds since the epoch."""
    component: Ints
    """0 for ordinary life, n for the n-th event of the scenario."""
    channel: Ints
    """Index into `CHANNELS`."""
    tone: Ints
    """Index into `TONES`."""
    author: Ints
    """Number of the author; below `REGULARS` one of the brand's regulars."""
    copy_of: Ints
    """Number of the event's text that this one repeats, -1 for an own text."""
    key: Ints
    """63-bit number that is the mention's identity and the seed of its words."""

    def only(self, mask: NDArray[np.bool_] | Ints) -> "Drafts":
        """Return the mentions where `mask` is true."""
        return Drafts(*(getattr(self, name)[mask] for name in Draft._fields))

    def rows(self) -> Iterator[Draft]:
        """Yield the mentions one by one."""
        return map(Draft, *(getattr(self, name).tolist() for name in Draft._fields))


def drafts(scenario: Scenario, brand: Brand, first: int, last: int) -> Drafts:
    """Return a brand's mentions of the minutes `first` to `last - 1` (minutes since the epoch)."""
    minutes = np.arange(first, last, dtype=np.int64)
    parts = [_component(scenario, brand, 0, minutes, ordinary_rate(scenario, brand, minutes))]
    for number, event in enumerate(scenario.events, start=1):
        start = minute_of(event.starts_at)
        touched = np.arange(max(first, start), min(last, start + ceil(event.minutes)), dtype=np.int64)
        if event.brand == brand.name and touched.size:
            rate = event_rate(scenario, brand, event, touched)
            parts.append(_component(scenario, brand, number, touched, rate))
    return _ordered(parts)


def ordinary_rate(scenario: Scenario, brand: Brand, minutes: Ints) -> Floats:
    """Return the ordinary mentions a minute, noise included."""
    own = key(brand.name, scenario.seed)
    # Spreads chosen so that the dispersion in 5-minute bins is about 0.3; `docs/design/simulator.md`.
    noise = wander(minutes, 15, 0.40, _RHYTHM, own) * wander(minutes, 180, 0.30, _RHYTHM, own)
    rate: Floats = brand.per_hour / 60.0 * rhythm(brand, minutes) * noise
    return np.minimum(rate, MAX_PER_MINUTE)


def rhythm(brand: Brand, minutes: Ints) -> Floats:
    """Return the daily and weekly rhythm: a factor of mean 1 over a week."""
    hour = 2.0 * np.pi * (minutes % 1440 / 60.0 - brand.peak_hour) / 24.0
    daily = 1.0 + 0.6 * np.cos(hour) + 0.15 * np.cos(2.0 * hour)
    weekday = (minutes // 1440 + 3) % 7  # the epoch was a Thursday
    weekly = np.where(weekday >= 5, brand.weekend, 1.0) * 7.0 / (5.0 + 2.0 * brand.weekend)
    factor: Floats = daily * weekly
    return factor


def event_rate(scenario: Scenario, brand: Brand, event: Event, minutes: Ints) -> Floats:
    """Return the mentions a minute that an event adds."""
    since = (minutes - minute_of(event.starts_at)).astype(np.float64)
    match event:
        case Storm():
            wild = wander(minutes, 10, 0.15, _RHYTHM, key(brand.name, scenario.seed, event.theme))
            rate = _storm(event, since) * wild
        case Burst():
            shape = 1.0 - np.abs(2.0 * since / event.minutes - 1.0)
            rate = (event.times - 1.0) * shape * brand.per_hour / 60.0 * rhythm(brand, minutes)
        case Campaign():
            rate = np.full(len(minutes), event.per_hour / 60.0)
    return np.clip(rate, 0.0, MAX_PER_MINUTE)


def _storm(storm: Storm, since: Floats) -> Floats:
    """Return an exponential rise, a plateau and an exponential fall."""
    rise = storm.first_per_hour * 2.0 ** np.minimum(since / storm.doubling_minutes, 60.0)
    after = np.maximum(0.0, since - storm.rise_minutes - storm.plateau_minutes)
    per_hour: Floats = np.minimum(rise, storm.peak_per_hour) * 0.5 ** (after / storm.halving_minutes)
    return per_hour / 60.0


def _component(scenario: Scenario, brand: Brand, number: int, minutes: Ints, rate: Floats) -> Drafts:
    """Draw the mentions of ordinary life (0) or of one event."""
    event = scenario.events[number - 1] if number else None
    stream = key(brand.name, scenario.seed, number)
    count = poisson(rate, uniform(_COUNT, stream, minutes))
    minute = np.repeat(minutes, count)
    within = np.arange(len(minute)) - np.repeat(np.cumsum(count) - count, count)

    identity = (address(_TEXT, stream, minute, within) >> np.uint64(1)).view(np.int64)

    def chance(purpose: int) -> Floats:
        return uniform(purpose, identity)

    channel = _channels(brand, event, minute, chance(_CHANNEL))
    return Drafts(
        at=minute * 60 + (chance(_SECOND) * 60).astype(np.int64),
        component=np.full(len(minute), number),
        channel=channel,
        tone=_of_news(_tones(scenario, brand, event, minute, chance(_TONE)), channel, event),
        author=_authors(number, chance(_AUTHOR), identity),
        copy_of=_copies(event, chance(_COPY)),
        key=identity,
    )


def _channels(brand: Brand, event: Event | None, minute: Ints, chance: Floats) -> Ints:
    if isinstance(event, Campaign):
        return np.zeros(len(minute), np.int64)
    shares = np.tile(np.array(brand.channels), (len(minute), 1))
    if isinstance(event, Storm):
        doublings = (minute - minute_of(event.starts_at)) / event.doubling_minutes
        shares = _STORM_CHANNELS * (doublings[:, None] >= _JOINS_AT)
    return _draw(shares, chance)


def _tones(scenario: Scenario, brand: Brand, event: Event | None, minute: Ints, chance: Floats) -> Ints:
    negative, positive = brand.negative, brand.positive
    if isinstance(event, Storm):
        negative, positive = event.negative, (1.0 - event.negative) / 4.0
    if isinstance(event, Campaign):
        negative, positive = 1.0, 0.0
    mood = np.full(len(minute), negative)
    if event is None:  # the mood of a day comes and goes by itself
        wave = wander(minute, 360, 0.15, _MOOD, key(brand.name, scenario.seed))
        mood = np.minimum(negative * wave / (1.0 - brand.channels[NEWS]), 0.6)
    return _draw(np.stack((mood, 1.0 - mood - positive, np.full(len(minute), positive)), axis=1), chance)


def _of_news(tone: Ints, channel: Ints, event: Event | None) -> Ints:
    """Newspapers report a storm as bad news and everything else soberly."""
    news = TONES.index("negative" if isinstance(event, Storm) else "neutral")
    sober: Ints = np.where(channel == NEWS, news, tone)
    return sober


def _authors(number: int, chance: Floats, identity: Ints) -> Ints:
    """Return regulars, some of whom write far more than others, or a number of one's own for newcomers."""
    newcomers = _NEWCOMERS[number > 0]
    regular = (REGULARS * np.clip((chance - newcomers) / (1.0 - newcomers), 0.0, 1.0) ** 2).astype(np.int64)
    authors: Ints = np.where(chance < newcomers, REGULARS + identity % (2**40), regular)
    return authors


def _copies(event: Event | None, chance: Floats) -> Ints:
    """Return which of the event's few texts is repeated, the first most often; -1 for an own text."""
    if isinstance(event, Campaign):
        return np.zeros(len(chance), np.int64)
    share = event.retweets if isinstance(event, Storm) else 0.0
    which = (5.0 * (chance / max(share, 1e-9)) ** 2).astype(np.int64)
    copied: Ints = np.where(chance < share, which, -1)
    return copied


def _draw(shares: Floats, chance: Floats) -> Ints:
    """Return one column number per row, with the rows' shares as odds."""
    total = shares.cumsum(axis=1)
    drawn: Ints = np.minimum((chance[:, None] * total[:, -1:] >= total).sum(axis=1), shares.shape[1] - 1)
    return drawn


def _ordered(parts: list[Drafts]) -> Drafts:
    whole = Drafts(*(np.concatenate([getattr(part, name) for part in parts]) for name in Draft._fields))
    return whole.only(np.lexsort((whole.key, whole.at)))
