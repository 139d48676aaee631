"""What other brands hear beside this one: the control that tells a storm of one's own from everybody's.

Sums by event time and nothing learned, so that order of arrival changes nothing and a stretch can be
judged again. A mention that counts for the brand itself is never in them: a storm that compares the brand
with a rival must not look like a storm of the rival.
"""

from array import array
from dataclasses import dataclass

from core.records import BIN_SECONDS
from models.bins import BINS_AN_HOUR, quantum

NEIGHBOURS = 8
"""Brands that one is compared with at most: bounds what is kept of 86 hours to 200 kB, uncompressed."""
_HOUR, _HALF_DAY, _DAY = 3600, 43_200, 86_400
"""What is usual is a whole day, and the half day before the hour is left out: a rise that lasts must not be
measured against itself."""
REACH_BINS = (_DAY + _HALF_DAY + 2 * _HOUR) // BIN_SECONDS
"""How long a mention is looked at."""
Sums = tuple[float, float]
"""Independent mentions and independent negatives."""
_NOTHING = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Heard:
    """One neighbour in an hour and in a day that ended half a day before it."""

    name: str
    hour: Sums
    day: Sums
    known: bool
    """True when something of it was heard in the first half of that day: else nobody knows its usual."""


class Beside:
    """Sums of the neighbours in bins of 5 minutes."""

    def __init__(self) -> None:
        self.bins: dict[str, dict[int, Sums]] = {}
        self._hours: dict[str, dict[int, Sums]] = {}
        """The same by clock hours, from which a day is added up sooner."""

    def add(self, name: str, start: int, weight: float, negative: float) -> None:
        """Count a mention of the brand `name` in the bin that starts at `start`."""
        counted = (quantum(weight), quantum(weight * negative))
        _add(self.bins.setdefault(name, {}), start, counted)
        _add(self._hours.setdefault(name, {}), start // _HOUR * _HOUR, counted)

    def drop(self, before: int) -> None:
        """Forget bins that started before `before`."""
        for held in (self.bins, self._hours):
            for name in list(held):
                held[name] = {start: sums for start, sums in held[name].items() if start >= before}
                if not held[name]:
                    del held[name]

    def heard(self, name: str, last: int) -> Heard:
        """Return a neighbour in the hour that ends with the bin at `last`, and in its usual day."""
        hour = range(last - (BINS_AN_HOUR - 1) * BIN_SECONDS, last + 1, BIN_SECONDS)
        day = usual_day(last)
        hours = self._hours.get(name, {})
        return Heard(
            name,
            _total(self.bins.get(name, {}), hour),
            _total(hours, range(day.start, day.stop, _HOUR)),
            any(start in hours for start in range(day.start, day.start + _HALF_DAY, _HOUR)),
        )

    def dump(self) -> tuple[list[tuple[str, int]], bytes]:
        """Return the names with the number of their bins, and the bins: start, mentions, negatives."""
        names = sorted(self.bins)
        rows = [(start, *sums) for name in names for start, sums in sorted(self.bins[name].items())]
        blob = array("d", [float(value) for row in rows for value in row]).tobytes()
        return [(name, len(self.bins[name])) for name in names], blob

    def load(self, names: list[tuple[str, int]], blob: bytes) -> None:
        """Restore what `dump` gave."""
        values = iter(array("d", blob))
        self.bins = {
            name: {int(next(values)): (next(values), next(values)) for _ in range(count)}
            for name, count in names
        }
        self._hours = {name: {} for name in self.bins}
        for name, held in self.bins.items():
            for start, sums in held.items():
                _add(self._hours[name], start // _HOUR * _HOUR, sums)


def usual_day(last: int) -> range:
    """Return the bins of the 24 clock hours that tell what is usual for the hour that ends with `last`."""
    end = (last - (BINS_AN_HOUR - 1) * BIN_SECONDS - _HALF_DAY) // _HOUR * _HOUR
    return range(end - _DAY, end, BIN_SECONDS)


def _add(held: dict[int, Sums], start: int, counted: Sums) -> None:
    mentions, negatives = held.get(start, _NOTHING)
    held[start] = (mentions + counted[0], negatives + counted[1])


def _total(held: dict[int, Sums], starts: range) -> Sums:
    found = [held[start] for start in starts if start in held]
    return sum(mentions for mentions, _ in found), sum(negatives for _, negatives in found)
