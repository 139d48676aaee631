"""One narrative under detection: its bins, where it stands, and where it stood each hour before."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.records import BIN_SECONDS, Growth, Stage
from models.bins import quantum
from models.narrative_rise import KEEP, UNBORN, Birth, Judge, Rise, State, Sums, Usual, hour_of
from models.windows import HOUR_BINS

_HOUR = HOUR_BINS * BIN_SECONDS


class Held(NamedTuple):
    """Where a narrative stood before a bin."""

    start: int
    resting: bool
    state: State


class Tracked:
    """A late mention goes back to the hour before it; what is silent sleeps.

    While it is awake, `held` begins with the oldest bin that the brand can still score again.
    """

    __slots__ = ("asleep_at", "bins", "birth", "held", "now", "touched")

    def __init__(self) -> None:
        self.bins: dict[int, Sums] = {}
        self.birth: Birth | None = None
        """None until its first mention enters a bin."""
        self.now = Rise()
        self.held: list[Held] = []
        self.touched: int | None = None
        """Start of the oldest closed bin that has to be scored again."""
        self.asleep_at: int | None = 0
        """Number of bins that the brand had closed when it fell asleep; None while awake."""

    @property
    def stage(self) -> Stage:
        """Its stage after the last closed bin."""
        return self.now.stages.stage

    @property
    def speed(self) -> Growth | None:
        """Growth of its excess."""
        return self.now.trend.speed

    def add(self, start: int, counted: Sums, closed: bool) -> None:
        """Count mentions in a bin; a `closed` one is scored again at the next `catch_up`."""
        before = self.bins.get(start, Sums())
        self.bins[start] = Sums(*(a + b for a, b in zip(before, counted, strict=True)))
        if closed:
            self._touch(start)

    def _touch(self, start: int) -> None:
        self.touched = start if self.touched is None else min(start, self.touched)

    def wake(self, closed: int, recent: Sequence[Usual]) -> None:
        """Return from sleep, in which only `usual` faded."""
        if self.asleep_at is None:
            return
        rise, asleep_at, self.asleep_at = self.now, self.asleep_at, None
        rise.usual *= KEEP ** (closed - asleep_at)
        before = rise.usual / KEEP ** sum(usual.seen for usual in recent)
        for usual in recent:
            if not self.held or usual.start % _HOUR == 0:
                self.held.append(Held(usual.start, True, (*rise.state()[:-1], before)))
            before *= KEEP**usual.seen

    def close(self, usual: Usual, judge: Judge) -> bool:
        """Take in the next bin; return whether anything but what is expected changed."""
        if not self.held or (usual.start % _HOUR == 0 and usual.start > self.held[-1].start):
            self.held.append(Held(usual.start, self.now.resting, self.now.state()))
        was_still = self.now.still
        self.now.close(self.bins, usual, self.birth or UNBORN, judge)
        return not (was_still and self.now.still)

    def catch_up(self, recent: Iterable[Usual], judge: Judge) -> None:
        """Score again from the oldest bin that was touched."""
        if self.touched is None:
            return
        while len(self.held) > 1 and self.held[-1].start > self.touched:
            self.held.pop()
        held, self.touched = self.held[-1], None
        self.now.restore(held.state)
        for usual in recent:
            if usual.start >= held.start:
                self.close(usual, judge)

    def forget(self, oldest: int) -> None:
        """Drop what is not needed to score the bins from `oldest` on again."""
        self.held = [held for held in self.held if held.start >= oldest]
        first = oldest - _HOUR + BIN_SECONDS
        self.bins = {start: sums for start, sums in self.bins.items() if start >= first}

    def doze(self, closed: int) -> bool:
        """Fall asleep once nothing can change any more; return whether it did."""
        if self.bins or not self.now.resting or not all(held.resting for held in self.held):
            return False
        self.now.trend.rest()
        self.held, self.asleep_at = [], closed
        return True

    def absorb(self, other: "Tracked") -> None:
        """Take over another narrative's negatives; both must be awake."""
        for start, counted in other.bins.items():
            self.add(start, counted, closed=False)
        births = [birth for birth in (self.birth, other.birth) if birth is not None]
        self.birth = min(births, default=None)
        if not self.held:
            self.now.usual += other.now.usual
            return
        first, usual = self.held[0], other.held[0].state[-1]
        self.held = [first._replace(state=(*first.state[:-1], first.state[-1] + usual))]
        self._touch(first.start)

    def part_with(self, part: "Tracked", share: float, closed: int) -> None:
        """Leave a `share` of what is usual to one that splits off and is empty; both are awake from then on.

        Its own bins are scaled too, so that it does not rise by what the other no longer explains.
        """
        part.birth, part.asleep_at, part.now.usual = self.birth, closed, share * self.now.usual
        rest = 1.0 - share
        self.bins = {
            start: Sums(*(quantum(rest * each) for each in counted)) for start, counted in self.bins.items()
        }
        if not self.held:
            self.now.usual *= rest
            return
        first = self.held[0]
        self.held = [first._replace(state=(*first.state[:-1], rest * first.state[-1]))]
        self._touch(first.start)

    def expected(self, usual: Usual | None) -> float:
        """Return the negatives usual in its hour, at the time of a closed bin of the brand."""
        if usual is None:
            return 0.0
        hour = self._negative(usual.start)
        return HOUR_BINS * self.now.expected(usual, self.birth or UNBORN, hour)

    def hour(self, edge: int) -> float:
        """Return the negatives of the last hour, the open bin that starts at `edge` included."""
        return self._negative(edge)

    def _negative(self, start: int) -> float:
        return sum(sums.negative for sums in hour_of(self.bins, start))
