"""What a brand's negatives are about: sums of their codes (`models.topics`), hour by hour.

Whole numbers by event time, so that order of arrival changes nothing and a late reading can be undone.
Hours are enough where the bins of 5 minutes beside them say who and where: topics are judged at the end of
an hour, over many hours, and a hundred sums by the hour take a tenth of the room of those by bins.
"""

from array import array
from collections.abc import Callable
from operator import add, sub

from core.records import BIN_SECONDS, Score
from models.bins import NEGATIVE
from models.topics import DIRECTIONS, FIRST, Code, code

HOUR = 3600
REACH_HOURS = 48
"""The longest stretch that is judged at once."""
REACH_BINS = REACH_HOURS * HOUR // BIN_SECONDS
NOTHING: Code = (0,) * (FIRST + DIRECTIONS)
_WIDTH = 1 + len(NOTHING)


class TopicHours:
    """Sums over the negatives of one brand by clock hour, copies left out: how many, and their codes."""

    def __init__(self) -> None:
        self._hours: dict[int, Code] = {}

    def add(self, at: int, score: Score) -> None:
        """Count a mention of event time `at` (seconds since the epoch), if it is negative and has a code.

        What was only skimmed in storm mode has no embedding, hence no code.
        """
        self._count(at, score, add)

    def take(self, at: int, score: Score) -> None:
        """Undo `add`."""
        self._count(at, score, sub)

    def _count(self, at: int, score: Score, change: Callable[[int, int], int]) -> None:
        told = code(score.embedding) if score.negative > NEGATIVE else None
        if told is not None:
            start = at // HOUR * HOUR
            self._hours[start] = tuple(map(change, self.hour(start), told))

    def hour(self, start: int) -> Code:
        """Return the sums of the hour that starts at `start`."""
        return self._hours.get(start, NOTHING)

    def recent(self, end: int, enough: int) -> tuple[int, Code]:
        """Return when the last hours before `end` began, and their sums.

        As many hours as hold `enough` negatives, at most `REACH_HOURS`.
        """
        found, start = NOTHING, end
        while found[0] < enough and start > end - REACH_HOURS * HOUR:
            start -= HOUR
            if start in self._hours:
                found = _sum(found, self._hours[start])
        return start, found

    def drop(self, before: int) -> None:
        """Forget the hours that ended at or before `before`."""
        self._hours = {start: sums for start, sums in self._hours.items() if start + HOUR > before}

    def dump(self) -> bytes:
        """Return everything: of each hour its start and its sums, column by column, as `pack_states` does."""
        rows = [(start, *sums) for start, sums in sorted(self._hours.items()) if sums[0]]
        return array("q", [value for column in zip(*rows, strict=True) for value in column]).tobytes()

    def load(self, blob: bytes) -> None:
        """Restore what `dump` gave."""
        values = array("q", blob).tolist()
        count = len(values) // _WIDTH
        rows = (values[place::count] for place in range(count))
        self._hours = {start: tuple(sums) for start, *sums in rows}


def _sum(one: Code, other: Code) -> Code:
    return tuple(map(add, one, other))
