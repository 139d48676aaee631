"""Follows the live narratives of one brand from bin to bin; silent ones sleep and cost nothing."""

from collections import deque

from core.records import BIN_SECONDS
from models.evidence import BLIND, Evidence
from models.narrative_live import Live
from models.narrative_rise import KEEP, NOVELTY_BINS, Birth, Judge, Sums, Usual
from models.windows import HOUR_BINS

LATE_BINS = 36
"""A mention up to three hours late changes the growth of its narrative; a later one only its counts."""
_HOUR = HOUR_BINS * BIN_SECONDS


class Follow:
    """Closes bins for those narratives in which something happens."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.recent: deque[Usual] = deque()
        """The closed bins that a late mention may still change, from the beginning of an hour on."""
        self.closed = 0
        """How many bins were closed, and seen, since the brand's first narrative."""
        self.decayed = 0.0
        """Sum of the brand's expected negatives since its first narrative, with half-life."""
        self.since: int | None = None
        """Start of the bin of the brand's first narrative; None before it."""
        self.edge: int | None = None
        """End of the last closed bin."""
        self.awake: dict[int, Live] = {}
        self.late = False
        """True while any of them has to be scored again."""

    @property
    def newest(self) -> Usual | None:
        """What was usual in the last closed bin."""
        return self.recent[-1] if self.recent else None

    @property
    def learning(self) -> bool:
        """True while too little was followed to say what of it is usual."""
        return self.closed < NOVELTY_BINS

    def track(self, live: Live, start: int, counted: Sums) -> None:
        """Count a mention in the bin that starts at `start`."""
        closed = self.edge is not None and start < self.edge
        if closed and not self._reached(start):
            return
        if self.since is None:
            self.since = start
        if live.tracked.birth is None:
            live.tracked.birth = Birth(start if self.edge is None else self.edge, self.decayed)
        self.wake(live)
        live.tracked.add(start, counted, closed)
        self.late |= closed

    def _reached(self, start: int) -> bool:
        """True for a closed bin that may still be scored again."""
        return start >= max(self.recent[0].start, self._oldest) if self.recent else False

    @property
    def _oldest(self) -> int:
        return (self.edge or 0) - LATE_BINS * BIN_SECONDS

    def wake(self, live: Live) -> None:
        """Follow a narrative again."""
        live.tracked.wake(self.closed, self.recent)
        self.awake[live.serial] = live

    def forget(self, live: Live) -> None:
        """Stop following."""
        self.awake.pop(live.serial, None)

    def absorb(self, into: Live, other: Live) -> None:
        """Follow one narrative in the place of two."""
        self.wake(into)
        self.wake(other)
        self.forget(other)
        into.absorb(other)
        self.late = True

    def split(self, live: Live, part: Live) -> None:
        """Follow two narratives in the place of one; each is usual as far as it has voices."""
        self.wake(live)
        live.tracked.part_with(part.tracked, part.voices / (part.voices + live.voices), self.closed)
        self.wake(part)
        self.late = True

    def close(self, start: int) -> None:
        """Close the next bin of the brand; of one that was closed before the brand's size is taken anew."""
        if self.edge is not None and start < self.edge:
            self._correct(start)
            return
        self.edge = start + BIN_SECONDS
        usual = self._usual(start)
        self.recent.append(usual)
        judge = self._judge()
        for live in self.awake.values():
            if live.tracked.touched is not None:
                live.tracked.catch_up(self.recent, judge)
                live.changed = True
            else:
                live.changed |= live.tracked.close(usual, judge)
        if self.edge % _HOUR == 0:
            self._forget_hour()

    def _correct(self, start: int) -> None:
        """Note what late mentions made of the brand in a bin; what it had led to expect stays."""
        place = (start - self.recent[0].start) // BIN_SECONDS if self.recent else -1
        if place >= 0:
            heard, burning = self._evidence.seen.hour_negative, self._evidence.stages.storm
            self.recent[place] = self.recent[place]._replace(heard=heard, burning=burning)

    def _forget_hour(self) -> None:
        """Forget the hour that no late mention reaches any more, and let those sleep that fell silent."""
        while self.recent[0].start < self._oldest:
            self.recent.popleft()
        for live in list(self.awake.values()):
            live.tracked.forget(self.recent[0].start)
            if live.tracked.doze(self.closed):
                self.forget(live)

    def catch_up(self) -> None:
        """Score again what late mentions touched."""
        if not self.late:
            return
        self.late, judge = False, self._judge()
        for live in self.awake.values():
            if live.tracked.touched is not None:
                live.tracked.catch_up(self.recent, judge)
                live.changed = True

    def _usual(self, start: int) -> Usual:
        """Return what is usual in the bin that the brand has just closed, and count it."""
        evidence = self._evidence
        seen = evidence.exposure >= BLIND
        expected = evidence.seen.expected_negative if seen else 0.0
        if self.since is not None:  # what was said in the history before it, nobody knows
            self.decayed = KEEP * self.decayed + expected
            self.closed += seen
        level, heard, burning = evidence.baseline.negative, evidence.seen.hour_negative, evidence.stages.storm
        return Usual(start, expected, level.rate, level.kappa, self.decayed, seen, heard, burning)

    def _judge(self) -> Judge:
        crowd = sum(not live.tracked.now.still for live in self.awake.values())
        return Judge(self._evidence, self._evidence.usual_hour_negative(), max(1, crowd))
