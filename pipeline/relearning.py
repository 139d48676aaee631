"""Versions that begin anew from one below them: what they have to learn again to know what they knew."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from core.records import ModelVersion, Probabilities, lessons, lineage
from models.drift import Watch
from models.learned import Learned
from models.learner import Learner
from pipeline.versions import Versions


class Relearning:
    """Begins versions anew: without labels, on other shares of the classes, or on another version.

    Nothing is kept here. What comes with a version are the positions of the corrections that it has to
    learn again; whoever asks lets it learn them.
    """

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    def without(
        self, version: ModelVersion, learned: Learned, gone: Set[int]
    ) -> tuple[ModelVersion, Learned, list[int]]:
        """Return the version that learns without the corrections `gone`, and which it has to learn again.

        It begins anew from the youngest version that it stands on and that has none of them. It is returned
        as it is when it holds none, or when the version to begin from is no longer kept.
        """
        chain = lineage(version, self._versions.known)
        holding = [place for place, each in enumerate(chain) if not gone.isdisjoint(each.learned or ())]
        again = chain[: holding[-1] + 1] if holding else []
        if not again or not self._versions.knows(again[-1].stands_on):
            return version, learned, []
        held = sorted(position for each in again for position in each.learned or ())
        left = [position for position in held if position not in gone]
        learned = replace(learned, forgot=learned.forgot + len(held) - len(left))
        return *self._anew(version, learned, self._versions.version(again[-1].stands_on)), left

    def _anew(
        self, version: ModelVersion, learned: Learned, base: ModelVersion | None
    ) -> tuple[ModelVersion, Learned]:
        """Return the version with what `base` learned alone; verdicts and bookkeeping stay."""
        learner = self._learner(base, version.number, learned.learner.shares)
        return _begun(version, base), replace(learned, learner=learner, won=0, lost=0, watch=Watch())

    def standing_on(
        self, number: int, shares: Probabilities
    ) -> tuple[Learner, list[int], ModelVersion | None]:
        """Return version `number` as it is before people said anything, but on other shares of the classes.

        With it come the positions of what it has to learn again to know what that version knows, and the
        version that it begins from, None for what ships. That is the version itself where it is not recorded
        what it learned, or no longer kept what it stands on: then it has nothing to learn again.
        """
        version = self._versions.version(number)
        chain = lineage(version, self._versions.known)
        if chain and self._versions.knows(chain[-1].stands_on):
            root, held = self._versions.version(chain[-1].stands_on), lessons(version, self._versions.known)
        else:
            root, held = version, set()
        return self._learner(root, number, shares), sorted(held), root

    def recount(
        self, now: datetime, shares: Probabilities, mentions: int
    ) -> tuple[ModelVersion, Learned, list[int]]:
        """Return a version that knows what the one in use knows, on other shares of the classes.

        It is not kept yet, and has to learn again what comes with it. Who vouched for the one in use
        vouched for what this one knows of people.
        """
        used, number = self._versions.promoted, self._versions.next_number
        present = used.number if used else 0
        learner, again, root = self.standing_on(present, shares)
        learner.number = number
        learned = self._versions.learned(used).successor(number, self._versions.newest())
        vouched = number if present and learned.vouched == present else learned.vouched
        learned = replace(learned, learner=learner, counted=mentions, recount=True, vouched=vouched)
        return _begun(self._versions.new(now), root), learned, again

    def astray(self) -> tuple[ModelVersion, Learned, list[int]] | None:
        """Return the version that learns as it has to begin anew, because another one came into use below it.

        It stands on that one, under a number of its own, and has to learn again what comes with it. None when
        it stands on the one in use. It is not kept yet; `Versions.follow` does that.
        """
        shadow, present = self._versions.shadow, self._versions.promoted
        learned, base = self._versions.learned(shadow), self._versions.learned(present)
        if shadow is None or learned.parent == base.learner.number:
            return None
        again = lessons(shadow, self._versions.known) - lessons(present, self._versions.known)
        root = shadow if shadow.learned is None else present  # what is not recorded cannot be learned again
        moved = replace(
            learned,
            learner=self._learner(root, self._versions.next_number, base.learner.shares),
            parent=base.learner.number,
            vouched=base.vouched,
            counted=base.counted,
            forgot=0,
            won=0,
            lost=0,
            watch=Watch(),
        )
        return _begun(replace(shadow, number=self._versions.next_number), root), moved, sorted(again)

    def _learner(self, base: ModelVersion | None, number: int, shares: Probabilities) -> Learner:
        """Return a learner that knows what `base` knows of people, on these shares of the classes."""
        learner = Learner.load(self._versions.learned(base).learner.dump(), number)
        learner.shares = shares
        return learner


def _begun(version: ModelVersion, base: ModelVersion | None) -> ModelVersion:
    """Return `version` as it is when it begins from `base`, None for what ships."""
    return replace(
        version,
        stands_on=base.number if base else 0,
        learned=(),
        corrections=base.corrections if base else 0,
        measured=0,
        right=0,
        base_right=0,
    )
