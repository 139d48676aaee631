"""What all brands of a workspace hear together: one tally that each of them reads without itself.

Every mention is counted once, whatever the number of brands, so that a mention costs no more with a hundred
brands than with ten. Brands fall into groups by a hash of their name, and a brand is compared with the other
groups, without what names it as well. The lower median over groups (`models.control`) lets the storm of one
brand, or of three, excuse nobody, while brands too quiet to be compared with say something together.

Order of arrival changes nothing. What is not held is read from what is stored.
"""

from collections.abc import Callable, Iterable, Iterator

from core.records import Tallied, from_parts
from models.beside import NEIGHBOURS, Beside, Heard, usual_day
from models.bins import short_hash

GROUPS = NEIGHBOURS + 1
"""So that a brand is compared with as many groups as with single neighbours."""
_HOUR, _DAY = 3600, 86_400
KEPT = 4 * _DAY
"""Seconds kept: a late mention changes bins of 50 hours, which are compared with 38 hours before them."""

Read = Callable[[int, int | None], Iterable[Tallied]]
"""Gives what is stored of the bins from the one that starts at the first number up to the second one."""


def group(brand: str) -> int:
    """Return the brand's group; it follows from the name alone, whatever other brands there are."""
    return short_hash(brand) % GROUPS


class Platform:
    """Sums of all brands in bins of 5 minutes, by group."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._groups = Beside()
        self._apart: dict[str, Beside] = {}
        """What is counted in another group than the brand's own, and names the brand as well."""
        self._from: int | None = None
        """First bin that is held; None before anything is."""
        self._newest = 0
        self._changes: dict[int, int] = {}
        """Bin to the number of its last change, in the order of these."""
        self.changed = 0
        """Number of the last change."""

    def add(self, each: Tallied) -> None:
        """Count what has just come and is not stored yet."""
        if self._from is None:
            self.reach(each.start - KEPT)
        if self._from is None or each.start < self._from:
            return
        self._count(each)
        self._newest = max(self._newest, each.start)
        self.changed += 1
        self._changes.pop(each.start, None)
        self._changes[each.start] = self.changed

    def reach(self, first: int) -> None:
        """Read what is stored of the bins from `first` on, as far as they are not held."""
        if self._from is not None and first >= self._from:
            return
        since = first // _DAY * _DAY
        for each in self._read(since, self._from):
            self._count(each)
        self._from = since

    def _count(self, each: Tallied) -> None:
        home = group(each.brands[0])
        sums = from_parts(each.mentions), from_parts(each.negatives)
        self._groups.add_sums(str(home), each.start, sums)
        for brand in each.brands[1:]:
            if group(brand) != home:
                self._apart.setdefault(brand, Beside()).add_sums(str(home), each.start, sums)

    def heard(self, brand: str, last: int) -> list[Heard]:
        """Return the groups without `brand`, and without what names it, in the hour that ends with `last`."""
        self.reach(usual_day(last).start)
        others = [str(each) for each in range(GROUPS) if each != group(brand)]
        apart = self._apart.get(brand)
        found = [self._groups.heard(name, last) for name in others]
        return found if apart is None else [_without(each, apart.heard(each.name, last)) for each in found]

    def changed_since(self, number: int) -> Iterator[int]:
        """Yield the bins that have changed after the change `number`."""
        for start in reversed(self._changes):
            if self._changes[start] <= number:
                return
            yield start

    def drop(self) -> None:
        """Forget what is too old to matter; everything that was added must be stored by now."""
        before = self._newest - KEPT
        if self._from is None or before < self._from + _HOUR:
            return
        self._from = before // _HOUR * _HOUR
        for held in (self._groups, *self._apart.values()):
            held.drop(self._from)
        self._apart = {brand: held for brand, held in self._apart.items() if held.bins}
        self._changes = {start: number for start, number in self._changes.items() if start >= self._from}


class Rest:
    """The platform without one brand."""

    def __init__(self, platform: Platform, brand: str) -> None:
        self._platform, self._brand = platform, brand
        self._known = platform.changed

    def heard(self, last: int) -> list[Heard]:
        """Return what the rest did in the hour that ends with the bin at `last`, and in its usual day."""
        return self._platform.heard(self._brand, last)

    def news(self) -> Iterator[int]:
        """Yield the bins that have changed since the last call."""
        known, self._known = self._known, self._platform.changed
        return self._platform.changed_since(known)


def _without(each: Heard, less: Heard) -> Heard:
    day = each.day[0] - less.day[0], each.day[1] - less.day[1]
    hour = each.hour[0] - less.hour[0], each.hour[1] - less.hour[1]
    return Heard(each.name, hour, day, each.known and day[0] > 0.0)
