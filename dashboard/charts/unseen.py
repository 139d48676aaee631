"""What a chart must not draw as quiet: blind bins, and time for which the store has nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from core.records import BIN_SECONDS, SignalPoint, Stage
from dashboard.charts.frame import Spec, Time, on_ground


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A stretch for which the store has nothing, because nobody watched."""

    since: datetime
    until: datetime
    words: str


def blind(points: Iterable[SignalPoint], unwatched: Unwatched | None) -> Iterator[tuple[datetime, datetime]]:
    """Yield what was not seen: blind bins, joined where they touch, and the time that nobody watched."""
    width = timedelta(seconds=BIN_SECONDS)
    for unknown, run in groupby(points, key=lambda point: point.stage is Stage.UNKNOWN):
        if unknown:
            bins = list(run)
            yield bins[0].at - width, bins[-1].at
    if unwatched is not None:
        yield unwatched.since, unwatched.until


def unwatched_words(unwatched: Unwatched | None, time: Time, y: int) -> Iterator[Spec]:
    """Say in the hatching why it is there, `y` px from the chart's top.

    The words stand at its right end: long ones reach out of a short stretch.
    """
    if unwatched is not None:
        yield from on_ground(unwatched.words, unwatched.until, "right", y, time)
