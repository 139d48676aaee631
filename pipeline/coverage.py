"""How much of a brand's stream can be seen right now, and which sources are blind.

Exposure is the share of the usual stream whose sources answer, `docs/design/detection.md`.
A source counts for as much as it usually brings; one that never brought
anything counts like the least of the others, so that a new source cannot hide. One that lacks its
keys never watched, so it does not count at all.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import from_seconds
from core.records import BIN_SECONDS, Rollup, SignalPoint, SourceState, SourceStatus

FORGET_PER_DAY = 0.95
"""Weight that yesterday's share keeps: a half-life of 14 days."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be observed of one brand."""

    exposure: float = 1.0
    observable: int = 1
    """How many sources could show something."""
    blind: tuple[str, ...] = ()
    """Names of the sources that cannot be seen, with their time: `Reddit blind since 14:05`."""
    planned: tuple[float, str] | None = None
    """Factor and name of what was planned, as recorded; None asks the brand's plan."""


FULL = Seen()
"""An archive is complete: nothing is hidden."""
BLIND = Seen(exposure=0.0, observable=0)
"""While nothing runs, nothing is seen."""


class Recorded:
    """What could be seen of a brand when its bins closed the first time, from its stored points.

    A bin at which it changed is always stored; the bins up to the next stored one saw the same, and those
    before the first one saw as that one did. `otherwise` stands where nothing was recorded.
    """

    def __init__(self, points: Iterable[SignalPoint], otherwise: Seen) -> None:
        self._points = deque(points)
        self._otherwise = otherwise
        self._last: Seen | None = None

    def until(self, at: datetime) -> Iterator[tuple[datetime, Seen]]:
        """Yield ends of spans and what could be seen in each, in order; the last one ends at `at`."""
        while self._points and self._points[0].at <= at:
            point = self._points.popleft()
            if self._last is not None and point.observable is not None:
                yield point.at - timedelta(seconds=BIN_SECONDS), self._last
            seen = self._seen(point)
            yield point.at, seen
            self._last = None if point.observable is None else seen
        yield at, self._last or (self._seen(self._points[0]) if self._points else self._otherwise)

    def end(self, at: datetime) -> datetime:
        """Return `at`, or the end of the last stored bin where that is later."""
        return max(at, self._points[-1].at) if self._points else at

    def _seen(self, point: SignalPoint) -> Seen:
        """Former versions stored neither number nor changes: bins before their points saw as they did."""
        observable = self._otherwise.observable if point.observable is None else point.observable
        return Seen(point.coverage, observable, planned=(point.planned, point.event))


class Coverage:
    """Keeps each brand's usual mix of sources and weighs their heartbeats with it."""

    def __init__(self) -> None:
        self._usual: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._asked: tuple[SourceState, ...] = ()
        self._aged_at: datetime | None = None

    def recall(self, sums: Iterable[Rollup], now: datetime) -> None:
        """Take the usual mix from stored sums, as if all of it had been noted; what was noted is dropped.

        A restart would else forget which source brings most, and call a brand seen that lost it.
        """
        self._usual.clear()
        self._aged_at = now
        for each in sums:
            days = max(0.0, (now - from_seconds(each.minute)) / timedelta(days=1))
            self._usual[each.brand][each.source] += each.mentions * FORGET_PER_DAY**days

    def note(self, brand: str, source: str, mentions: float, now: datetime) -> None:
        """Count mentions towards the brand's usual mix; old ones are slowly forgotten."""
        self._age(now)
        self._usual[brand][source] += mentions

    def update(self, sources: Iterable[SourceState]) -> None:
        """Take the newest heartbeats."""
        self._asked = tuple(source for source in sources if source.status is not SourceStatus.STARTING)

    @property
    def answered(self) -> bool:
        """True once any source has answered or failed; before that nothing can be said of coverage."""
        return bool(self._asked)

    def seen(self, brand: str, now: datetime) -> Seen:
        """Return what of `brand` can be observed at `now`; a source that is only starting is left out."""
        asked = [source for source in self._asked if source.configured]
        if not asked:
            return Seen(exposure=0.0, observable=0, blind=tuple(map(_since, self._asked)))
        usual = self._usual[brand]
        floor = min((count for count in usual.values() if count > 0), default=1.0)
        weights = {source.name: max(floor, usual[source.name]) for source in asked}
        up = [source for source in asked if not source.blind(now)]
        exposure = sum(weights[source.name] * source.completeness for source in up) / sum(weights.values())
        blind = tuple(_since(source) for source in asked if source.blind(now))
        return Seen(min(1.0, exposure), len(up), blind)

    def _age(self, now: datetime) -> None:
        if self._aged_at is None:
            self._aged_at = now
        days = (now - self._aged_at).total_seconds() / 86_400
        if days < 1.0:
            return
        self._aged_at = now
        for mix in self._usual.values():
            for source in mix:
                mix[source] *= FORGET_PER_DAY**days


def _since(source: SourceState) -> str:
    if source.heartbeat_at is None:
        return f"{source.name} {'stopped' if source.status is SourceStatus.STOPPED else 'not seen yet'}"
    return f"{source.name} blind since {source.heartbeat_at:%H:%M}"
