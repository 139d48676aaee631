"""A steady load of mentions with a storm here and there: when is a mention visible, when is a page there?"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from math import ceil

from core.clock import from_seconds
from core.errors import Temporary
from core.ports import Store
from core.records import Fetched, Mention, Score, Scored, Stage
from models.opening import open_detector
from pipeline.bench.product import Running
from pipeline.bench.texts import SOURCE, STORM_SPAN, complaints, mention, posts
from pipeline.flow import Flow
from pipeline.history import windows

PER_SECOND = 100
STORM = 40
"""Mentions of one storm."""
STORM_EVERY = 2.0
"""Seconds between the beginnings of two storms: 20 storm mentions a second."""
STORM_SHARE = 2
"""Mentions of a storm in a slice; `STORM` of them make one."""
SLICE = 0.1
LOOK = 0.1
"""Seconds between two looks for what is visible."""
NEWEST = 400
"""Mentions that a look asks for: four seconds of the load."""
SETTLE = 30.0
"""Seconds after the last mention was stored in which pages may still arrive."""
PATIENCE = 180.0
"""Seconds after the last mention in which a machine that cannot keep up may work off what is left."""


@dataclass(slots=True)
class Seen:
    """What was measured; times are seconds of `time.monotonic`."""

    offered: dict[str, float] = field(default_factory=dict)
    """When each mention reached the process, by mention id."""
    visible: dict[str, float] = field(default_factory=dict)
    """When each everyday mention was first returned by the board's query."""
    storms: dict[str, list[Mention]] = field(default_factory=dict)
    """Each storm's mentions, in the order in which they were offered."""
    texts: Counter[str] = field(default_factory=Counter)
    """How often each text was offered."""
    per_s: float = 0.0
    """Mentions a second that were really handed over."""

    def everyday(self) -> set[str]:
        """Return the mentions that belong to no storm."""
        return self.offered.keys() - {each.id for mentions in self.storms.values() for each in mentions}


async def calm_load(flow: Flow, store: Store, brands: list[str]) -> Seen:
    """Offer 100 a second until every brand had its storm, and look for the mentions all the while."""
    seen, before = Seen(), store.count_mentions()
    looking = asyncio.create_task(_look(store, seen))
    texts = [text for _, text in posts(20_000, first_key=50_000_000)]
    await offer(flow, texts, PER_SECOND, len(brands) * STORM_EVERY, brands, seen)
    await worked_off(store, before + len(seen.offered))
    met_at_last(seen)
    await asyncio.sleep(SETTLE)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    return seen


async def offer(
    flow: Flow, texts: Sequence[str], per_second: float, seconds: float, brands: list[str], seen: Seen
) -> None:
    """Hand over `texts` again and again at that rate, with a storm for each brand; note it in `seen`."""
    began = time.monotonic()
    for number, batch in enumerate(_slices(texts, per_second, seconds, brands, seen)):
        await asyncio.sleep(max(0.0, began + number * SLICE - time.monotonic()))
        now = time.monotonic()
        seen.offered.update((each.id, now) for each in batch)
        seen.texts.update(each.text for each in batch)
        await flow.collect(SOURCE, Fetched(tuple(batch), cursor=str(number)))
    seen.per_s = len(seen.offered) / (time.monotonic() - began)


def _slices(
    texts: Sequence[str], per_second: float, seconds: float, brands: list[str], seen: Seen
) -> Iterator[list[Mention]]:
    """Yield what is offered in each tenth of a second: everyday posts, and what is left of a storm."""
    everyday, names, waiting = cycle(enumerate(texts)), iter(brands), list[Mention]()
    per_slice, per_storm = ceil(per_second * SLICE), round(STORM_EVERY / SLICE)
    for number in range(round(seconds / SLICE)):
        if number % per_storm == 0 and (brand := next(names, "")):
            waiting += _begin_storm(brand, seen)
        storm, waiting = waiting[:STORM_SHARE], waiting[STORM_SHARE:]
        now = datetime.now(UTC)
        usual = islice(everyday, per_slice - len(storm))
        yield [*storm, *(mention(f"load-{number}-{place}", text, now) for place, text in usual)]


def _begin_storm(brand: str, seen: Seen) -> list[Mention]:
    """Return the mentions of a storm about a brand, and remember them."""
    now = datetime.now(UTC)
    step = STORM_SPAN / STORM
    texts = complaints(brand, STORM, now)
    mentions = [
        mention(f"{brand}-{index}", text, now - STORM_SPAN + step * (index + 1))
        for index, text in enumerate(texts)
    ]
    seen.storms[brand] = mentions
    return mentions


async def _look(store: Store, seen: Seen) -> None:
    while True:
        rows = await asyncio.to_thread(store.mentions, NEWEST)
        now = time.monotonic()
        for row in rows:
            seen.visible.setdefault(row.mention.id, now)
        await asyncio.sleep(LOOK)


async def worked_off(store: Store, stored: int, patience: float = PATIENCE) -> None:
    """Wait until so many mentions are stored; raises `Temporary` when they are not in `patience` seconds."""
    until = time.monotonic() + patience
    while (there := await asyncio.to_thread(store.count_mentions)) < stored:
        if time.monotonic() > until:
            raise Temporary(f"{stored - there} of {stored} mentions were not stored in {patience:.0f} s")
        await asyncio.sleep(0.5)


def met_at_last(seen: Seen) -> None:
    """Count everyday mentions that no look met as visible only now, when everything is stored."""
    now = time.monotonic()
    for each in seen.everyday() - seen.visible.keys():
        seen.visible[each] = now


def visible_ms(seen: Seen) -> list[float]:
    """Return the milliseconds from the arrival of each everyday mention until it was visible."""
    return [(seen.visible[each] - seen.offered[each]) * 1_000.0 for each in seen.everyday()]


def storm_scores(seen: Seen, store: Store) -> dict[str, Score]:
    """Return the scores of the storms' mentions, as they are stored now."""
    return store.known(each.id for mentions in seen.storms.values() for each in mentions)


def page_ms(seen: Seen, running: Running, scores: Mapping[str, Score]) -> list[float]:
    """Return the milliseconds from the mention with which a brand would page to the page's arrival.

    `scores` are those that were counted. A page that was due and did not come counts as if it came now.
    """
    now = time.monotonic()
    zero = datetime.now(UTC).timestamp() - now
    took = []
    for brand, mentions in seen.storms.items():
        due = _due(brand, [Scored(each, scores[each.id]) for each in mentions], seen, running, zero)
        if due is not None:
            took.append((running.mailbox.arrived.get(brand, now) - due) * 1_000.0)
    return took


def _due(brand: str, mentions: list[Scored], seen: Seen, running: Running, zero: float) -> float | None:
    """Return when the mention arrived with which the state, evaluated at once, would page."""
    detector = open_detector(brand)
    detector.learn(windows(running.store, brand, running.begun - STORM_SPAN))
    for each in mentions:
        arrived = seen.offered[each.mention.id]
        now = from_seconds(zero + arrived)
        detector.advance(now, 1.0, 1)
        detector.count(each)
        detector.advance(now, 1.0, 1)
        if detector.peek(now, 1.0, 1).stage.severity >= Stage.SPREADING.severity:
            return arrived
    return None
