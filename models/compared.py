"""Which closed bins hang on what others did: only these change with a late mention of one of them."""

from array import array
from bisect import bisect_left

from core.records import BIN_SECONDS
from models.beside import REACH_BINS
from models.judged import Verdict
from models.platform import Rest

_REACH = REACH_BINS * BIN_SECONDS


class Compared:
    """The closed bins of the ring that were compared with neighbours, and those with the platform."""

    def __init__(self, rest: Rest | None = None) -> None:
        self._rest = rest
        self._beside, self._asked = _Starts(), _Starts()

    def note(self, start: int, verdict: Verdict) -> None:
        """Remember the bin that has just been closed, if it was compared."""
        if verdict.control is not None and verdict.control.neighbours.names:
            self._beside.note(start)
        if verdict.asked:
            self._asked.note(start)

    def since(self, start: int) -> int | None:
        """Return the first bin whose verdict hangs on what neighbours did in the bin at `start`."""
        return self._beside.since(start)

    @property
    def asked(self) -> bool:
        """True when there are bins that were compared with the platform."""
        return bool(self._asked.starts)

    def asked_after(self, start: int) -> int | None:
        """Return the first bin from the one at `start` on that was compared with the platform."""
        return self._asked.after(start)

    def news(self) -> int | None:
        """Return the first bin whose verdict hangs on what the platform has said since the last call."""
        changed = () if self._rest is None else self._rest.news()
        judged = (self._asked.since(start) for start in (changed if self.asked else ()))
        return min((start for start in judged if start is not None), default=None)

    def forget_from(self, start: int) -> None:
        """Forget the bins from `start` on: they are scored again."""
        for each in (self._beside, self._asked):
            each.forget_from(start)

    def drop(self, before: int) -> None:
        """Forget bins that nothing changes any more."""
        for each in (self._beside, self._asked):
            each.drop(before)

    def dump(self) -> dict[str, bytes]:
        """Return everything that changes."""
        return {"compared": self._beside.dump(), "asked": self._asked.dump()}

    def load(self, blobs: dict[str, bytes]) -> None:
        """Restore what `dump` gave."""
        self._beside.load(blobs["compared"])
        self._asked.load(blobs["asked"])


class _Starts:
    """Starts of bins, in order."""

    def __init__(self) -> None:
        self.starts: list[int] = []

    def note(self, start: int) -> None:
        self.starts.append(start)

    def since(self, start: int) -> int | None:
        """Return the first bin that is compared with the one at `start`."""
        found = self.after(start)
        return None if found is None or found >= start + _REACH else found

    def after(self, start: int) -> int | None:
        place = bisect_left(self.starts, start)
        return self.starts[place] if place < len(self.starts) else None

    def forget_from(self, start: int) -> None:
        del self.starts[bisect_left(self.starts, start) :]

    def drop(self, before: int) -> None:
        del self.starts[: bisect_left(self.starts, before)]

    def dump(self) -> bytes:
        return array("q", self.starts).tobytes()

    def load(self, blob: bytes) -> None:
        self.starts = array("q", blob).tolist()
