"""Follows the live narratives of one brand from bin to bin; silent ones sleep and cost nothing."""

from collections import deque

from core.records import BIN_SECONDS
from models.evidence import BLIND, Evidence
from models.narrative_live import Live
from models.narrative_rise import KEEP, Birth, Judge, Usual

LATE_BINS = 36
"""A mention up to three hours late changes the growth of its narrative; a later one only its counts."""


class Follow:
    """Closes bins for those narratives in which something happens."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.recent: deque[Usual] = deque()
        """The closed bins that a late mention may still change."""
        self.settled = 0
        """How many closed bins none can change any more."""
        self.decayed = 0.0
        """Sum of the brand's expected negatives since its first narrative, with half-life."""
        self.started = False
        self.edge: int | None = None
        """End of the last closed bin."""
        self.awake: dict[int, Live] = {}

    @property
    def newest(self) -> Usual | None:
        """What was usual in the last closed bin."""
        return self.recent[-1] if self.recent else None

    def track(self, live: Live, start: int, negative: float, original: bool) -> None:
        """Count a mention's negative weight in the bin that starts at `start`."""
        closed = self.edge is not None and start < self.edge
        if closed and (not self.recent or start < self.recent[0].start):
            return
        self.started = True
        if live.tracked.birth is None:
            live.tracked.birth = Birth(start if self.edge is None else self.edge, self.decayed)
        self.wake(live)
        live.tracked.add(start, negative, negative if original else 0.0, closed)

    def wake(self, live: Live) -> None:
        """Follow a narrative again."""
        live.tracked.wake(self.settled)
        self.awake[live.serial] = live

    def forget(self, live: Live) -> None:
        """Stop following."""
        self.awake.pop(live.serial, None)

    def close(self, start: int) -> None:
        """Close the next bin of the brand; one that was closed before is left as it is."""
        if self.edge is not None and start < self.edge:
            return
        usual = self._usual(start)
        settling = self.recent.popleft() if len(self.recent) >= LATE_BINS else None
        self.recent.append(usual)
        self.settled += settling is not None
        self.edge = start + BIN_SECONDS
        judge = self._judge()
        for live in list(self.awake.values()):
            self._close_one(live, usual, settling, judge)

    def _close_one(self, live: Live, usual: Usual, settling: Usual | None, judge: Judge) -> None:
        tracked = live.tracked
        live.changed |= bool(tracked.bins)
        if settling is not None:
            tracked.settle(settling, judge)
        if tracked.touched:
            tracked.catch_up(self.recent, judge)
        else:
            tracked.close(usual, judge)
        if tracked.doze(self.settled):
            self.forget(live)

    def catch_up(self) -> None:
        """Score again what late mentions touched."""
        touched = [live for live in self.awake.values() if live.tracked.touched]
        if touched:
            judge = self._judge()
            for live in touched:
                live.tracked.catch_up(self.recent, judge)
                live.changed = True

    def _usual(self, start: int) -> Usual:
        evidence = self._evidence
        seen = evidence.exposure >= BLIND
        expected = evidence.seen.expected_negative if seen else 0.0
        if self.started:  # what was said in the history before it, nobody knows
            self.decayed = KEEP * self.decayed + expected
        level = evidence.baseline.negative
        return Usual(start, expected, level.rate, level.kappa, self.decayed, seen)

    def _judge(self) -> Judge:
        return Judge(self._evidence, self._evidence.usual_hour_negative(), max(1, len(self.awake)))
