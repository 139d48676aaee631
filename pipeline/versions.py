"""The chain of a workspace's model versions: one learns in shadow, one is in use, the others were."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime, timedelta

from core.clock import from_seconds
from core.errors import Permanent
from core.ports import Store
from core.records import BIN_SECONDS, ModelState, ModelVersion, lineage
from models.adaptation import Adaptation
from models.drift import Watch
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
        """Finish a change of versions that a crash cut in two: the newer one is in use."""
        others = [one for one in self._in(ModelState.PROMOTED) if one is not self.promoted]
        self._retire(others, self.promoted.changed_at or now if self.promoted else now, "")

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

    def open_shadow(self, now: datetime) -> tuple[ModelVersion, Learned]:
        """Return the version that learns; a new one stands on the one in use."""
        if self.shadow is not None:
            return self.shadow, self.learned(self.shadow)
        learned = self.learned(self.promoted).successor(self._next, self.newest())
        version = ModelVersion(
            self._next,
            now,
            ModelState.SHADOW,
            self._base,
            corrections=self.promoted.corrections if self.promoted else 0,
            changed_at=now,
            stands_on=self.promoted.number if self.promoted else 0,
            learned=(),
        )
        return version, learned

    def without(
        self, version: ModelVersion, learned: Learned, gone: Set[int]
    ) -> tuple[ModelVersion, Learned, list[int]]:
        """Return the version that learns without the corrections `gone`, and which it has to learn again.

        It begins anew from the youngest version that it stands on and that has none of them. It is returned
        as it is when it holds none, or when the version to begin from is no longer kept.
        """
        chain = lineage(version, self._known)
        holding = [place for place, each in enumerate(chain) if not gone.isdisjoint(each.learned or ())]
        again = chain[: holding[-1] + 1] if holding else []
        if not again or not self.knows(again[-1].stands_on):
            return version, learned, []
        held = sorted(position for each in again for position in each.learned or ())
        left = [position for position in held if position not in gone]
        learned = replace(learned, forgot=learned.forgot + len(held) - len(left))
        return *self._anew(version, learned, self._known.get(again[-1].stands_on)), left

    def _anew(
        self, version: ModelVersion, learned: Learned, base: ModelVersion | None
    ) -> tuple[ModelVersion, Learned]:
        """Return the version with what `base` learned alone; verdicts and bookkeeping stay."""
        learner = Learner.load(self.learned(base).learner.dump(), version.number)
        begun = replace(
            version,
            stands_on=base.number if base else 0,
            learned=(),
            corrections=base.corrections if base else 0,
            measured=0,
            right=0,
            base_right=0,
        )
        return begun, replace(learned, learner=learner, won=0, lost=0, watch=Watch())

    def save(self, version: ModelVersion, learned: Learned) -> ModelVersion:
        """Keep a version with what it knows, in one transaction."""
        version = replace(version, weights=learned.pack())
        self._store.save_version(version)
        self._known[version.number] = version
        self._next = max(self._next, version.number + 1)
        return version

    def promote(self, now: datetime, who: str) -> ModelVersion:
        """Put the shadow into use; raises `Permanent` when nothing was learned."""
        shadow, former = self.shadow, self.promoted
        learned = self.learned(shadow)
        if shadow is None or not (shadow.measured or learned.alarms or learned.forgot):
            raise Permanent("nothing was learned since the last change of versions: correct a label first")
        learned.used = True
        if who != ITSELF:
            learned.vouched = shadow.number
        promoted = replace(shadow, state=ModelState.PROMOTED, changed_at=now, changed_by=who)
        promoted = self.save(promoted, learned)
        self._used.add(promoted.number)
        self._retire([former] if former else [], now, who)
        return promoted

    def roll_back(self, now: datetime, who: str) -> ModelVersion | None:
        """Put the version before the one in use back, exactly; None is the shipped model.

        What learned on top of the one taken back is retired with it. Raises `Permanent` when the shipped
        model is in use, or when the former version is no longer kept.
        """
        present = self.promoted
        if present is None:
            raise Permanent("the shipped model is in use: there is nothing to roll back")
        number = self.learned(present).parent
        if not self.knows(number):
            raise Permanent(f"version {number} is no longer kept: promote another one instead")
        former = self._known.get(number)
        if former is not None:
            self._put(replace(former, state=ModelState.PROMOTED, changed_at=now, changed_by=who))
        self._retire([present, *self._in(ModelState.SHADOW)], now, who)
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
