"""The weekly brand-health index, its parts and its band: `docs/design/weekly.md` defines every number here.

Index = 50 + Σ w · 10 · z over the parts that are known, 0..100, where z says how many of its usual swings a
part lies above the brand's own usual week. The band is the 95 % interval of `DRAWS` draws, the same at every
run: the seed follows from brand and week.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Change, Component, Estimate, Part, derive
from pipeline.weekly.sums import NOTHING, Mood, WeekSums

WEIGHTS = {Part.SENTIMENT: 0.5, Part.VOICE: 0.2, Part.CALM: 0.2}
"""Of .5, .2, .2 and .1 (review rating), section 7 of the reference on detection. No source gives ratings as
numbers yet, so that part is never known; the weights of the known parts are scaled to 1."""
SWING = {Part.SENTIMENT: 7.0, Part.VOICE: 5.0, Part.CALM: 10.0}
"""The least swing from week to week that counts as one, in the part's own points: about twice the standard
error of a busy week (3.6 and 2.6 at 350 effective mentions), or noise would move the index. Calm has no such
error; ten points of it are our choice."""
FARTHEST = 4.0
"""|z| beyond which a part counts no further: one part alone never decides the whole scale."""
POINTS = 10.0
"""Index points of one swing: a T score, mean 50 and standard deviation 10 (McCall 1922)."""
DRAWS = 1_000
"""The 2.5 % tail then has 25 draws: the band's ends are steady to less than a point."""
TOGETHER = 0.02
"""Correlation of mentions of one day: n of them are worth n / (1 + (n − 1) · .02), section 5.5 there."""
USUAL_MENTIONS = 20.0
"""What a source's usual mood counts for against its own mentions of the week: a source that was out, or that
brought three mentions, stays where it usually is instead of moving the index."""
MAD = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""
CERTAIN = 0.95
"""P(rise) or P(fall) from which on a change is called one, section 7 there."""

Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Usual:
    """What a part usually is: median and swing of the weeks that it is compared with."""

    middle: float
    swing: float


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one week as draws; a part that is known exactly is the same in all of them."""

    draws: Mapping[Part, Draws]
    values: Mapping[Part, float]


@dataclass(frozen=True, slots=True)
class Source:
    """What a source usually brings to a brand."""

    weight: float
    """Share of the brand's mentions, fixed for the whole page."""
    mood: Mood
    """One mention of it, as probabilities."""


def usual_sources(weeks: Sequence[WeekSums]) -> dict[str, Source]:
    """Return the fixed weights and usual moods of a brand's sources, over all weeks of the page."""
    totals: dict[str, Mood] = {}
    for week in weeks:
        for source, mood in week.by_source().items():
            totals[source] = totals.get(source, NOTHING) + mood
    everything = sum(mood.total for mood in totals.values())
    return {
        source: Source(mood.total / everything, _share(mood))
        for source, mood in sorted(totals.items())
        if mood.total > 0
    }


def _share(mood: Mood) -> Mood:
    return Mood(mood.negative / mood.total, mood.neutral / mood.total, mood.positive / mood.total)


def net_sentiment(week: WeekSums, sources: Mapping[str, Source]) -> float | None:
    """Return net sentiment with fixed source weights, −100..100; None when nothing was said."""
    if not week.days or not sources:
        return None
    found = week.by_source()
    return sum(each.weight * _net(found.get(name, NOTHING), each.mood) for name, each in sources.items())


def _net(mood: Mood, usual: Mood) -> float:
    negative = mood.negative + USUAL_MENTIONS * usual.negative
    positive = mood.positive + USUAL_MENTIONS * usual.positive
    return 100.0 * (positive - negative) / (mood.total + USUAL_MENTIONS)


def sentiment_draws(week: WeekSums, sources: Mapping[str, Source], seed: int) -> Draws:
    """Draw net sentiment `DRAWS` times.

    The days of the week are drawn with replacement (a story fills a day, so days are the blocks), then each
    source's mix from a Dirichlet distribution whose counts are those of the drawn days at their effective
    size, on top of the source's usual mix.
    """
    random = np.random.default_rng(seed)
    counts = _effective(week, tuple(sources))
    picked = random.integers(0, len(counts), (DRAWS, len(counts)))
    drawn = counts[picked].sum(axis=1)  # (draws, sources, classes)
    usual = np.array([[s.mood.negative, s.mood.neutral, s.mood.positive] for s in sources.values()])
    gamma = random.standard_gamma(np.maximum(drawn + USUAL_MENTIONS * usual, 1e-9))
    mix = gamma / gamma.sum(axis=2, keepdims=True)
    weights = np.array([source.weight for source in sources.values()])
    net: Draws = 100.0 * ((mix[:, :, 2] - mix[:, :, 0]) @ weights)
    return net


