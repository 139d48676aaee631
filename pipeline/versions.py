"""The chain of a workspace's model versions: one learns in shadow, one is in use, the others were."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.clock import from_seconds
from core.errors import Permanent
from core.ports import Store
from core.records import BIN_SECONDS, ModelState, ModelVersion, Probabilities
from models.adaptation import Adaptation
from models.label_shift import EQUAL
from models.learned import Learned
from models.learner import Learner
from models.score import InUse

UPGRADE = "Firetower's upgrade"
ITSELF = "Firetower"
"""Who promotes when nobody asked."""


class Versions:
    """What is kept of each version, and the moves between their states.

    A version that stands on another shipped model is retired: its weights would shift other numbers.
    """

    def __init__(self, store: Store, base: str, dimensions: int, now: datetime) -> None:
        self._store, self._base, self._dimensions = store, base, dimensions
        every = store.versions()
        self._next = max((version.number for version in every), default=0) + 1
        self._known = {version.number: version for version in every if version.base == base}
        self._used = {version.number for version in self._known.values() if self.learned(version).used}
        self._retire([version for version in every if version.base != base], now, UPGRADE)
        self._heal(now)

    def _heal(self, now: datetime) -> None:
        """Finish a change of versions that a crash cut in two: the newer one is in use, or learns."""
        others = [one for one in self._in(ModelState.PROMOTED) if one is not self.promoted]
        self._retire(others, self.promoted.changed_at or now if self.promoted else now, "")
        self._retire([one for one in self._in(ModelState.SHADOW) if one is not self.shadow], now, ITSELF)

    @property
    def promoted(self) -> ModelVersion | None:
        """The version in use; None while it is the shipped model."""
        return max(self._in(ModelState.PROMOTED), key=_changed, default=None)

    @property
    def shadow(self) -> ModelVersion | None:
        """The version that learns."""
        return max(self._in(ModelState.SHADOW), key=lambda version: version.number, default=None)

    @property
    def changed_at(self) -> datetime | None:
        """When the version in use became it; None when nothing was ever promoted."""
        return max((_changed(self._known[number]) for number in self._used), default=None)

    def learned(self, version: ModelVersion | None) -> Learned:
        """Return what a version knows; None is what ships."""
        if version is None:
            return Learned(Learner(self._dimensions))
        return Learned.unpack(version.weights, version.number)

    def newest(self) -> Learned:
        """Return the youngest version: it has seen the most corrections and verdicts."""
        return self.learned(self._known[max(self._known)] if self._known else None)

    def adaptation(self, number: int) -> Adaptation | None:
        """Return a version's weights for scoring; None for 0, the shipped model, and for unknown ones."""
        return self._adaptation(self._known.get(number))

    @property
    def next_number(self) -> int:
        """The number under which a version is kept next."""
        return self._next

    @property
    def known(self) -> Mapping[int, ModelVersion]:
        """The versions that stand on this shipped model, by number."""
        return self._known

    def version(self, number: int) -> ModelVersion | None:
        """Return a version; None for 0, the shipped model, and for unknown ones."""
        return self._known.get(number)

    def knows(self, number: int) -> bool:
        """Return whether scores of that version can be brought to another one."""
        return number == 0 or number in self._known

    def in_use(self) -> InUse:
        """Return what scores what: the change takes effect at the end of the bin in which it was made."""
        changed = self.changed_at
        if changed is None:
            return InUse()
        retired = (one for one in self._in(ModelState.RETIRED) if one.number in self._used)
        former = next((one for one in retired if _changed(one) == changed), None)
        return InUse(self._adaptation(self.promoted), self._adaptation(former), bin_end(changed))

    def new(self, now: datetime) -> ModelVersion:
        """Return a version that knows nothing and learns, under the next number; it is not kept yet."""
        return ModelVersion(self._next, now, ModelState.SHADOW, self._base)

    def open_shadow(self, now: datetime) -> tuple[ModelVersion, Learned]:
        """Return the version that learns; a new one stands on the one in use."""
        if self.shadow is not None:
            return self.shadow, self.learned(self.shadow)
        learned = self.learned(self.promoted).successor(self._next, self.newest())
        version = replace(
            self.new(now),
            corrections=self.promoted.corrections if self.promoted else 0,
            changed_at=now,
            stands_on=self.promoted.number if self.promoted else 0,
            learned=(),
        )
        return version, learned

    def follow(self, version: ModelVersion, learned: Learned, now: datetime) -> None:
        """Keep what `Relearning.astray` gave in the place of the version that learned."""
        former = self._in(ModelState.SHADOW)
        self.save(version, learned)
        self._retire(former, now, ITSELF)

    def refused(self) -> list[Probabilities]:
        """Return the shares of the classes in the versions that were in use and were taken back."""
        line, number = set[int](), self.promoted.number if self.promoted else 0
        while number and number not in line:
            line.add(number)
            number = self.learned(self._known.get(number)).parent
        return [self.learned(self._known[each]).learner.shares for each in self._used - line]

    def shares(self) -> Probabilities:
        """Return how common the version in use takes the classes to be."""
        return self.learned(self.promoted).learner.shares if self.promoted else EQUAL

    def save(self, version: ModelVersion, learned: Learned) -> ModelVersion:
        """Keep a version with what it knows, in one transaction."""
        version = replace(version, weights=learned.pack())
        self._store.save_version(version)
        self._known[version.number] = version
        self._next = max(self._next, version.number + 1)
        return version

    def promote(self, now: datetime, who: str) -> ModelVersion:
        """Put the shadow into use; raises `Permanent` when nothing was learned."""
        shadow = self.shadow
        learned = self.learned(shadow)
        if shadow is None or not (shadow.measured or learned.alarms or learned.forgot):
            raise Permanent("nothing was learned since the last change of versions: correct a label first")
        if who != ITSELF:
            learned.vouched = shadow.number
        return self.use(shadow, learned, now, who)

    def use(self, version: ModelVersion, learned: Learned, now: datetime, who: str) -> ModelVersion:
        """Put a version into use in the place of the one that is."""
        former, learned.used = self.promoted, True
        promoted = replace(version, state=ModelState.PROMOTED, changed_at=now, changed_by=who)
        promoted = self.save(promoted, learned)
        self._used.add(promoted.number)
        self._retire([former] if former else [], now, who)
        return promoted

    def roll_back(self, now: datetime, who: str) -> ModelVersion | None:
        """Put the version before the one in use back, exactly; None is the shipped model.

        What learned on top of the one taken back is retired with it; it stays when only shares are taken
        back (`Relearning.astray`). Raises `Permanent` when the shipped model is in use, or when the former
        version is no longer kept.
        """
        present = self.promoted
        if present is None:
            raise Permanent("the shipped model is in use: there is nothing to roll back")
        taken = self.learned(present)
        number = taken.parent
        if not self.knows(number):
            raise Permanent(f"version {number} is no longer kept: promote another one instead")
        former = self._known.get(number)
        if former is not None:
            self._put(replace(former, state=ModelState.PROMOTED, changed_at=now, changed_by=who))
        self._retire([present, *([] if taken.recount else self._in(ModelState.SHADOW))], now, who)
        return former

    def _retire(self, versions: list[ModelVersion], now: datetime, who: str) -> None:
        for version in versions:
            if version.state is not ModelState.RETIRED:
                self._put(replace(version, state=ModelState.RETIRED, changed_at=now, changed_by=who))

    def _put(self, version: ModelVersion) -> None:
        self._store.save_version(version)
        if version.base == self._base:
            self._known[version.number] = version

    def _in(self, state: ModelState) -> list[ModelVersion]:
        return [version for version in self._known.values() if version.state is state]

    def _adaptation(self, version: ModelVersion | None) -> Adaptation | None:
        return self.learned(version).learner.adaptation() if version else None


def bin_end(at: datetime) -> datetime:
    """Return the end of the bin in which `at` lies."""
    start = int(at.timestamp()) // BIN_SECONDS * BIN_SECONDS
    return from_seconds(start) + timedelta(seconds=BIN_SECONDS)


def _changed(version: ModelVersion) -> datetime:
    return version.changed_at or version.created_at
