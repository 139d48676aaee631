"""Watches whether the model in use gets worse, label by label.

ADWIN (Bifet and Gavaldà 2007, https://doi.org/10.1137/1.9781611972771.42; River's) keeps a window of figures
and says when its older part has another mean than the rest; where the change lies is taken from the split
with the least squares. The figure is the *excess* error of a prediction that was made before its label was
learned (Dawid 1984): 1 when it was wrong and 0 when it was right, less the doubt that the model itself had.
Who asks harder questions finds more errors and more doubt alike, so a list of uncertain mentions is no drift.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from core.records import Stretch

DELTA = 0.2
"""ADWIN's confidence; its bound is a wide one. Without a change, one was seen in 6 of 100 stretches of 1,000
labels and in under 1 of 100 stretches of 200. An error that grew from 22 % to 38 % after 200 labels was seen
after some 100 more; with 0.002, River's default, not within 400. `docs/design/language.md`."""
LEAST = 5
"""Labels on either side of a change, as in ADWIN (`min_window_length`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was predicted of one mention before its label was learned."""

    position: int
    """Of the correction."""
    right: bool
    """Whether the version that learns had it right."""
    used_right: bool
    """Whether the model in use had."""
    shipped_right: bool
    doubt: float
    """One minus the probability that the model in use gave the class it predicted."""

    @property
    def excess(self) -> float:
        """Error of the model in use beyond its doubt, -1 to 1."""
        return float(not self.used_right) - self.doubt


class Watch:
    """What was asked since the last drift. Deterministic: `from_rows` of its `rows` goes on exactly as it."""

    def __init__(self, asked: Sequence[Asked] = (), before: Stretch | None = None) -> None:
        self.asked = list(asked)
        """The oldest first."""
        self.before = before
        """What was asked before the last drift; None when the model in use did not get worse there."""
        self._adwin: Any = None

    def add(self, one: Asked) -> bool:
        """Take in one prediction; return whether the model drifted: then `asked` begins anew."""
        adwin = self._watching()
        self.asked.append(one)
        adwin.update(one.excess)
        if not adwin.drift_detected:
            return False
        place = _change([each.excess for each in self.asked])
        before, self.asked = stretch(self.asked[:place]), self.asked[place:]
        self.before = before if before.excess < stretch(self.asked).excess else None
        self._adwin = None
        return True

    def _watching(self) -> Any:
        """Return an ADWIN that has seen `asked`, and nothing else, so that a restart finds the same one."""
        if self._adwin is None:
            from river.drift import ADWIN

            self._adwin = ADWIN(DELTA, clock=1)
            for each in self.asked:
                self._adwin.update(each.excess)
        return self._adwin

    def rows(self) -> tuple[list[tuple[Any, ...]], tuple[Any, ...] | None]:
        """Return the state as plain values, some 30 bytes a label."""
        return [astuple(each) for each in self.asked], astuple(self.before) if self.before else None

    @classmethod
    def from_rows(cls, asked: Sequence[Sequence[Any]], before: Sequence[Any] | None) -> "Watch":
        """Return what `rows` gave."""
        return cls([Asked(*row) for row in asked], Stretch(*before) if before else None)


def stretch(asked: Sequence[Asked]) -> Stretch:
    """Return how the model in use did on these."""
    wrong = sum(not each.used_right for each in asked)
    return Stretch(len(asked), wrong, sum(each.doubt for each in asked))


def _change(values: Sequence[float]) -> int:
    """Return where the second of two parts begins whose means explain `values` best."""
    sums, count = np.cumsum(values), len(values)
    places = np.arange(LEAST, count - LEAST + 1)
    left, right = sums[places - 1] / places, (sums[-1] - sums[places - 1]) / (count - places)
    return int(places[np.argmax((left - right) ** 2 * places * (count - places))])
