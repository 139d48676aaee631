"""From evidence to a stage that people can rely on: up on two bins in a row, down after three hours."""

from core.records import Stage

CALM, SMOULDERING, SPREADING, FIRESTORM = range(4)
_STAGES = (Stage.CALM, Stage.SMOULDERING, Stage.SPREADING, Stage.FIRESTORM)
_UP_BINS = 2
_DOWN_BINS = 36
"""Three hours below a stage before it is left."""
_COOLING_BINS = 24
"""Two hours of falling before a storm is called cooling."""
_NEW_NORMAL_BINS = 864
"""After 72 hours the baseline accepts what a storm has made usual."""
_STORM_SPEED = 0.1
_SETTLED_BINS = 36
"""Three hours without evidence after a storm: only then its bins are everyday ones again."""


class Stages:
    """The state machine of one brand."""

    __slots__ = ("_below", "_falling", "_storm_bins", "_streaks", "_unsettled", "blind", "cooling", "rank")

    def __init__(self) -> None:
        self.rank = CALM
        self.cooling = False
        self.blind = False
        self._streaks = [0] * 4
        self._below = 0
        self._falling = 0
        self._storm_bins = 0
        self._unsettled = 0

    @property
    def stage(self) -> Stage:
        """The stage as people see it; blindness hides what is remembered."""
        if self.blind:
            return Stage.UNKNOWN
        return Stage.COOLING if self.cooling else _STAGES[self.rank]

    @property
    def speed(self) -> float:
        """How fast baselines learn: a tenth until a storm has settled, fully again after 72 hours."""
        return _STORM_SPEED if self.excluded else 1.0

    @property
    def storm(self) -> bool:
        """True from spreading on, also while cooling."""
        return self.rank >= SPREADING

    @property
    def excluded(self) -> bool:
        """True while bins don't belong to the calm reference: a storm, and what it leaves behind.

        Sums of evidence outlive a storm by half a day. As part of the reference they would be usual from then
        on, and the next storm would have to be larger than the last one.
        """
        return (self.storm or self._unsettled > 0) and self._storm_bins < _NEW_NORMAL_BINS

    def settle(self, unusual: bool) -> None:
        """Take in whether the evidence that piled up is still more than that of one calm bin in a hundred."""
        if self.storm or (unusual and self._unsettled):
            self._unsettled = _SETTLED_BINS
        else:
            self._unsettled = max(0, self._unsettled - 1)

    def close_blind(self) -> None:
        """A bin that could not be seen: everything stands still."""
        self.blind = True

    def close_quiet(self, target: int = CALM) -> None:
        """A bin in which nothing rises: the short way of `close(CALM, falling=False)` when calm.

        `target` is `SMOULDERING` where what is said is unusual all the same.
        """
        if self.rank == CALM == target:
            self.blind = False
            self._streaks = [0] * 4
            self._below = self._falling = 0
        else:
            self.close(target, falling=True)

    def close(self, target: int, falling: bool) -> None:
        """Take in a bin: the rank its evidence supports, and whether the excess is shrinking."""
        self.blind = False
        self._streaks = [streak + 1 if target >= rank else 0 for rank, streak in enumerate(self._streaks)]
        supported = max(rank for rank in range(4) if rank == CALM or self._streaks[rank] >= _UP_BINS)
        self._falling = self._falling + 1 if falling else 0
        if supported > self.rank:
            self.rank, self._below, self.cooling = supported, 0, False
        else:
            self._maybe_fall(target, supported)
        self._cool(supported)
        self._storm_bins = self._storm_bins + 1 if self.storm or self._unsettled else 0

    def _maybe_fall(self, target: int, supported: int) -> None:
        self._below = 0 if target >= self.rank else self._below + 1
        if self._below >= _DOWN_BINS:
            self.rank, self._below = supported, 0

    def _cool(self, supported: int) -> None:
        if not self.storm:
            self.cooling = False
        elif self._falling >= _COOLING_BINS:
            self.cooling = True
        elif self._falling == 0 and supported >= SPREADING:
            self.cooling = False

    def rest(self) -> None:
        """Return to calm: history never alarms."""
        self.restore((0.0,) * 11)

    def state(self) -> tuple[float, ...]:
        """Return everything that changes."""
        flags = (float(self.cooling), float(self.blind))
        counts = (self._below, self._falling, self._storm_bins, self._unsettled)
        return (float(self.rank), *flags, *map(float, self._streaks), *map(float, counts))

    def restore(self, state: tuple[float, ...]) -> None:
        """Take back what `state` gave."""
        self.rank, self.cooling, self.blind = int(state[0]), bool(state[1]), bool(state[2])
        self._streaks = [int(value) for value in state[3:7]]
        self._below, self._falling, self._storm_bins, self._unsettled = (int(value) for value in state[7:])