def _effective(week: WeekSums, names: Sequence[str]) -> NDArray[np.float64]:
    """Return effective counts, shape (days with mentions, sources, 3 classes)."""
    days = sorted({day for day, _ in week.days})
    counts = np.zeros((len(days), len(names), 3))
    for (day, source), mood in week.days.items():
        counts[days.index(day), names.index(source)] = (mood.negative, mood.neutral, mood.positive)
    size = counts.sum(axis=(1, 2), keepdims=True)
    scaled: NDArray[np.float64] = counts * worth(size) / np.maximum(size, 1e-9)
    return scaled


def worth(count: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the effective number of that many mentions of one day; fewer than one count as they are."""
    effective: NDArray[np.float64] = count / (1.0 + np.maximum(count - 1.0, 0.0) * TOGETHER)
    return effective


def voice_draws(own: WeekSums, rivals: Sequence[WeekSums], seed: int) -> Draws:
    """Draw the brand's share of voice, in per cent, from a beta distribution at the effective size."""
    mine, others = own.mood.total, sum(rival.mood.total for rival in rivals)
    effective = 7.0 * worth(np.array((mine + others) / 7.0))  # seven days, each worth less than it counts
    scale = float(effective) / (mine + others)
    random = np.random.default_rng(seed)
    share: Draws = 100.0 * random.beta(max(mine * scale, 1e-3), max(others * scale, 1e-3), DRAWS)
    return share


def usual(part: Part, values: Sequence[float]) -> Usual | None:
    """Return median and swing of the weeks compared with; None when there is none."""
    if not values:
        return None
    middle = float(np.median(values))
    spread = MAD * float(np.median(np.abs(np.array(values) - middle)))
    return Usual(middle, max(spread, SWING[part]))


def index_draws(parts: Parts, usuals: Mapping[Part, Usual]) -> Draws:
    """Return the index of every draw."""
    score: Draws = np.full(DRAWS, 50.0)
    for part, weight in weights(parts, usuals).items():
        score = score + weight * _points(parts.draws[part], usuals[part])
    clipped: Draws = np.clip(score, 0.0, 100.0)
    return clipped


def index_value(parts: Parts, usuals: Mapping[Part, Usual]) -> float:
    """Return the index of what was counted."""
    known = weights(parts, usuals)
    score = 50.0 + sum(w * float(_points(np.array(parts.values[p]), usuals[p])) for p, w in known.items())
    return min(100.0, max(0.0, score))


def weights(parts: Parts, usuals: Mapping[Part, Usual]) -> dict[Part, float]:
    """Return the weights of the parts that are known, scaled to 1."""
    known = {part: weight for part, weight in WEIGHTS.items() if part in parts.values and part in usuals}
    return {part: weight / sum(known.values()) for part, weight in known.items()}


def _points(values: Draws, usual: Usual) -> Draws:
    scaled: Draws = POINTS * np.clip((values - usual.middle) / usual.swing, -FARTHEST, FARTHEST)
    return scaled


def estimate(value: float, draws: Draws) -> Estimate:
    """Return a value with its 95 % band, in whole numbers; the value always lies inside."""
    low, high = (round(float(end)) for end in np.quantile(draws, (0.025, 0.975)))
    middle = round(value)
    return Estimate(middle, min(low, middle), max(high, middle))


def change(now: Estimate, before: Estimate, draws: Draws, draws_before: Draws) -> Change:
    """Return the change between two weeks, and whether it is one."""
    by = now.value - before.value
    rise = float(np.mean(draws > draws_before))
    fall = float(np.mean(draws < draws_before))
    return Change(before.value, by, certain=(by > 0 and rise > CERTAIN) or (by < 0 and fall > CERTAIN))


def components(parts: Parts, before: Parts | None, usuals: Mapping[Part, Usual]) -> tuple[Component, ...]:
    """Return the parts that are known, as people read them."""
    found = []
    for part, weight in weights(parts, usuals).items():
        earlier = before.values.get(part) if before else None
        points = weight * float(_points(np.array(parts.values[part]), usuals[part]))
        found.append(
            Component(
                part,
                round(parts.values[part]),
                None if earlier is None else round(earlier),
                round(usuals[part].middle),
                round(100 * weight),
                round(points),
            )
        )
    return tuple(found)


def seed_of(*names: str) -> int:
    """Return the seed that follows from `names`."""
    return int(derive("weekly", *names), 16)
