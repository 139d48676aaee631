"""What detection alone costs: a mention, a bin, a quiet bin, a state; how many brands one core watches."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.ports import Detector
from core.records import BIN_SECONDS, Mention, Score, Scored, Signal
from core.vectors import pack_vector
from models.opening import open_detector
from models.signature import BYTES
from pipeline.bench.narratives import DIMENSIONS, units

PER_HOUR = (6.0, 60.0, 1_500.0)
TOPICS = 20
"""What each brand's mentions are about; each becomes a narrative."""
BINS = 4 * 24 * 12
"""Four days: longer than a detector remembers single mentions, so that its state is full."""
QUIET_BINS = 24 * 12
_AUTHORS = 5_000
_SPREAD = 0.9
"""Length of what is a mention's own; its topic's is 1, as in `pipeline.bench.narratives`."""
_START = datetime(2026, 1, 5, tzinfo=UTC)
_BIN = timedelta(seconds=BIN_SECONDS)


@dataclass(frozen=True, slots=True)
class DetectionCost:
    """A brand with so many mentions an hour, no two alike; times are processor time of one core."""

    per_hour: float
    narratives: int
    """Shown to people in the end."""
    mention_us: float
    """Mean of a mention: weighed, put into its window and its narrative."""
    bin_us: float
    """Mean of closing a bin."""
    brands_a_core: int
    """Such brands whose mentions and bins one core gets through while the next bin fills."""
    quiet_bin_us: float
    """Median of closing a bin in which nothing was said."""
    quiet_key_us: float
    """The same a key: the brand and each of its narratives."""
    state_kb: float
    restored: bool
    """True if a restored state goes on as the first one did, bit for bit."""


def detection_cost(per_hour: float) -> DetectionCost:
    """Watch such a brand for four days, then a day of silence."""
    detector, chance = open_detector("Bench"), np.random.default_rng(1)
    topics = units(chance.normal(size=(TOPICS, DIMENSIONS)))
    shown: set[str] = set()
    counted, counting, closing = 0, 0.0, 0.0
    for place in range(BINS):
        batch = list(_mentions(chance, topics, place, per_hour))
        began = time.process_time()
        detector.expect(batch)
        for scored in batch:
            detector.count(scored)
        between = time.process_time()
        _close(detector, place)
        ended = time.process_time()
        counted, counting, closing = (
            counted + len(batch),
            counting + between - began,
            closing + ended - between,
        )
        shown |= {each.id for each in detector.narratives()[0]}
    state = detector.dump()
    quiet = 1e6 * _quiet(detector)
    return DetectionCost(
        per_hour,
        len(shown),
        round(1e6 * counting / counted, 1),
        round(1e6 * closing / BINS, 1),
        int(BIN_SECONDS * BINS / (counting + closing)),
        round(quiet, 1),
        round(quiet / (1 + len(shown)), 1),
        round(len(state) / 1e3, 1),
        _restored(state, detector),
    )


def _close(detector: Detector, place: int) -> list[Signal]:
    """Close the bin at `place`, some minutes after its end, when the watermark has passed it."""
    return detector.advance(_START + (place + 3) * _BIN, 1.0, 3)


def _quiet(detector: Detector) -> float:
    """Return the median seconds of a bin in which nothing is said."""
    took = []
    for place in range(BINS, BINS + QUIET_BINS):
        began = time.process_time()
        _close(detector, place)
        took.append(time.process_time() - began)
    return median(took)


def _restored(state: bytes, detector: Detector) -> bool:
    """Tell whether `state`, after the silence that `detector` went through, is what that one became."""
    again = open_detector("Bench")
    again.load(state)
    for place in range(BINS, BINS + QUIET_BINS):
        _close(again, place)
    again.narratives()
    detector.narratives()
    return again.dump() == detector.dump()


def _mentions(
    chance: Generator, topics: NDArray[np.float64], place: int, per_hour: float
) -> Iterator[Scored]:
    """Yield the mentions of the bin at `place`, in the order of their time."""
    for at in sorted(chance.uniform(0.0, BIN_SECONDS, chance.poisson(per_hour / 12.0)).tolist()):
        topic = int(chance.integers(TOPICS))
        when = _START + place * _BIN + timedelta(seconds=at)
        vector = units(topics[topic] + _SPREAD * units(chance.normal(size=DIMENSIONS)))
        negative = float(chance.beta(1.0, 2.0))
        score = Score(
            negative,
            (1.0 - negative) / 2.0,
            (1.0 - negative) / 2.0,
            chance.bytes(BYTES),
            embedding=pack_vector(vector.astype(np.float32)),
        )
        yield Scored(
            Mention(
                f"bench-{chance.integers(3)}",
                f"{place}-{at:.6f}",
                f"topic{topic} matters {place}",
                when,
                when,
                author=f"author {chance.integers(_AUTHORS)}",
            ),
            score,
        )
