"""When storm mode begins and ends, and how much of what comes the encoder may read in it."""

ENTER = 2.0
"""Seconds of the encoder's work that may wait: a page has 5 s, a look comes every second, and what was read
from the log before is finished first."""
LEAVE = 0.5
"""Seconds of its work that may wait at most where storm mode ends,"""
LIGHT = 0.7
"""and the share of the encoder's time that reading all that comes would take,"""
CALM = 10
"""for so many seconds without a break."""
SHARE = 0.4
"""Part of the time in which the encoder reads: the other steps need the rest of the machine."""
COMFORT = 0.5
"""Seconds of arrivals that may wait before less is read."""
LEAST = 1 / 64
"""Share that is always read: without a sample nobody knows how wrong the fast path is."""
COST = 0.003
"""Seconds that a full reading takes, until it was measured here."""
MANY = 64
"""Texts that are read together at full speed."""
_SMOOTH = 0.2


class Switch:
    """Watches what waits; times are seconds of any steady clock."""

    def __init__(self) -> None:
        self.on = False
        self.cost = COST
        """Seconds that a full reading takes among many others."""
        self._alone = COST
        """The same in storm mode, among few."""
        self._rate = 1.0 / COST
        """Mentions that pass in a second."""
        self._waiting = 0
        self._second = 0.0
        self._passed = 0
        self._calm = 0

    def read(self, texts: int, seconds: float) -> None:
        """Take note of how long so many full readings took; one that comes alone says little of a backlog."""
        if texts:
            self.cost += min(_SMOOTH, _SMOOTH * texts / MANY) * (seconds / texts - self.cost)

    def sampled(self, texts: int, seconds: float) -> None:
        """Take note of how long the readings of a sample took."""
        if texts:
            self._alone += _SMOOTH * (seconds / texts - self._alone)

    def observe(self, waiting: int, passed: int, now: float) -> None:
        """Switch by how many mentions wait, of which `passed` have been taken since the last look."""
        self._waiting = waiting
        self._passed += passed
        if now - self._second >= 1.0:
            self._tell(self._passed / (now - self._second))
            self._second, self._passed = now, 0
        if not self.on and waiting * self.cost > ENTER:
            self.on, self._calm, self._rate, self._alone = True, 0, 1.0 / self.cost, self.cost
        elif self.on and self._calm >= CALM:
            self.on = False

    def _tell(self, rate: float) -> None:
        self._rate += _SMOOTH * (rate - self._rate)
        light = rate * self.cost < LIGHT and self._waiting * self.cost < LEAVE
        self._calm = self._calm + 1 if light else 0

    def share(self) -> float:
        """Return the share of the new texts that the encoder can read in storm mode."""
        room = SHARE / (self._rate * self._alone)
        return max(LEAST, min(1.0, room) * min(1.0, COMFORT * self._rate / max(1, self._waiting)))
