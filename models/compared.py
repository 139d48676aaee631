"""Which closed bins hang on what neighbours did: only these change with a late mention of a neighbour."""

from array import array
from bisect import bisect_left

from core.records import BIN_SECONDS
from models.beside import REACH_BINS

_REACH = REACH_BINS * BIN_SECONDS


class Compared:
    """Starts of the closed bins of the ring that were not quiet, in order."""

    def __init__(self) -> None:
        self._starts: list[int] = []

    def note(self, start: int) -> None:
        """Remember the bin that has just been closed."""
        self._starts.append(start)

    def since(self, start: int) -> int | None:
        """Return the first bin whose verdict hangs on what neighbours did in the bin at `start`."""
        place = bisect_left(self._starts, start)
        if place == len(self._starts) or self._starts[place] >= start + _REACH:
            return None
        return self._starts[place]

    def forget_from(self, start: int) -> None:
        """Forget the bins from `start` on: they are scored again."""
        del self._starts[bisect_left(self._starts, start) :]

    def drop(self, before: int) -> None:
        """Forget bins that nothing changes any more."""
        del self._starts[: bisect_left(self._starts, before)]

    def dump(self) -> bytes:
        """Return everything that changes."""
        return array("q", self._starts).tobytes()

    def load(self, blob: bytes) -> None:
        """Restore what `dump` gave."""
        self._starts = array("q", blob).tolist()
