"""Working through one unit: draw the stream, watch it, let the peers see the same."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.evaluate.storms import rules
from pipeline.evaluate.storms.plan import BUDGET, Unit
from pipeline.evaluate.storms.planted import Storm, plant
from pipeline.evaluate.storms.posts import Posts, Whole, joined
from pipeline.evaluate.storms.rules import FEEDS
from pipeline.evaluate.storms.watched import Watched
from pipeline.evaluate.storms.world import WARM_DAYS, Stream, World, chance

Bars = dict[str, float]
"""Threshold by `peer|feed`, of one volume; infinity: it never pages."""
_BEFORE = WARM_DAYS * 288
"""Bins before a storm that its peers see: the same two weeks that we learn from."""


def clean(unit: Unit, world: World) -> dict[str, Any]:
    """Return pages on a stream without storms and, at the middle budget, what peers score highest there."""
    stream = unit.draw(world)
    watching = Watched(unit.brand.name, stream, unit.budget).run(stream.posts, [])
    said = _peers(unit, stream) if unit.budget == BUDGET else {}
    return {"weeks": stream.weeks, "rate": 12.0 * stream.rate, "pages": watching.pages, "peers": said}


def _peers(unit: Unit, stream: Stream) -> dict[str, rules.Peaks]:
    said = {rules.CLOCK + "|all": rules.random_clock(stream.length, 0)}
    for feed, counts in _feeds(stream.posts, stream.length).items():
        for name in rules.names(slow=unit.brand.volume > 0):
            said[f"{name}|{feed}"] = rules.scores(name, counts)
    return {name: rules.peaks(scores, stream.warm) for name, scores in said.items()}


def _feeds(posts: Posts, length: int) -> dict[str, Whole]:
    return dict(zip(FEEDS, (posts.counts(length), posts.negatives(length)), strict=True))


@dataclass(frozen=True, slots=True)
class _Seen:
    """Counts of a background and of one storm in it, by feed."""

    usual: dict[str, Whole]
    extra: dict[str, Whole]


def stormy(unit: Unit, world: World, bars: Bars, slow: frozenset[int]) -> dict[str, Any]:
    """Return what became of each storm of a unit; those with a number in `slow` are shown to slow peers too.

    A peer sees one storm at a time in an otherwise quiet background; we see all of them, one after another.
    """
    stream, storms = unit.draw(world), list(unit.storms)
    planted = [
        plant(storm, number, stream, world.texts, chance("storm", unit.brand, unit.replicate, number))
        for number, storm in enumerate(storms)
    ]
    watching = Watched(unit.brand.name, stream, unit.budget).run(joined([stream.posts, *planted]), storms)
    usual, told = _feeds(stream.posts, stream.length), sorted(watching.pages + watching.escalations)
    found = []
    for number, (storm, posts) in enumerate(zip(storms, planted, strict=True)):
        seen = _Seen(usual, _feeds(posts, stream.length))
        paged = next((page for page in told if storm.onset <= page <= storm.last), None)
        peers = _peer_leads(storm, seen, bars, number in slow)
        found.append({"lead": _lead(storm, paged), "planted": len(posts), "peers": peers})
    return {"storms": found, "forecasts": watching.forecasts, "rate": 12.0 * stream.rate}


def _peer_leads(storm: Storm, seen: _Seen, bars: Bars, slow: bool) -> dict[str, float | None]:
    first = storm.onset - _BEFORE
    told = {}
    for feed in FEEDS:
        span = slice(first, storm.last + 1)
        counts = seen.usual[feed][span] + seen.extra[feed][span]
        for name in rules.names(slow):
            if (bar := bars.get(f"{name}|{feed}")) is not None:
                said = rules.scores(name, counts) if np.isfinite(bar) else np.full(counts.size, -np.inf)
                page = rules.first_page(said, bar, storm.onset - first, storm.last - first)
                told[f"{name}|{feed}"] = _lead(storm, None if page is None else page + first)
    said = rules.random_clock(storm.last + 1, storm.onset)
    page = rules.first_page(said, bars[rules.CLOCK + "|all"], storm.onset, storm.last)
    return told | {rules.CLOCK + "|all": _lead(storm, page)}


def _lead(storm: Storm, page: int | None) -> float | None:
    """Return hours from the page, made at the end of its bin, to the peak; None for a missed storm."""
    return None if page is None else (storm.peak - page - 1) / 12.0
